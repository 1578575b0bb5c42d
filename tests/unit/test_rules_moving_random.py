"""Random pathways, moved at random moments to random editions: a moved case never strands."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from unittest.mock import patch

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from procedures import commands as c
from procedures import retiming
from procedures.case import CaseStatus, HandoffMode, HandoffState, PathwayRun, RunState, StepState
from procedures.drafting import Draft
from procedures.errors import Refused
from procedures.evolving import replay
from procedures.faults import ProcedureFaults
from procedures.loading import load_facts, load_pathway
from procedures.move_errors import CannotMove
from procedures.schema import AskStep, AwaitStep, Library, Pathway
from procedures.timing import next_due
from tests.making import FACTS, Story
from tests.moved import wrong_with_move

pytestmark = pytest.mark.slow
VOCABULARY = load_facts(FACTS, "facts.yaml")
ASK = """\
  {name}:
    ask: {competence}
    title: {{it: Fare, en: Do}}
    accept_within: {minutes} min
    complete_within: {hours} h
    source: {{text: "Invented for the tests", verified: false}}
    results: {{done: {{}}, other: {{}}}}
"""
TELL = """\
  {name}:
    tell: {competence}
    title: {{it: Avvisare, en: Tell}}
"""
AWAIT = """\
  {name}:
    await: {{it: Altri, en: Others}}
    watched_by: {competence}
    title: {{it: Attendere, en: Await}}
    within: {hours} h
    source: {{text: "Invented for the tests", verified: false}}
    results: {{done: {{}}, other: {{}}}}
"""
KINDS = {"ask": ASK, "tell": TELL, "await": AWAIT}


@dataclass(frozen=True)
class Piece:
    """One step, as the test makes it."""

    kind: str
    competence: str
    minutes: int
    hours: int
    when: str
    needs: tuple[tuple[int, str], ...]
    any_of: bool
    more: str


PIECES = st.builds(
    Piece,
    kind=st.sampled_from(["ask", "ask", "tell", "await"]),
    competence=st.sampled_from(["first_contact", "emergency_shelter", "legal_aid"]),
    minutes=st.integers(5, 40),
    hours=st.integers(1, 50),
    when=st.sampled_from(["", "", "risk: high", "risk: low", "wants_legal_help: unknown"]),
    needs=st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["", "done", "other"])), max_size=2).map(tuple),
    any_of=st.booleans(),
    more=st.sampled_from(
        [
            "",
            "",
            "",
            "looked_at: again",
            "consent: extra",
            "not_before: 3 h of case.opened",
            "repeat: {every: 1 day, at_most: 2}",
        ]
    ),
)
EDITIONS = st.dictionaries(st.sampled_from("abcde"), PIECES, min_size=1, max_size=5)


def text_of(edition: int, pieces: dict[str, Piece]) -> str:
    names = sorted(pieces)
    lines = [f"pathway: tried\nedition: {edition}\ntitle: {{it: Prova, en: Trial}}\nconsent: intake\nsteps:\n"]
    for place, name in enumerate(names):
        piece = pieces[name]
        lines.append(KINDS[piece.kind].format(name=name, **vars(piece)))
        if piece.when:
            lines.append(f"    when: {{{piece.when}}}\n")
        if piece.more and not (piece.more.startswith("looked_at") and not piece.when):
            lines.append(f"    {piece.more}\n")
        needed = [_need(names[i % place], pieces, result) for i, result in piece.needs] if place else []
        needed = list(dict.fromkeys(needed))
        if needed:
            lines.append(
                f"    needs: {{any_of: [{', '.join(needed)}]}}\n"
                if piece.any_of
                else f"    needs: [{', '.join(needed)}]\n"
            )
    lines.append(f"outcomes: {{over: {names[0]}}}\n")
    return "".join(lines)


def _need(name: str, pieces: dict[str, Piece], result: str) -> str:
    return f"{name}.{result}" if result and pieces[name].kind != "tell" else name


def loaded(edition: int, pieces: dict[str, Piece]) -> Pathway:
    try:
        return load_pathway(text_of(edition, pieces), f"edition{edition}.yaml", VOCABULARY)
    except ProcedureFaults:
        assume(False)  # noqa: FBT003  # hypothesis has no name for it
        raise


ACTS = st.lists(
    st.tuples(st.sampled_from(["accept", "done", "other", "told", "wait", "consent", "risk"]), st.integers(0, 3)),
    max_size=12,
)


def act(story: Story, what: str, which: int) -> None:
    """One thing that somebody does; what is refused changes nothing."""
    open_ones = [one for one in story.state.handoffs.values() if one.is_open]
    try:
        if what == "wait":
            story.wait((3, 30, 600, 3000)[which])
        elif what == "consent":
            story.say(c.GiveConsent, consent="extra")
        elif what == "risk":
            story.say(c.ChangeFact, fact="risk", value=("low", "high", "imminent", "low")[which], reason="she_said")
        elif open_ones:
            one = open_ones[which % len(open_ones)]
            if one.mode is HandoffMode.TELL:
                story.say(c.AcknowledgeHandoff, ref=one.ref, actor="person:coord_uno")
            elif what == "accept":
                story.say(c.AcceptHandoff, ref=one.ref)
            else:
                story.say(c.CompleteHandoff, ref=one.ref, result=what if what in {"done", "other"} else "done")
    except Refused:
        pass


def bring_home(story: Story, result: str) -> None:
    """Everybody does what is asked of them, and time goes by, until nothing is left to do."""
    for _round in range(60):
        if story.state.status is not CaseStatus.OPEN:
            return
        for consent in ("intake", "extra"):
            with suppress(Refused):
                story.say(c.GiveConsent, consent=consent)
        for one in [one for one in story.state.handoffs.values() if one.is_open]:
            if one.mode is HandoffMode.TELL:
                _told(story, one.ref)
            else:
                if one.state is not HandoffState.ACCEPTED:
                    story.say(c.AcceptHandoff, ref=one.ref)
                story.say(c.CompleteHandoff, ref=one.ref, result=result)
        due = next_due(story.state)
        if story.state.status is CaseStatus.OPEN and due is not None and due > story.now:
            story.now = due
        story.say(c.PassDeadline)
    raise AssertionError("the case strands: nobody can bring it to its end")


def _told(story: Story, ref: str) -> None:
    for alert_id in [alert_id for alert_id, of in story.state.alert_of.items() if of == ref]:
        if story.state.handoffs[ref].is_open:
            story.say(
                c.SettleAlert,
                alert_id=alert_id,
                result="accepted",
                channel="email",
                settled_at=story.now,
                actor="carrier",
            )
    if story.state.handoffs[ref].is_open:
        story.say(c.CompleteHandoff, ref=ref, result="told")


def begun(pathway: Pathway, acts: Sequence[tuple[str, int]]) -> Story:
    found = Library(current={"tried": pathway}, by_hash={pathway.content_hash: pathway}, facts=VOCABULARY)
    story = Story(found).opened(pathway="tried", consents=frozenset({"intake"}))
    for what, which in acts:
        act(story, what, which)
    return story


def at_work_is_held(story: Story) -> None:
    """Each step that is at work has somebody at work on it."""
    for run in story.state.runs.values():
        for name, step in run.steps.items():
            if run.state is RunState.RUNNING and step.state is StepState.ACTIVE:
                assert any(story.state.handoffs[ref].is_open for ref in step.handoffs), name


@settings(max_examples=150, deadline=None)
@given(
    first=EDITIONS,
    then=EDITIONS,
    kept=st.sets(st.sampled_from("abcde")),
    acts=ACTS,
    later=ACTS,
    result=st.sampled_from(["done", "other"]),
)
def test_a_moved_case_never_strands(  # noqa: PLR0917  # what a story is made of
    first: dict[str, Piece],
    then: dict[str, Piece],
    kept: set[str],
    acts: list[tuple[str, int]],
    later: list[tuple[str, int]],
    result: str,
) -> None:
    old = loaded(1, first)
    new = loaded(2, {**then, **{name: piece for name, piece in first.items() if name in kept}})
    story = begun(old, acts)
    assume(story.state.status is CaseStatus.OPEN)
    story.library = Library(
        current={"tried": new}, by_hash={one.content_hash: one for one in (old, new)}, facts=VOCABULARY
    )
    before = story.state
    try:
        events = story.say(c.MovePathway, run="tried", edition=2, reason="procedure_changed")
    except CannotMove as obstacle:
        event(f"obstacle {type(obstacle).__name__}")
        assert story.state == before
        return
    event("moved")
    assert list(wrong_with_move(before, story.state, events, new)) == []
    at_work_is_held(story)
    for what, which in later:
        act(story, what, which)
    at_work_is_held(story)
    assert replay(story.trail) == story.state
    bring_home(story, result)
    assert _run(story).state is RunState.ENDED


WAITING = {"a": Piece("ask", "legal_aid", 20, 5, "", (), any_of=False, more="")}
SOONER = {"a": Piece("ask", "legal_aid", 10, 1, "", (), any_of=False, more="")}


@pytest.mark.parametrize(
    ("where", "name", "instead", "said"),
    [
        (Draft, "alert", lambda *_about, **_how: None, "a is due otherwise, and whoever holds it is not told"),
        (retiming, "_ladder", lambda *_about: (), "a never comes to the coordinator any more"),
    ],
)
def test_a_planted_bug_of_a_move_is_found(where: object, name: str, instead: object, said: str) -> None:
    old, new = loaded(1, WAITING), loaded(2, SOONER)
    story = begun(old, [])
    story.library = Library(
        current={"tried": new}, by_hash={one.content_hash: one for one in (old, new)}, facts=VOCABULARY
    )
    before = story.state
    with patch.object(where, name, instead):
        events = story.say(c.MovePathway, run="tried", edition=2, reason="procedure_changed")
    assert list(wrong_with_move(before, story.state, events, new)) == [said]


def _run(story: Story) -> PathwayRun:
    return next(iter(story.state.runs.values()))


def test_the_random_steps_have_results_that_the_story_gives() -> None:
    pathway = load_pathway(
        text_of(1, {"a": Piece("ask", "legal_aid", 5, 1, "", (), any_of=False, more="")}), "x.yaml", VOCABULARY
    )
    step = pathway.steps["a"]
    assert isinstance(step, AskStep | AwaitStep)
    assert set(step.results) == {"done", "other"}
