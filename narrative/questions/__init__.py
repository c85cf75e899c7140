"""What is asked: the way in without a name, the waiting room, the release at ticks."""
