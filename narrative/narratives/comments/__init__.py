"""Comments on a draft: threads that follow the words they are about, suggestions, colleagues named."""
