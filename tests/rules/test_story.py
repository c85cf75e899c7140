"""The story: complete, free of contradictions, and told within its limits."""

import re
from collections import Counter
from dataclasses import replace
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from narrative.story.asked import AskedBack, FollowUp, Withheld
from narrative.story.checks import check
from narrative.story.reading import parse_page, parse_toml
from narrative.story.script import FOLDERS, load
from narrative.story.shapes import Company, Narrative, StoryError, Texts

UNFINISHED = re.compile(r"\b(TODO|TBD|FIXME|XX+)\b|\[\.\.\.\]|lorem ipsum", re.IGNORECASE)
DRAFT_ANSWER = re.compile(r"\[question\.draft\].*?\n\"\"\"\n.*?\"\"\"\n", re.DOTALL)
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+\w")
LINK = re.compile(r"https?://([^/\s)\"]+)")
SEASONS = re.compile(
    r"\b(spring|summer|autumn|winter|christmas|easter|snow|january|february|march|april|june|july|august"
    r"|september|october|november|december)\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def company() -> Company:
    return load()


def sources() -> dict[str, str]:
    """Every file of the story, by its path inside it."""
    story = files("narrative.story")
    found = {"company.toml": (story / "company.toml").read_text(encoding="utf-8")}
    for name in (*FOLDERS.values(), "now/drafts"):
        for file in (story / name).iterdir():
            if file.is_file():
                found[f"{name}/{file.name}"] = file.read_text(encoding="utf-8")
    return found


def published(company: Company) -> dict[tuple[int, str], Narrative]:
    return {
        (quarter.offset, told.bucket): told for quarter in company.quarters for told in quarter.narratives
    }


def words(texts: Texts) -> int:
    return sum(
        len(text.split()) for text in (texts.opening, texts.went_well, texts.did_not, texts.next_priorities)
    )


def test_a_company_of_thirty_four_in_a_real_time_zone(company: Company) -> None:
    assert Counter(person.role for person in company.people) == {"employee": 26, "leader": 7, "organiser": 1}
    assert ZoneInfo(company.time_zone).key == company.time_zone
    roles = {person.key: person.role for person in company.people}
    signing_in = [roles[key] for key in company.sign_in]
    assert signing_in == ["organiser", "leader", "leader", "employee", "employee"]


def test_four_past_quarters_and_the_current_one(company: Company) -> None:
    assert [quarter.offset for quarter in company.quarters] == [-4, -3, -2, -1, 0]


def test_a_bucket_has_narratives_from_its_first_quarter_on(company: Company) -> None:
    told = {quarter.offset: [page.bucket for page in quarter.narratives] for quarter in company.quarters}
    old = ["workshop", "rounds", "customers", "people", "money"]
    assert told == {-4: old, -3: old, **{offset: [*old, "technology"] for offset in (-2, -1, 0)}}


def test_a_narrative_has_four_texts_and_some_priorities(company: Company) -> None:
    for place, narrative in published(company).items():
        assert 250 <= words(narrative.texts) <= 950, place
        assert 2 <= len(narrative.priorities) <= 4, place
        for section in ("opening", "went_well", "did_not", "next_priorities"):
            assert getattr(narrative.texts, section), (place, section)
        assert "\n" not in narrative.texts.opening, place


def test_most_priorities_get_an_outcome_and_some_are_silently_dropped(company: Company) -> None:
    told = [priority.key for told in published(company).values() for priority in told.priorities]
    earlier = [
        key for key in told if key not in {p.key for n in company.quarter(0).narratives for p in n.priorities}
    ]
    reported = {outcome.of for told in published(company).values() for outcome in told.outcomes}
    assert set(earlier) - reported == {"cross-training", "lifting-for-all", "column-trial"}
    results = Counter(outcome.result for told in published(company).values() for outcome in told.outcomes)
    assert results["done"] > results["not done"] > 0
    assert results["partly"] > 0


def test_one_goal_is_carried_through_four_plans(company: Company) -> None:
    carries = {p.key: p.carries for told in published(company).values() for p in told.priorities}
    chain = ["reserve-fourth"]
    while before := carries[chain[-1]]:
        chain.append(before)
    assert chain == ["reserve-fourth", "reserve-third", "reserve-again", "reserve"]


def test_two_promises_made_in_answers_are_kept_and_one_is_open(company: Company) -> None:
    made = {
        question.answer.promise.key: quarter.offset + question.answer.promise.due_after
        for quarter in company.quarters
        for question in quarter.questions
        if question.answer and question.answer.promise
    }
    told = {one.of: (place[0], one.result) for place, n in published(company).items() for one in n.outcomes}
    assert made == {"lifting-mornings": -1, "column-trial-from-the-front": 0, "small-houses-without-me": 1}
    assert {key: told.get(key) for key in made} == {
        "lifting-mornings": (0, "done"),
        "column-trial-from-the-front": (0, "done"),
        "small-houses-without-me": None,
    }


def test_one_past_bucket_is_late_and_two_are_corrected(company: Company) -> None:
    past = {place: told for place, told in published(company).items() if place[0] < 0}
    late = {place: told.late for place, told in past.items() if told.late}
    assert list(late) == [(-2, "rounds")]
    corrected = {place: told.corrections for place, told in past.items() if told.corrections}
    assert list(corrected) == [(-2, "workshop"), (-2, "money")]
    sizes = [len(changes[0].now.split()) for changes in corrected.values()]
    assert sizes[0] > 50
    assert sizes[1] == 1


def test_a_correction_is_seen_from_its_day_on(company: Company) -> None:
    money = company.quarter(-2).narrative("money")
    day = money.corrections[0].day
    assert "€1,187,400" in money.texts_on(day - 1).opening
    assert "€1,178,400" in money.texts_on(day).opening
    assert "€1,187,400" not in money.texts_on(day).opening


def test_past_questions_are_all_answered_or_declined(company: Company) -> None:
    for quarter in company.quarters[:-1]:
        fates = Counter(question.fate for question in quarter.questions)
        assert set(fates) == {"answered", "declined"}
        assert 14 <= fates.total() <= 22
        assert all(question.standing == question.fate for question in quarter.questions)


def test_the_counts_add_up_in_every_quarter(company: Company) -> None:
    for quarter in company.quarters:
        fates = Counter(question.fate for question in quarter.questions)
        ended = fates["answered"] + fates["declined"] + fates["withdrawn"] + fates["withheld"]
        assert len(quarter.questions) == ended


def test_the_current_questions_stand_everywhere_at_once(company: Company) -> None:
    questions = company.quarter(0).questions
    released = Counter(question.standing for question in questions if not question.pending)
    assert released == {
        "waiting": 5,
        "claimed": 3,
        "answered": 3,
        "declined": 1,
        "withdrawn": 1,
        "withheld": 1,
    }
    pending = [question for question in questions if question.pending]
    assert len(pending) == 2
    assert {question.standing for question in pending} == {"waiting"}
    assert [bool(question.draft) for question in questions] == [
        question.standing == "claimed" for question in questions
    ]


def test_what_stands_already_happened_before_the_days_shown(company: Company) -> None:
    timetable = company.timetable
    for question in company.quarter(0).questions:
        ended = question.withdrawn_day
        refused = question.withheld or question.declined
        ended = refused.day if refused else ended
        ended = question.answer.answered_day if question.answer else ended
        assert ended is not None
        if question.standing in ("answered", "declined", "withdrawn", "withheld"):
            assert ended <= timetable.today_while_asking
        else:
            assert timetable.today_while_answering < ended <= timetable.answers_due
        if question.standing == "claimed":
            assert question.claimed_day <= timetable.today_while_asking
        if not question.pending:
            assert question.released_day <= timetable.today_while_asking
        days = [back.day for back in question.asked_back] + [added.day for added in question.follow_ups]
        assert all(day < timetable.today_while_asking for day in days)


def test_questions_and_answers_keep_their_lengths(company: Company) -> None:
    for quarter in company.quarters:
        for question in quarter.questions:
            assert 100 <= len(question.text) <= 600, question.text
            if question.answer:
                assert 60 <= len(question.answer.text.split()) <= 250, question.text


def test_questions_are_voted_for_as_people_vote(company: Company) -> None:
    for quarter in company.quarters:
        votes = [question.votes for question in quarter.questions]
        assert 0 in votes
        assert len(set(votes)) > len(votes) // 2
    # No more than there are colleagues who hold passes while questions come in.
    assert max(question.votes for question in company.quarter(0).questions) <= 14


def test_one_question_is_withdrawn_and_one_withheld_by_the_organiser(company: Company) -> None:
    questions = [question for quarter in company.quarters for question in quarter.questions]
    assert [question.standing for question in questions if question.withdrawn_day] == ["withdrawn"]
    (withheld,) = [question.withheld for question in questions if question.withheld]
    assert (withheld.by, withheld.reason) == ("noor", "personal")


def test_leaders_ask_back_and_whoever_asked_adds_to_it(company: Company) -> None:
    for offset, added in ((-1, 2), (0, 1)):
        talks = [question for question in company.quarter(offset).questions if question.asked_back]
        assert [len(question.follow_ups) for question in talks] == [added]
        for question in talks:
            assert question.asked_back[0].day < question.follow_ups[0].day
    late = [message.day for question in company.quarter(-1).questions for message in question.follow_ups]
    assert late[-1] > company.timetable.questions_close


def test_every_reason_for_declining_occurs(company: Company) -> None:
    reasons = {q.declined.reason for quarter in company.quarters for q in quarter.questions if q.declined}
    assert reasons == {"personal", "confidential", "duplicate", "abusive", "off-topic"}


def test_the_current_drafts_are_in_every_state(company: Company) -> None:
    progress = Counter(draft.progress for draft in company.quarter(0).drafts)
    assert progress == {"signed-off": 2, "half-written": 2, "begun": 1, "not-started": 1}
    for draft in company.quarter(0).drafts:
        told = company.quarter(0).narrative(draft.bucket)
        assert (draft.texts == told.texts) is (draft.progress == "signed-off")
        assert (words(draft.texts) == 0) is (draft.progress == "not-started")


def test_nothing_unfinished_is_published() -> None:
    for path, source in sources().items():
        if path.startswith("now/drafts/"):
            continue
        assert not UNFINISHED.search(DRAFT_ANSWER.sub("", source)), path


def test_the_drafts_do_hold_something_unfinished() -> None:
    assert any(UNFINISHED.search(source) for path, source in sources().items() if "drafts" in path)


def test_no_address_and_no_link_leaves_the_example_domains() -> None:
    told = sources()
    hosts = [host for source in told.values() for host in LINK.findall(source)]
    addresses = [address for source in told.values() for address in ADDRESS.findall(source)]
    assert len(addresses) == 34
    assert hosts
    assert [name for name in hosts + addresses if not name.endswith(".example")] == []


def test_the_story_can_be_told_in_any_season() -> None:
    for path, source in sources().items():
        assert not SEASONS.search(source), path


def test_a_question_has_no_asker(company: Company) -> None:
    fields = set(company.quarter(0).questions[0].__dataclass_fields__)
    assert fields == {
        "text", "bucket", "passage", "released_day", "votes", "due_day", "pending", "standing",
        "claimed_by", "claimed_day", "handoffs", "asked_back", "follow_ups", "draft", "answer", "declined",
        "withheld", "withdrawn_day",
    }  # fmt: skip


def with_question(company: Company, **changes: object) -> Company:
    """The company with its very first question changed."""
    first, *others = company.quarters
    question, *rest = first.questions
    changed = replace(question, **changes)  # type: ignore[arg-type]
    return replace(company, quarters=(replace(first, questions=(changed, *rest)), *others))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"text": "a" * 2001}, "longer than 2000"),
        ({"bucket": "marketing"}, "unknown bucket"),
        ({"passage": "We never wrote this."}, "nobody wrote"),
        ({"claimed_by": "nobody"}, "nobody has the key"),
        ({"claimed_by": "emre"}, "neither leader nor organiser"),
        ({"claimed_by": "maren"}, "answers what maren holds"),
        ({"claimed_day": 0}, "claimed before"),
        ({"released_day": 99}, "outside the asking days"),
        ({"answer": None}, "answered or declined or erased"),
        ({"votes": 35}, "more than 34 have voted"),
        ({"claimed_by": None}, "claimed and erased, or neither"),
        ({"follow_ups": (FollowUp(1, "At once."),)}, "not later than what it follows"),
        ({"asked_back": (AskedBack("emre", 2, "Why?"),)}, "neither leader nor organiser"),
        ({"answer": None, "withdrawn_day": 1}, "claimed and erased"),
    ],
)
def test_a_contradiction_is_named(company: Company, changes: dict[str, object], problem: str) -> None:
    with pytest.raises(StoryError, match=f"quarter -4, question 1: .*{problem}"):
        check(with_question(company, **changes))


def test_only_an_organiser_withholds(company: Company) -> None:
    erased = {"answer": None, "claimed_by": None, "withheld": Withheld("ilona", 2, "law", "It is so.")}
    with pytest.raises(StoryError, match="ilona is no organiser"):
        check(with_question(company, **erased))


def test_two_questions_do_not_appear_alone(company: Company) -> None:
    with pytest.raises(StoryError, match="quarter -4: too few questions are released on day 1"):
        check(with_question(company, released_day=2, claimed_day=2))


def test_a_missing_page_is_named(company: Company) -> None:
    *past, current = company.quarters
    short = replace(current, narratives=current.narratives[1:])
    with pytest.raises(StoryError, match="quarter 0: expected the pages workshop, rounds"):
        check(replace(company, quarters=(*past, short)))


def test_a_page_without_a_heading_is_named() -> None:
    with pytest.raises(StoryError, match=r"People\.md: the heading 'What didn't' is missing"):
        parse_page("Opening.\n\n## What went well\nAll.\n\n## Next priorities\nNone.\n", where="People.md")


def test_a_page_with_a_heading_too_many_is_named() -> None:
    page = (
        "Opening.\n\n## What went well\nAll.\n\n## And so\n\n## What didn't\nNo.\n\n## Next priorities\nNo.\n"
    )
    with pytest.raises(StoryError, match=r"People\.md: a fourth heading"):
        parse_page(page, where="People.md")


def test_a_table_says_where_something_is_missing() -> None:
    table = parse_toml('[[person]]\nkey = "a"\n[[person]]\nname = 3\n', where="people.toml")
    with pytest.raises(StoryError, match=r"people\.toml, person 2: key is missing"):
        table.rows("person")[1].text("key")
    with pytest.raises(StoryError, match=r"people\.toml, person 2: name should be str, is int"):
        table.rows("person")[1].text("name")
