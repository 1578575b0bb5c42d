"""`level` of a notice: how it is read, what it is refused for, and which steps of a pathway it may tell of."""

import pytest

from procedures import commands as c
from procedures import events as e
from procedures.case import StepState
from procedures.faults import ProcedureFaults
from procedures.language.steps import Level
from procedures.notices import hangs_on_facts, notice_lines
from procedures.schema import Library
from tests.making import FACTS, Story, directory, service
from tests.making import library as library_of
from tests.unit.marked import codes

ASK = """
    ask: police
    title: {it: Chiedere, en: Ask}
    accept_within: 10 min
    first_sign_within: 20 min
    complete_within: 4 h
    source: {text: "Invented for the tests", verified: false}
"""
HEAD = "pathway: intake\nedition: 1\ntitle: {it: Avvisi, en: Notices}\nconsent: intake\nsteps:\n"
CHANGED = FACTS.replace("title: {it: Rischio, en: Risk}", "title: {it: Rischio, en: Risk}\n    changed_by: [police]")
SHOWN = "    results: {bad: {sets: {risk: high}}, good: {}}\n"


def library(texts: list[str]) -> Library:
    return library_of(texts, CHANGED)


def pathway(visit: str = "", warn: str = "needs: [visit.done], level: result", more: str = "") -> str:
    told = f"  warn: {{tell: legal_aid, title: {{it: Avvisare, en: Warn}}, {warn}}}\n"
    return f"{HEAD}  visit:{ASK}{visit}{more}{told}outcomes: {{over: warn}}\n"


def refused(text: str) -> list[str]:
    with pytest.raises(ProcedureFaults) as found:
        library([text])
    return codes(found.value.faults)


def step_of(text: str) -> object:
    return next(iter(library([text]).current.values())).steps["warn"]


def test_without_a_word_a_notice_is_a_reference() -> None:
    assert getattr(step_of(pathway(warn="needs: [visit]")), "level", None) is Level.REFERENCE


@pytest.mark.parametrize("level", ["status", "result"])
def test_each_level_is_read(level: str) -> None:
    assert getattr(step_of(pathway(warn=f"needs: [visit], level: {level}")), "level", None) == level


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("misspelt-word", pathway(warn="needs: [visit], level: resulted")),
        ("no-result-to-tell", pathway(warn="level: result")),
        ("tells-a-fact", pathway("    when: {risk: high}\n")),
        ("tells-a-fact", pathway("    repeat: {every: 1 week, while: {risk: high}, at_most: 3}\n")),
        ("tells-a-fact", pathway(SHOWN, "needs: [visit.bad], level: result")),
        ("tells-a-fact", pathway(SHOWN, "needs: [visit], level: result")),
        (
            "tells-a-fact",
            pathway("    when: {risk: high}\n", "needs: [b], level: result", f"  b:{ASK}    needs: [visit]\n"),
        ),
    ],
)
def test_what_it_may_not_tell_is_refused(code: str, text: str) -> None:
    assert refused(text) == [code]


def test_a_result_beside_one_that_changes_a_fact_may_be_told() -> None:
    steps = library([pathway(SHOWN, "needs: [visit.good], level: result")]).current["intake"].steps
    assert not hangs_on_facts(steps, "visit")


def test_what_began_because_of_a_result_that_changed_a_fact_is_not_listed() -> None:
    steps = library([pathway(SHOWN, "needs: [visit.bad], level: status")]).current["intake"].steps
    assert hangs_on_facts(steps, "warn")


def told(text: str) -> Story:
    network = directory(service("questura", "police"), service("avvocate", "legal_aid"))
    return Story(library([text]), network).opened(consents=frozenset({"intake"}), facts={"risk": "high"})


def lines(story: Story) -> list[tuple[str, StepState, str | None]]:
    text = story.library.current["intake"]
    found = notice_lines(story.library, text, story.state, story.handoff("warn"))
    return [(line.step, line.state, line.result) for line in found]


def test_only_what_has_begun_and_hangs_on_no_fact_is_told_with_the_result_it_needs() -> None:
    more = f"  hidden:{ASK}    when: {{risk: high}}\n  later:{ASK}    needs: [hidden]\n  beside:{ASK}"
    story = told(pathway(more=more))
    story.accept("beside")
    story.complete("beside")
    story.accept("visit")
    story.complete("visit")
    assert lines(story) == [("visit", StepState.DONE, "done"), ("beside", StepState.DONE, None)]


def test_a_notice_that_may_be_read_carries_a_link_and_another_none() -> None:
    for level, link in (("result", e.LinkUse.READ), ("reference", e.LinkUse.NONE)):
        story = told(pathway(warn=f"needs: [visit.done], level: {level}"))
        story.accept("visit")
        events = story.complete("visit")
        (alert,) = [one for one in events if isinstance(one, e.AlertQueued) and one.purpose is e.AlertPurpose.TELL]
        assert alert.link is link


def test_where_nobody_may_be_told_whom_it_is_for_it_stays_a_reference() -> None:
    text = pathway(warn="needs: [visit.done], level: result, consent: {of: words, governs: what_is_said}")
    story = told(text)
    story.accept("visit")
    events = story.complete("visit")
    (alert,) = [one for one in events if isinstance(one, e.AlertQueued) and one.purpose is e.AlertPurpose.TELL]
    assert alert.link is e.LinkUse.NONE
    again = story.say(c.AcknowledgeHandoff, ref=story.handoff("warn").ref)
    assert not [one for one in again if isinstance(one, e.NoticeRead)]
