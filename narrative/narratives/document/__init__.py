"""The shared document: what several leaders write at once, as a log of updates that merge in any order."""
