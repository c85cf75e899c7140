"""The public account: an append-only list of what was received and what became of it, that all can check."""
