"""What leaders write: narratives, their revisions, sign-off, publication and corrections."""
