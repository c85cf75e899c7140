"""The board: every released question with its state and its answer. Reads only."""
