"""How much of a handoff somebody of a service sees: nothing, a card, or what its step needs."""

from datetime import timedelta

import pytest

from procedures import commands as c
from procedures.case import HandoffState
from procedures.directory import Directory, Duty
from procedures.membership import Part, needed_facts, part_in
from tests.making import INTAKE, SHELTER, START, Story, directory, library, person, service

HOUR = timedelta(hours=1)


def with_turn(since: int, until: int) -> Directory:
    """`turn` is on the rota of the first service between these hours from the start of the story."""
    duty = Duty(person="turn", since=START + since * HOUR, until=START + until * HOUR)
    return directory(
        service("ascolto", "first_contact", rota=(duty,)), service("ascolto_due", "first_contact", rank=200)
    )


def seen(story: Story, who: str, step: str = "welcome") -> Part | None:
    return part_in(story.directory, story.state, story.handoff(step).ref, who, story.now)


def taken(story: Story, who: str = "ascolto_ref", step: str = "welcome") -> Story:
    story.say(c.AcceptHandoff, ref=story.handoff(step).ref, actor=f"person:{who}", road=c.Road.INBOX)
    return story


@pytest.mark.parametrize("who", ["ascolto_ref", "ascolto_dep"])
def test_the_referent_and_the_deputy_see_a_card_and_then_what_it_needs(who: str) -> None:
    story = Story().opened()
    assert seen(story, who) is Part.CARD
    assert seen(taken(story), who) is Part.HELD


@pytest.mark.parametrize("who", ["ascolto_due_ref", "desk_person", "coord_uno", "nobody", ""])
def test_whoever_is_of_no_service_that_is_asked_sees_nothing(who: str) -> None:
    story = Story().opened()
    assert seen(story, who) is None
    assert seen(taken(story), who) is None


@pytest.mark.parametrize(("since", "until", "part"), [(-1, 1, Part.CARD), (5, 9, Part.CARD), (-5, -1, None)])
def test_a_turn_of_the_rota_counts_until_it_is_over(since: int, until: int, part: Part | None) -> None:
    assert seen(Story(directory_=with_turn(since, until)).opened(), "turn") is part


def test_what_she_took_herself_stays_hers_when_her_turn_is_over() -> None:
    story = taken(Story(directory_=with_turn(-1, 1)).opened(), "turn")
    story.now += 2 * HOUR
    assert seen(story, "turn") is Part.HELD
    colleague = taken(Story(directory_=with_turn(-1, 1)).opened())
    colleague.now += 2 * HOUR
    assert seen(colleague, "turn") is None


def test_who_left_the_file_sees_nothing_any_more() -> None:
    story = taken(Story().opened())
    people = {name: one for name, one in story.directory.people.items() if name != "ascolto_ref"}
    story.directory = story.directory.model_copy(update={"people": people})
    assert seen(story, "ascolto_ref") is None
    assert seen(story, "ascolto_dep") is Part.HELD


@pytest.mark.parametrize("away", ["late", "casa", "ascolto", "ascolto_due"])
def test_somebody_who_joins_a_service_and_is_excluded_sees_nothing(away: str) -> None:
    story = Story().opened()
    joined = {"late": person("late")}
    services = {
        name: one.model_copy(update={"deputy": "late"}) if name in {"ascolto", "ascolto_due"} else one
        for name, one in story.directory.services.items()
    }
    update = {"people": {**story.directory.people, **joined}, "services": services}
    story.directory = story.directory.model_copy(update=update)
    assert seen(story, "late") is Part.CARD
    story.state = story.state.model_copy(update={"exclusions": frozenset({away})})
    assert seen(story, "late") is None


@pytest.mark.parametrize("taken_first", [False, True])
def test_the_part_of_a_service_ends_with_the_case(taken_first: bool) -> None:
    story = Story().opened()
    if taken_first:
        taken(story)
    story.say(c.CancelCase, actor="operator:1", road=c.Road.DESK, reason="her_wish")
    assert seen(story, "ascolto_ref") is None


def test_what_the_coordination_took_in_its_place_is_not_the_services() -> None:
    story = Story(directory_=directory(service("ascolto", "first_contact"))).opened()
    ref = story.handoff("welcome").ref
    for _ in range(40):
        story.now += timedelta(minutes=5)
        story.say(c.PassDeadline, actor="clock", road=c.Road.CLOCK)
    assert story.state.handoffs[ref].overdue
    assert seen(story, "ascolto_ref") is Part.CARD, "it may still be taken after all"
    taken(story, "coord_uno")
    assert story.state.handoffs[ref].state is HandoffState.ACCEPTED
    assert seen(story, "ascolto_ref") is None


def facts_of(story: Story, step: str) -> dict[str, object]:
    handoff = story.handoff(step)
    pathway = story.library.by_hash[story.state.runs[handoff.run_id].content_hash]
    return dict(needed_facts(story.library, pathway, pathway.steps[step], story.state, handoff.ref))


def escorting(story: Story) -> Story:
    """Up to the escort, which is asked where the risk is high."""
    taken(story.opened(facts={"risk": "high", "wants_legal_help": True}))
    story.say(c.CompleteHandoff, ref=story.handoff("welcome").ref, actor="person:ascolto_ref", result="done")
    taken(story, "casa_uno_ref", "find_place")
    evidence = {"place_confirmed_at": START}
    ref = story.handoff("find_place").ref
    story.say(c.CompleteHandoff, ref=ref, actor="person:casa_uno_ref", result="housed", evidence=evidence)
    return story


def test_the_facts_of_the_steps_own_condition_are_shown_once_it_is_taken() -> None:
    story = escorting(Story())
    assert facts_of(story, "escort") == {}
    assert facts_of(taken(story, "navetta_ref", "escort"), "escort") == {"risk": "high"}


def test_what_is_watched_and_was_accepted_by_nobody_shows_no_fact() -> None:
    story = escorting(Story())
    assert seen(story, "avvocate_ref", "hearing") is Part.HELD
    assert facts_of(story, "hearing") == {}


def test_a_fact_about_somebody_else_is_not_shown() -> None:
    story = taken(escorting(Story()), "navetta_ref", "escort")
    of_author = {**story.library.facts, "risk": story.library.facts["risk"].model_copy(update={"of": "author"})}
    story.library = story.library.model_copy(update={"facts": of_author})
    assert facts_of(story, "escort") == {}


def test_nothing_is_shown_where_it_may_not_be_said_whom_it_is_for() -> None:
    words = "    when: {risk: [high, imminent]}\n"
    text = SHELTER.replace(words, words + "    consent: {of: transport, governs: what_is_said}\n")
    story = taken(escorting(Story(library([INTAKE, text]))), "navetta_ref", "escort")
    assert facts_of(story, "escort") == {}
    story.say(c.GiveConsent, consent="transport", actor="operator:1", road=c.Road.DESK)
    assert facts_of(story, "escort") == {"risk": "high"}
    story.say(c.RevokeConsent, consent="transport", actor="operator:1", road=c.Road.DESK)
    assert facts_of(story, "escort") == {}
