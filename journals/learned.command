tapedeck record ../fixtures/scenarios/policy.toml --seed 13
