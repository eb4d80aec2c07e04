tapedeck import events ../fixtures/events/facts.jsonl --scenario ../fixtures/scenarios/facts.toml
