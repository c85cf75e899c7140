"""`python -m narrative` is the `narrative` command."""

from narrative.cli import main

main()
