tapedeck record ../fixtures/scenarios/latency.toml --seed 11
