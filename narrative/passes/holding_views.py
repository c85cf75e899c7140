"""The pages of whoever holds passes: one's own, and the one on which a pass is spent without signing in.

The server knows neither how many passes somebody has left nor whose an exported one is: that
is known in the browser alone, and these pages are the same for everybody.
"""

from flask import Blueprint, render_template
from sqlalchemy import select

from narrative.config import settings_of
from narrative.database import db
from narrative.passes.models import PassKey
from narrative.passes.offer import pass_offer
from narrative.quarters.models import Quarter
from narrative.quarters.queries import latest_published_quarter
from narrative.web.access import access
from narrative.web.moments import request_instant

holdings = Blueprint("holdings", __name__)
spending = Blueprint("spending", __name__)


@holdings.get("/passes")
@access("employee")
def show() -> str:
    """What this browser holds for the latest published quarter, and what can be done with it."""
    quarter = latest_published_quarter()
    issuer = _issuer(quarter) if quarter else None
    offer = pass_offer(quarter, at=request_instant()) if quarter and issuer else None
    return render_template(
        "passes/mine.html", quarter=quarter, issuer=issuer, offer=offer, base_url=settings_of().base_url
    )


@spending.get("/spend", endpoint="show")
@access("public")
def spend() -> str:
    """Where an exported pass asks a question. The pass stands behind the address's #, which is never sent."""
    return render_template("passes/spend.html")


def _issuer(quarter: Quarter) -> str | None:
    """Return the name under which browsers keep that quarter's passes, also after its keys were destroyed."""
    return db.session.scalar(select(PassKey.issuer).where(PassKey.quarter_id == quarter.id).limit(1))
