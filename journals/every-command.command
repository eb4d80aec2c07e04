tapedeck import events ../fixtures/events/every-command.jsonl --scenario ../fixtures/scenarios/foreign.toml --decide
