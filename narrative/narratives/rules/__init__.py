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
from narrative.narratives.rules.nudges import AT_WORK, nudge_stands, why_not_asked
from narrative.narratives.rules.outcomes import NOT_REPORTED, OUTCOMES, OutcomeRow, carried_in_words
from narrative.narratives.rules.permissions import may_read_drafts, may_sign_off, may_write, writing_state
from narrative.narratives.rules.prompts import prompt_lines, prompts_error, prompts_with
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
from narrative.narratives.rules.unfinished import Known, Lack, leftovers, missing_for_sign_off

__all__ = [
    "AT_WORK",
    "KEEPS_EVERYTHING",
    "LABELS",
    "LONGEST_LATE_REASON",
    "LONGEST_MEASURE",
    "LONGEST_NAME",
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "MOST_PRIORITIES",
    "NOT_REPORTED",
    "OUTCOMES",
    "PROMPTS",
    "SESSION",
    "TEXTS",
    "Draft",
    "Known",
    "Lack",
    "OutcomeRow",
    "PriorityRow",
    "Session",
    "carried_in_words",
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
    "nudge_stands",
    "prompt_lines",
    "prompts_error",
    "prompts_with",
    "reading_minutes",
    "rearranged",
    "sessions",
    "standing",
    "stands_alone",
    "superseded",
    "together",
    "why_not_asked",
    "writing_state",
]
