"""One notice for several services: each is told on its own, and the step is over when everybody was."""

import pytest

from procedures import commands as c
from procedures import events as e
from procedures.case import HandoffState, StepState
from procedures.directory import Directory
from procedures.faults import ProcedureFaults
from procedures.placing import competences_of
from procedures.showing.words import plain_words
from procedures.whonow import who_now
from procedures.whonow_case import who_in_case
from tests.making import START, Story, directory, library, open_case, service, settle
from tests.unit.marked import codes

TEXT = """
pathway: intake
edition: 1
title: {it: Avvisi, en: Notices}
consent: intake
steps:
  warn: {tell: [police, school], title: {it: Avvisare, en: Warn}}
  after: {tell: legal_aid, title: {it: Dopo, en: After}, needs: [warn]}
outcomes: {over: after}
"""


def network(*more: str) -> Directory:
    services = [service("questura", "police"), service("scuola", "school"), service("avvocate", "legal_aid")]
    return directory(*services, *(service(name, "school", rank=200) for name in more))


def told(text: str = TEXT, *more: str) -> Story:
    """The case was opened: everybody is being told."""
    return Story(library([text]), network(*more)).opened(consents=frozenset({"intake"}), facts={})


def notice(story: Story, name: str) -> str:
    """The alert to the person of a service, the latest."""
    found = [one for one in story.trail if isinstance(one, e.AlertQueued) and one.person == f"{name}_ref"]
    return found[-1].alert_id


def warned(story: Story) -> StepState:
    return next(iter(story.state.runs.values())).steps["warn"].state


def handoffs(story: Story) -> dict[str | None, HandoffState]:
    return {h.competence: h.state for h in story.state.handoffs.values() if h.step == "warn"}


def test_each_is_told_with_a_notice_and_a_reference_of_its_own() -> None:
    story = told()
    requested = [one for one in story.trail if isinstance(one, e.HandoffRequested)]
    assert [(one.competence, one.service) for one in requested] == [("police", "questura"), ("school", "scuola")]
    assert len({one.ref for one in requested}) == 2


def test_the_step_is_over_when_the_last_of_them_was_reached() -> None:
    story = told()
    settle(story, notice(story, "questura"), "accepted")
    assert warned(story) is StepState.ACTIVE
    assert handoffs(story) == {"police": HandoffState.COMPLETED, "school": HandoffState.REQUESTED}
    settle(story, notice(story, "scuola"), "accepted")
    assert warned(story) is StepState.DONE
    assert story.handoff("after").service == "avvocate"


def test_where_one_cannot_be_reached_the_next_of_its_kind_is_told_and_nobody_else_again() -> None:
    story = told(TEXT, "scuola_due")
    settle(story, notice(story, "questura"), "accepted")
    settle(story, notice(story, "scuola"), "failed")
    assert story.handoff("warn").service == "scuola_due"
    settle(story, notice(story, "scuola_due"), "accepted")
    assert warned(story) is StepState.DONE
    assert [h.service for h in story.state.handoffs.values() if h.competence == "police"] == ["questura"]


def test_where_nobody_is_left_the_coordinator_tells_it_by_telephone_and_the_trail_says_whom() -> None:
    story = told()
    settle(story, notice(story, "scuola"), "failed")
    nobody = [one for one in story.trail if isinstance(one, e.NoServiceFound)]
    assert [one.competence for one in nobody] == ["school"]
    settle(story, notice(story, "questura"), "accepted")
    assert warned(story) is StepState.ACTIVE
    story.say(c.CompleteHandoff, ref=story.handoff("warn").ref, result="told", actor="person:coord_uno")
    assert warned(story) is StepState.DONE


def test_a_service_that_offers_both_is_told_for_each() -> None:
    both = service("questura", "police")
    both = both.model_copy(update={"competences": frozenset({"police", "school"})})
    story = Story(library([TEXT]), directory(both, service("avvocate", "legal_aid")))
    story.opened(consents=frozenset({"intake"}), facts={})
    assert {h.service for h in story.state.handoffs.values()} == {"questura"}
    assert not [one for one in story.trail if isinstance(one, e.NoServiceFound)]


def test_taking_the_consent_back_stops_those_not_told_yet_once() -> None:
    story = told()
    events = story.say(c.RevokeConsent, consent="intake", actor="operator:1", road=c.Road.DESK)
    assert [one.ref for one in events if isinstance(one, e.HandoffCancelled)] == list(story.state.handoffs)[:2]
    assert len([one for one in events if isinstance(one, e.StepCancelled) and one.step == "warn"]) == 1


def test_never_contact_again_stops_the_step_once() -> None:
    story = told()
    events = story.say(c.NeverContactAgain, actor="operator:1", road=c.Road.DESK)
    assert len([one for one in events if isinstance(one, e.StepCancelled) and one.step == "warn"]) == 1


def test_who_would_be_called_has_a_row_for_each() -> None:
    rows = who_now(library([TEXT]), network(), open_case(consents=frozenset({"intake"}), facts={}), START)
    assert [(row.step, row.competence, row.service) for row in rows] == [
        ("warn", "police", "questura"),
        ("warn", "school", "scuola"),
        ("after", None, "avvocate"),
    ]


def test_who_would_be_called_in_an_open_case_is_whoever_was_not_told_yet() -> None:
    story = told()
    settle(story, notice(story, "questura"), "accepted")
    rows = who_in_case(story.state, story.library, story.directory, story.now)
    assert [(row.step, row.service) for row in rows] == [("warn", "scuola"), ("after", "avvocate")]


def test_never_a_body_that_any_of_them_told() -> None:
    text = TEXT.replace("needs: [warn]", "needs: [warn], choose: {different_from: warn}")
    story = Story(
        library([text]),
        directory(
            service("questura", "police", body="uno"),
            service("scuola", "school", body="due"),
            service("a", "legal_aid", body="due", rank=1),
            service("b", "legal_aid", body="uno", rank=2),
            service("c", "legal_aid", body="tre", rank=3),
        ),
    ).opened(consents=frozenset({"intake"}), facts={})
    for name in ("questura", "scuola"):
        settle(story, notice(story, name), "accepted")
    assert story.handoff("after").service == "c"


def test_a_list_of_one_is_that_one() -> None:
    story = told(TEXT.replace("[police, school]", "[police]"))
    assert [h.competence for h in story.state.handoffs.values()] == [None]
    step = next(iter(story.library.current.values())).steps["warn"]
    assert step.kind == "tell"
    assert competences_of(step) == ("police",)


@pytest.mark.parametrize(
    ("written", "code"),
    [("[police, police]", "told-twice"), ("[]", "expected"), ("[police, Ente]", "bad-name")],
)
def test_a_list_that_says_nothing_or_says_it_twice_is_refused(written: str, code: str) -> None:
    with pytest.raises(ProcedureFaults) as refused:
        library([TEXT.replace("[police, school]", written)])
    assert codes(refused.value.faults) == [code]


def test_told_back_in_words_all_of_them_are_named() -> None:
    part = plain_words(told().library.current["intake"], {}, str, "en")[1]
    assert "Told: police and school. No answer is asked." in part.sentences
