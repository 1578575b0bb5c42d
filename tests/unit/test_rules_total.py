"""`decide` is total: every command in every state gives events or a named refusal, and never another error."""

from collections.abc import Callable

import pytest

from procedures import commands as c
from procedures.case import CaseState, HandoffState
from procedures.changing import TRANSITIONS, ImpossibleEvent
from procedures.errors import Refused, UnknownCase
from procedures.events import HandoffAccepted, HandoffEvent, HandoffExpired
from procedures.evolving import evolve
from tests.making import Story, open_case


def unopened(story: Story) -> None:
    assert not story.state.exists


def requested(story: Story) -> None:
    story.opened(facts={"risk": "imminent", "wants_legal_help": True})


def acknowledged(story: Story) -> None:
    requested(story)
    story.say(c.AcknowledgeHandoff, ref=story.handoff("welcome").ref)


def accepted(story: Story) -> None:
    requested(story)
    story.accept("welcome")


def late(story: Story) -> None:
    accepted(story)
    story.wait(600)


def completed(story: Story) -> None:
    accepted(story)
    story.complete("welcome")


def declined(story: Story) -> None:
    requested(story)
    story.say(c.DeclineHandoff, ref=story.handoff("welcome").ref, reason="full")


def coordinated(story: Story) -> None:
    requested(story)
    story.wait(31)


def cancelled(story: Story) -> None:
    completed(story)
    story.say(c.CancelCase, reason="her_wish")


SITUATIONS: list[Callable[[Story], None]] = [
    unopened,
    requested,
    acknowledged,
    accepted,
    late,
    completed,
    declined,
    coordinated,
    cancelled,
]
COMMANDS: list[tuple[type[c.Command], dict[str, object]]] = [
    (c.GiveConsent, {"consent": "shelter"}),
    (c.RefuseConsent, {"consent": "shelter"}),
    (c.RevokeConsent, {"consent": "shelter"}),
    (c.ChangeFact, {"fact": "risk", "value": "low", "reason": "written_wrongly"}),
    (c.PickService, {"service": "casa"}),
    (c.CancelCase, {"reason": "her_wish"}),
    (c.CancelPathway, {"run_id": "none", "reason": "her_wish"}),
    (c.DecideAnew, {"run": "", "step": "welcome", "result": "done", "reason": "appeal"}),
    (c.ReopenPathway, {"run": "intake", "reason": "new_incident"}),
    (c.MovePathway, {"run": "intake", "edition": 1, "reason": "law_changed"}),
    (c.NeverContactAgain, {}),
    (c.ContactAgain, {}),
    (c.ActFirst, {"run": "", "step": "escort", "reason": "imminent_danger"}),
    (c.ActFirst, {"run": "", "step": "hearing", "reason": "ordered"}),
    (c.ForgoStep, {"run": "", "step": "welcome", "reason": "her_wish"}),
    (c.PassDeadline, {}),
    (c.SettleAlert, {"alert_id": "none", "result": "failed", "channel": "email"}),
    (c.NoteUncertain, {"alert_id": "none", "channel": "email", "attempt": 1, "code": "lease-lapsed"}),
    (c.NoteReceipt, {"alert_id": "none", "channel": "email", "receipt": "delivered"}),
    (c.AcknowledgeHandoff, {}),
    (c.AskBack, {}),
    (c.GiveToColleague, {"colleague": "ascolto_dep"}),
    (c.GiveToColleague, {"colleague": "nobody"}),
    (c.AcceptHandoff, {}),
    (c.DeclineHandoff, {"reason": "full"}),
    (c.NoteFirstSign, {}),
    (c.CompleteHandoff, {"result": "done"}),
    (c.RenewLink, {}),
    (c.RemindHandoff, {}),
    (c.ExtendLimit, {}),
    (c.ExtendLimit, {"body": "coordinator"}),
    (c.GiveSignal, {"signal": "found"}),
]


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize(("kind", "fields"), COMMANDS)
def test_every_command_in_every_state(
    situation: Callable[[Story], None], kind: type[c.Command], fields: dict[str, object]
) -> None:
    tried = 0
    refused: list[str] = []
    probe = Story()
    situation(probe)
    refs = list(probe.state.handoffs) or ["NONE"]
    for ref in refs if issubclass(kind, c.AboutHandoff) else refs[:1]:
        story = Story()
        situation(story)
        values = dict(fields)
        if issubclass(kind, c.AboutHandoff):
            values["ref"] = ref
        if kind is c.SettleAlert:
            values["settled_at"] = story.now
        before = story.state
        try:
            events = story.say(kind, **values)
        except Refused as refusal:
            refused.append(refusal.code)
            assert_same(story.state, before)
        else:
            assert story.state.version == before.version + len(events)
        tried += 1
    assert all(refused)
    assert tried == (len(refs) if issubclass(kind, c.AboutHandoff) else 1)


def assert_same(state: CaseState, before: CaseState) -> None:
    assert state == before


def test_nothing_but_opening_is_possible_before_the_case_is_open() -> None:
    for kind, fields in COMMANDS:
        values = dict(fields) | ({"ref": "NONE"} if issubclass(kind, c.AboutHandoff) else {})
        if kind is c.SettleAlert:
            values["settled_at"] = Story().now
        with pytest.raises(UnknownCase):
            Story().say(kind, **values)
    assert Story().tell(open_case())


@pytest.mark.parametrize("event", TRANSITIONS)
@pytest.mark.parametrize("state", HandoffState)
def test_every_pair_of_state_and_event(event: type[HandoffEvent], state: HandoffState) -> None:
    story = Story().opened()
    handoff = story.handoff("welcome").model_copy(update={"state": state})
    held = story.state.model_copy(update={"handoffs": {handoff.ref: handoff}})
    values: dict[str, object] = {"at": story.now, "ref": handoff.ref, "actor": "person:x", "party": handoff.owner}
    values |= {"reason": "full", "result": "done", "service": "casa", "out_of": 2, "said_by": "person:y"}
    made = event.model_validate({name: value for name, value in values.items() if name in event.model_fields})
    allowed, target = TRANSITIONS[event]
    if state in allowed:
        assert evolve(held, made).handoffs[handoff.ref].state is target
    else:
        with pytest.raises(ImpossibleEvent):
            evolve(held, made)


def test_a_trail_that_makes_no_sense_is_not_followed() -> None:
    story = Story().opened()
    for event in (HandoffExpired(at=story.now, ref="NONE"), story.trail[0]):
        with pytest.raises(ImpossibleEvent):
            evolve(story.state, event)
    assert HandoffAccepted in TRANSITIONS
