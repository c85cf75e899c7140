"""Votes: which questions colleagues want answered, each with one pass a question, and nobody's name."""
