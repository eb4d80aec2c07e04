tapedeck import events ../fixtures/events/self-trades.jsonl --scenario ../fixtures/scenarios/foreign.toml --decide
