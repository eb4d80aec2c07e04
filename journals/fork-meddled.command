tapedeck fork signals.tape --at 80 --interventions ../fixtures/interventions/meddled.toml
