"""Published answers after an upgrade of the renderer: the words stay, the HTML is made anew."""

from sqlalchemy import select

from narrative.answers.models import Answer
from narrative.database import db, transaction
from narrative.web.markdown import RENDERER_VERSION, render


def render_anew() -> int:
    """Render again what an older renderer made, and return how many answers that were.

    Each is a transaction of its own, so that it can be broken off and run again.
    """
    outdated = list(db.session.scalars(select(Answer.id).where(Answer.renderer_version < RENDERER_VERSION)))
    for number in outdated:
        with transaction() as session:
            answer = session.get_one(Answer, number)
            answer.html, answer.renderer_version = str(render(answer.text)), RENDERER_VERSION
    return len(outdated)
