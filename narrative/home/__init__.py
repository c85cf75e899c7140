"""The front page: where the quarter stands and the one thing this person can do now. Reads only."""
