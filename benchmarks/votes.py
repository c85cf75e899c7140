"""Votes that are acknowledged a second: over HTTP, by two workers, each with its pass and each on the disk.

`python -m benchmarks.votes [SECONDS ROUNDS]` serves the real application on a loopback port (SQLite), as it
is and with a VACUUM after every write, in turn. Prints the rates and their ratio; how long what was written
last lay unscrubbed (while a copy of the file tells an order); and the CPU time of one redemption
without any scrubbing.
"""

from ._spending import NAME, SLOT, Spending, compare

VOTES = Spending(
    name="votes",
    purpose="vote",
    slot=SLOT,
    address=f"/votes/{NAME}/{SLOT}",
    table="votes",
    body=lambda token: {"token": token, "vote": True},
)

if __name__ == "__main__":
    compare(VOTES)
