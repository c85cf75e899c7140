"""The story: a fictional company with a past of four quarters, for the demo and the browser tests."""
