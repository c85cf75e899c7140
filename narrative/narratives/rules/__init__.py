"""What a narrative holds, who may write it and when, and what a sign-off lacks. Pure."""

from narrative.narratives.rules.drafts import (
    LABELS,
    LONGEST_LATE_REASON,
    LONGEST_MEASURE,
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
from narrative.narratives.rules.permissions import may_read_drafts, may_sign_off, may_write, writing_state
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
    "leftovers",
    "length_error",
    "may_read_drafts",
    "may_sign_off",
    "may_write",
    "missing_for_sign_off",
    "rearranged",
    "sessions",
    "stands_alone",
    "superseded",
    "writing_state",
]
