tapedeck record ../fixtures/scenarios/on-made-flow.toml --seed 9
