"""What the ledger is made of: trees, signed notes, entries, words. Pure."""
