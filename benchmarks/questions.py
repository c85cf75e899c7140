"""Questions that are acknowledged a second, as votes.py measures votes: each with its pass, text and promise.

`python -m benchmarks.questions [SECONDS ROUNDS]`. A question costs more than a vote: the server checks its
text, signs the promise that it will be shown, and stores it beside the spent pass.
"""

import secrets

from ._spending import NAME, Spending, compare

# As long as people write: some three hundred characters.
TEXT = "Why did we move every bed twice in week nine, and who decided that the lift can wait? " * 4


def body(token: str) -> dict[str, object]:
    """What a browser sends with a pass: a question with the mark and the salt of a receipt of its own."""
    own = {"mark": secrets.token_urlsafe(32), "salt": secrets.token_urlsafe(16)}
    return {"token": token, "text": TEXT, "bucket": None, **own}


QUESTIONS = Spending(
    name="questions",
    purpose="ask",
    slot=0,
    address=f"/questions/{NAME}",
    table="pending_questions",
    body=body,
)

if __name__ == "__main__":
    compare(QUESTIONS)
