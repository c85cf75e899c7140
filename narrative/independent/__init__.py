"""The independent client: passes, questions, votes and the ledger's account, without the server's code.

Whoever distrusts the scripts that a server serves can do all of it from here. This room imports nothing of
the rest of the package, and nothing from elsewhere but `cryptography`: every formula is written down a second
time, from the same documents, so that a mistake or a trick in one copy does not pass in the other.
"""
