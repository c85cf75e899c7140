"""Importing a folder of Markdown files, one for each bucket, as drafts of a quarter."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from narrative.database import transaction
from narrative.narratives import queries
from narrative.narratives.document.settling import follow, settle
from narrative.narratives.importing.files import ReadFile, passed_over, read_folder
from narrative.narratives.locking import WritingClosed, open_narrative
from narrative.narratives.publishing import publish_past
from narrative.narratives.revising import append
from narrative.narratives.rules import Draft, PriorityRow, writing_state
from narrative.people.actions.buckets import make_bucket
from narrative.people.models import Bucket, Person
from narrative.people.queries import bucket as bucket_called
from narrative.people.queries import person_by_email
from narrative.people.refusals import Refusal
from narrative.people.rules import may_own, name_error, normal_email
from narrative.quarters.models import Quarter

LONGEST_NOTE = 200
CLOSED = {
    "early": "drafting of this quarter has not opened yet",
    "published": "it is published already; correct it on its page",
    "archived": "the bucket is archived",
}


class WrittenMeanwhile(Exception):
    """Somebody wrote in the bucket between looking and writing."""


@dataclass
class ImportReport:
    """What an import did or would do, line by line. `well` when no line is an error."""

    lines: list[str] = field(default_factory=list)
    well: bool = True
    written: bool = False

    def error(self, line: str) -> None:
        """Add a line that says what is wrong."""
        self.well = False
        self.lines.append(f"error: {line}")


@dataclass(frozen=True)
class Arrival:
    """A file that can be imported. `bucket` is None while it is to be made; `same`: it is there already."""

    file: ReadFile
    bucket: Bucket | None
    same: bool


def import_narratives(
    folder: Path,
    *,
    quarter: Quarter,
    owner: str | None = None,
    dry_run: bool = False,
    partial: bool = False,
    publish: bool = False,
    at: datetime,
) -> ImportReport:
    """Bring in the Markdown files of `folder` as drafts of the quarter, and say what became of each line.

    A file belongs to the bucket of its name. Missing buckets are made when `owner`, the e-mail address of a
    leader, is given. What somebody wrote already is never overwritten. Nothing is written when anything is
    wrong, unless `partial`; nor with `dry_run`. With `publish` what was imported is published as it stands,
    in a quarter whose instant of publication has passed.
    """
    report = ImportReport()
    maker = _owner(owner, report)
    if publish and at < quarter.publishes_at:
        report.error(f"{quarter.title} is not over yet: what is imported is signed off by its owners first.")
    if not report.well:
        partial = False
    arrivals = _arrivals(folder, quarter, maker, report, at=at)
    if not dry_run and arrivals and (report.well or partial):
        _write_all(arrivals, quarter, maker, report, publish=publish, at=at)
    report.lines.append(_ending(report, arrivals, dry_run=dry_run, publish=publish))
    return report


def _ending(report: ImportReport, arrivals: list[Arrival], *, dry_run: bool, publish: bool) -> str:
    count = "1 narrative" if len(arrivals) == 1 else f"{len(arrivals)} narratives"
    if report.written:
        return f"{count} {'published' if publish else 'written'}."
    return f"Nothing was written. {count} could be." if dry_run else "Nothing was written."


def _owner(email: str | None, report: ImportReport) -> Person | None:
    if email is None:
        return None
    person = person_by_email(normal_email(email))
    if person is not None and may_own(person):
        return person
    report.error(f"{email} is not the address of an active leader or organiser, who could own buckets.")
    return None


def _arrivals(
    folder: Path, quarter: Quarter, maker: Person | None, report: ImportReport, *, at: datetime
) -> list[Arrival]:
    report.lines += [f"{name}: passed over, not a .md file." for name in passed_over(folder)]
    arrivals = []
    for file in read_folder(folder):
        arrival = _arrival(file, quarter, maker, at=at)
        if isinstance(arrival, str):
            report.error(f"{file.name}: {arrival.rstrip('.')}.")
            continue
        arrivals.append(arrival)
        made = "" if arrival.bucket else f"the bucket “{file.bucket_name}” is made; "
        report.lines += [f"{file.name}: {decision}" for decision in file.decisions]
        report.lines.append(f"{file.name}: {made}{'is there already' if arrival.same else file.summary}.")
    if not arrivals and report.well:
        report.error(f"There is no .md file in {folder.name}.")
    return arrivals


def _arrival(file: ReadFile, quarter: Quarter, maker: Person | None, *, at: datetime) -> Arrival | str:
    """Return what can be imported, or what is wrong with it."""
    if file.error:
        return file.error
    bucket = bucket_called(file.slug)
    if bucket is None:
        nobody_s = f"there is no bucket “{file.slug}”; make it, or say who is to own it"
        problem = name_error(file.bucket_name) if maker else nobody_s
        if problem:
            return problem
    narrative = queries.narrative_for(quarter, bucket) if bucket else None
    draft = queries.head_draft(narrative)
    if draft.texts == file.texts:
        return Arrival(file, bucket, same=True)
    state = writing_state(
        drafting_opens_at=quarter.drafting_opens_at,
        published=queries.is_published(narrative),
        archived=bucket is not None and bucket.archived_at is not None,
        at=at,
    )
    if state != "open":
        return CLOSED[state]
    if draft != Draft():
        return "somebody wrote here already, which is not overwritten"
    return Arrival(file, bucket, same=False)


def _write_all(
    arrivals: list[Arrival],
    quarter: Quarter,
    maker: Person | None,
    report: ImportReport,
    *,
    publish: bool,
    at: datetime,
) -> None:
    """Make missing buckets, store every draft in one transaction, and publish them if asked."""
    try:
        placed = [(one, one.bucket or _made(one.file, maker)) for one in arrivals]
        with transaction() as session:
            found = [_store(session, one, quarter, bucket, rows=not publish, at=at) for one, bucket in placed]
        if publish:
            publish_past(quarter, found, at=at)
    except (WrittenMeanwhile, WritingClosed):
        report.error("Somebody wrote or published meanwhile. Look at it, then import again.")
    except Refusal as refusal:
        report.error(f"A bucket could not be made: {refusal}.")
    else:
        report.written = True


def _made(file: ReadFile, maker: Person | None) -> Bucket:
    if maker is None:
        raise WrittenMeanwhile
    return make_bucket(file.bucket_name, owner_id=maker.id)


def _store(
    session: Session, arrival: Arrival, quarter: Quarter, bucket: Bucket, *, rows: bool, at: datetime
) -> int:
    """Store what a file says as the first revision, and return the narrative's id."""
    known = queries.narrative_for(quarter, bucket)
    if arrival.same and known is not None:
        return known.id
    narrative = open_narrative(session, quarter, bucket, at=at)
    settle(session, narrative)
    if queries.head_draft(narrative) != Draft():
        raise WrittenMeanwhile
    titles = arrival.file.rows if rows else ()
    # The bucket's owner answers for what the file promises, until they name somebody else.
    owner_id = bucket.owner_id
    priorities = tuple(PriorityRow(key=secrets.token_hex(8), title=one, owner_id=owner_id) for one in titles)
    draft = Draft(**arrival.file.texts, priorities=priorities, outcomes=())
    note = f"Imported from {arrival.file.name}"[:LONGEST_NOTE]
    append(session, narrative, draft, base=narrative.head, by_id=None, at=at, note=note)
    follow(session, narrative, draft, by_id=None, at=at)
    return narrative.id
