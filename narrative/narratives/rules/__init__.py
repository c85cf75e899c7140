"""What a narrative holds, who may write it and when, and what a sign-off lacks. Pure."""

from narrative.narratives.rules.drafts import (
    LABELS,
    LONGEST_LATE_REASON,
    LONGEST_MEASURE,
    LONGEST_NAME,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_PRIORITIES,
    PROMPTS,
    TEXTS,
    Draft,
    PriorityRow,
    clean_text,
    length_error,
)
from narrative.narratives.rules.names import together
from narrative.narratives.rules.permissions import may_read_drafts, may_sign_off, may_write, writing_state
from narrative.narratives.rules.publications import (
    first_words,
    is_tiny,
    may_publish_late,
    new_lacks,
    reading_minutes,
    standing,
)
from narrative.narratives.rules.rows import rearranged
from narrative.narratives.rules.sessions import (
    KEEPS_EVERYTHING,
    SESSION,
    Session,
    sessions,
    stands_alone,
    superseded,
)
from narrative.narratives.rules.unfinished import Lack, leftovers, missing_for_sign_off

__all__ = [
    "KEEPS_EVERYTHING",
    "LABELS",
    "LONGEST_LATE_REASON",
    "LONGEST_MEASURE",
    "LONGEST_NAME",
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "MOST_PRIORITIES",
    "PROMPTS",
    "SESSION",
    "TEXTS",
    "Draft",
    "Lack",
    "PriorityRow",
    "Session",
    "clean_text",
    "first_words",
    "is_tiny",
    "leftovers",
    "length_error",
    "may_publish_late",
    "may_read_drafts",
    "may_sign_off",
    "may_write",
    "missing_for_sign_off",
    "new_lacks",
    "reading_minutes",
    "rearranged",
    "sessions",
    "standing",
    "stands_alone",
    "superseded",
    "together",
    "writing_state",
]
