tapedeck record ../fixtures/scenarios/signals.toml --seed 5
