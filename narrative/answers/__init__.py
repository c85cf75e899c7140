"""The queue: who owns a question, by when, and what was answered or declined."""
