"""Somebody else's reports, a file for each bucket, as drafts of a quarter."""
