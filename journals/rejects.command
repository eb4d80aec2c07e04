tapedeck import events ../fixtures/events/rejects.jsonl --scenario ../fixtures/scenarios/foreign.toml --decide
