"""What a run's history should say follows from its trail alone, with or without Prefect."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from models.composition import House
from models.history import Attempt, RunFacts, TrailEvent, attempts_of_run, events_of_run, run_facts
from models.telling import CLAIMS, ENDS, KINDS, RUNG_PURPOSES, RestKind, Story, alert_name, kind_of, tell
from procedures.events import AlertPurpose
from tests.integration.relay import cancel, no_place, open_shelter, run_id_of

AT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
RUN = RunFacts("run-1", "RUN-REF", "case-1", "shelter", "running", None, None)
ASKED = {"ref": "H-1", "step": "find_place", "run_id": "run-1"}


def event(seq: int, kind: str, **payload: object) -> TrailEvent:
    return TrailEvent(seq, AT + timedelta(minutes=seq), kind, payload)


def alert(seq: int, purpose: str, alert_id: str = "a-1") -> TrailEvent:
    return event(
        seq,
        "alert_queued",
        alert_id=alert_id,
        purpose=purpose,
        ref="H-1",
        about="H-1",
        step="find_place",
        run_id="run-1",
    )


def attempt(state: str, n: int = 1, channel: str = "email") -> Attempt:
    settled = None if state in {"queued", "sending", "temporary"} else AT + timedelta(seconds=n)
    return Attempt(f"a-1.{n}", "a-1", channel, state, None, AT, AT, AT, settled)


def story_of(house: House, run_id: str) -> Story:
    run = run_facts(house.database, run_id)
    assert run is not None
    return tell(run, events_of_run(house.database, run), attempts_of_run(house.database, run_id), ())


def test_a_fresh_run_awaits_its_step_and_its_alert_has_no_outcome_yet(house: House) -> None:
    opened = open_shelter(house)
    story = story_of(house, run_id_of(opened))
    assert story.rest.name == "Awaiting find_place"
    assert [unsettled.name for unsettled in story.unsettled] == ["alert find_place"]
    assert story.tellings == ()


def test_an_ended_run_waits_for_its_last_message(house: House) -> None:
    opened = open_shelter(house)
    no_place(house, opened)
    story = story_of(house, run_id_of(opened))
    assert story.rest.kind is RestKind.AWAITING
    assert story.rest.name == "Awaiting delivery"
    assert "end find_place completed" in {telling.name for telling in story.tellings}


def test_a_withdrawn_alert_is_told_as_withdrawn(house: House) -> None:
    opened = open_shelter(house)
    cancel(house, opened)
    told = {telling.name: telling.state for telling in story_of(house, run_id_of(opened)).tellings}
    assert told["alert find_place"] == "withdrawn"
    assert told["end find_place cancelled"] == "cancelled"


def test_an_alert_is_told_when_some_channel_took_it() -> None:
    tries = {"a-1": [attempt("permanent"), attempt("accepted", 2, "sms")]}
    (telling,) = tell(RUN, [alert(1, "request")], tries, ()).tellings
    assert telling.state == "accepted"
    assert "sms" in telling.note


def test_it_is_not_told_while_a_channel_is_left() -> None:
    story = tell(RUN, [alert(1, "request")], {"a-1": [attempt("permanent"), attempt("queued", 2)]}, ())
    assert not story.tellings
    assert story.unsettled[0].delivery_id == "a-1.2"


def test_an_alert_without_any_channel_is_told_as_failed() -> None:
    (telling,) = tell(RUN, [alert(1, "request")], {}, ()).tellings
    assert telling.state == "failed"


def test_what_has_its_task_run_is_not_told_again() -> None:
    assert not tell(RUN, [alert(1, "request")], {"a-1": [attempt("accepted")]}, {1}).tellings


def test_a_rung_with_a_message_is_told_once() -> None:
    climbed = event(2, "rung_climbed", ref="H-1", to="deputy", due_at="2026-11-24T20:02:00Z")
    events = [event(1, "handoff_requested", **ASKED), climbed, replace(alert(3, "deputy"), at=climbed.at)]
    (telling,) = tell(RUN, events, {"a-1": [attempt("accepted")]}, ()).tellings
    assert telling.name == "escalation find_place to deputy"


def test_a_rung_without_a_message_is_told_itself() -> None:
    climbed = event(2, "rung_climbed", ref="H-1", to="next_service", due_at="2026-11-24T20:02:00Z")
    (telling,) = tell(RUN, [event(1, "handoff_requested", **ASKED), climbed], {}, ()).tellings
    assert telling.name == "escalation find_place to next_service"


def test_a_pathway_that_it_started_is_told_and_its_own_start_is_not() -> None:
    own = event(1, "pathway_started", run_id="run-1", ref="RUN-REF", pathway="intake", parent_run=None)
    other = event(2, "pathway_started", run_id="run-2", ref="OTHER", pathway="shelter", parent_run="run-1")
    assert [telling.name for telling in tell(RUN, [own, other], {}, ()).tellings] == ["start shelter"]


def test_every_telling_has_its_task() -> None:
    """A result that one of two people proposed had none, and its pathway was told as failed for ever."""
    handoff = event(1, "handoff_requested", **ASKED)
    ended = [event(2, kind, ref="H-1", result="housed", reason="her_wish") for kind in ENDS]
    told = [
        event(3, "result_proposed", ref="H-1", result="housed"),
        event(4, "pathway_moved", edition=2, old_edition=1, reason="law_changed"),
        event(5, "pathway_started", parent_run="run-1", ref="R-2", pathway="legal"),
        *(event(5, kind, ref="H-1") for kind in CLAIMS),
        event(6, "receipt_came", alert_id="a-9", channel="email", receipt="delayed", code="4.4.1"),
        *(event(6, "rung_climbed", ref="H-1", to=to, due_at=AT) for to in RUNG_PURPOSES),
    ]
    story = tell(RUN, [handoff, *ended, *told], {}, ())
    names = [*(telling.name for telling in story.tellings), *(alert_name(purpose, "visit") for purpose in AlertPurpose)]
    assert len(story.tellings) == len(ended) + len(told)
    assert {kind_of(name) for name in names} == set(KINDS)


def test_a_step_that_waits_for_her_word_says_so() -> None:
    story = tell(RUN, [event(1, "step_awaited_consent", run_id="run-1", step="legal")], {}, ())
    assert story.rest.name == "Awaiting consent for legal"


def test_many_open_steps_make_no_endless_name() -> None:
    events = [event(n, "step_started", run_id="run-1", step=f"a_rather_long_name_{n}") for n in range(1, 20)]
    assert tell(RUN, events, {}, ()).rest.name == "Awaiting 19 steps"


def test_an_alert_is_named_for_why_it_went_out() -> None:
    assert alert_name("request", "escort") == "alert escort"
    assert alert_name("reminder", "escort") == "reminder escort"
    assert alert_name("word_taken", "escort") == "word escort taken"
    assert alert_name("consent_needed", None) == "alert case consent_needed"


def test_a_receipt_has_its_own_time_and_its_own_task() -> None:
    heard = event(9, "receipt_came", alert_id="a-1", channel="email", receipt="delivered", code="")
    story = tell(RUN, [alert(1, "request"), heard], {"a-1": [attempt("accepted")]}, ())
    alerted, receipt = story.tellings
    assert (alerted.name, receipt.name) == ("alert find_place", "receipt find_place delivered")
    assert receipt.ended == heard.at > alerted.ended
    assert receipt.note == "H-1: delivered, email, heard 2026-11-24T20:09:00.000Z"
