tapedeck record ../fixtures/scenarios/three-agents.toml --seed 7
