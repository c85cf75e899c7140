"""Passes: the blind-signed right to ask. issue.py knows the person, redeem.py the token; they never meet."""
