tapedeck import events ../fixtures/events/self-trades.jsonl --scenario ../fixtures/scenarios/foreign-cancel-both.toml --decide
