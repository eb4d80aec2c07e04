tapedeck record ../fixtures/scenarios/pairs.toml --seed 7
