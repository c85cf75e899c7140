"""The calendar everything hangs on: quarters, their six instants, and the stage they are in."""
