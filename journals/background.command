tapedeck record ../fixtures/scenarios/background.toml --seed 3
