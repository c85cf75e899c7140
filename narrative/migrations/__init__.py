"""Alembic's folder: how the main database came to its present form."""
