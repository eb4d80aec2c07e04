tapedeck import events ../fixtures/events/policies.jsonl --scenario ../fixtures/scenarios/foreign.toml --decide
