tapedeck fork latency.tape --at 400 --hold Noise_01 --interventions ../fixtures/interventions/everything.toml
