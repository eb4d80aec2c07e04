tapedeck record ../fixtures/agents/session.toml
