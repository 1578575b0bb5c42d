"""Who is asked where the procedure says more than a competence, and what the trail says of it."""

from procedures import commands as c
from procedures import events as e
from procedures.case import HandoffState
from procedures.choosing import Terms, candidates
from procedures.directory import Directory
from procedures.events import NobodyBecause, NoServiceFound, ServiceChosen
from procedures.whonow import who_now
from procedures.whonow_case import who_in_case
from tests.making import FACTS, START, Story, directory, library, open_case, service, settle

NEW_AREA = """
  new_area:
    type: choice
    title: {it: Nuova zona, en: New area}
    choices: {valle: {it: Valle, en: Valley}, mare: {it: Mare, en: Sea}}
"""
ASK = """
    ask: %s
    title: {it: Chiedere, en: Ask}
    accept_within: 10 min
    complete_within: 4 h
    source: {text: "Invented for the tests", verified: false}
    escalate: [{after: 10 min, to: next_service}, {after: 30 min, to: coordinator}]
"""


def pathway(choose: str, *, first: str = "", needs: str = "needs: [visit]", more: str = "") -> str:
    return (
        "pathway: intake\nedition: 1\ntitle: {it: Due, en: Two}\nconsent: intake\nsteps:\n"
        f"  visit:{ASK % 'emergency_health'}{first}\n"
        f"  assess:{ASK % 'risk_assessment'}    {needs}\n    choose: {choose}\n{more}outcomes: {{over: assess}}\n"
    )


def network() -> Directory:
    """Two hospitals that assess too, a centre that only assesses, and police that do."""
    services = (
        service("uno_ps", "emergency_health", body="uno", rank=1),
        service("due_ps", "emergency_health", body="due", rank=2),
        service("centro", "risk_assessment", body="centro", rank=1),
        service("uno_rischio", "risk_assessment", body="uno", rank=2),
        service("due_rischio", "risk_assessment", body="due", rank=3),
        service("questura_rischio", "risk_assessment", body="questura", rank=0),
        service("questura", "police", body="questura"),
    )
    return directory(*services)


def told(choose: str, **changes: str) -> Story:
    """The case was opened: the visit is asked for, where nothing else is said."""
    texts = [pathway(choose, **changes)]
    return Story(library(texts, FACTS + NEW_AREA), network()).opened(consents=frozenset({"intake"}), facts={})


def visited(choose: str, **changes: str) -> Story:
    """The visit was made by the first hospital."""
    story = told(choose, **changes)
    story.accept("visit")
    story.complete("visit")
    return story


def chosen(story: Story) -> ServiceChosen:
    return [event for event in story.trail if isinstance(event, ServiceChosen)][-1]


def nobody(story: Story) -> NobodyBecause:
    return [event for event in story.trail if isinstance(event, NoServiceFound)][-1].because


def test_the_body_that_did_the_first_step_does_the_second_and_the_trail_says_whom_that_passed_over() -> None:
    story = visited("{same_as: visit}")
    assert story.handoff("assess").service == "uno_rischio"
    why = chosen(story)
    assert (why.service, why.same_as, why.passed_over) == ("uno_rischio", "visit", ("questura_rischio", "centro"))


def test_whoever_took_it_counts_not_whoever_was_asked_first() -> None:
    story = told("{same_as: visit}")
    story.say(c.DeclineHandoff, ref=story.handoff("visit").ref, reason="full")
    story.accept("visit")
    story.complete("visit")
    assert story.handoff("assess").service == "due_rischio"


def test_another_body_than_the_one_that_did_the_first_step() -> None:
    story = visited("{different_from: visit, barred: [police]}")
    assert story.handoff("assess").service == "centro"
    story.say(c.DeclineHandoff, ref=story.handoff("assess").ref, reason="full")
    assert story.handoff("assess").service == "due_rischio"  # never the first hospital, whatever its rank
    story.say(c.DeclineHandoff, ref=story.handoff("assess").ref, reason="full")
    assert story.handoff("assess").owner.id == "coordinamento"


def test_a_barred_competence_bars_every_service_of_its_body() -> None:
    story = visited("{barred: [police]}")
    assert story.handoff("assess").service == "centro"
    assert chosen(story).passed_over == ("questura_rischio",)


def test_a_next_service_that_is_none_of_those_allowed_is_not_asked_in_silence() -> None:
    story = visited("{same_as: visit}")
    story.wait(10)
    assert story.handoff("assess").owner.id == "coordinamento"
    assert nobody(story) is NobodyBecause.NOBODY


def test_where_the_coordinator_did_it_no_body_is_the_same_and_the_coordinator_is_called() -> None:
    story = told("{same_as: visit}")
    for _ in range(2):
        story.say(c.DeclineHandoff, ref=story.handoff("visit").ref, reason="full")
    story.say(c.AcceptHandoff, ref=story.handoff("visit").ref, actor="person:coord_uno")
    story.say(c.CompleteHandoff, ref=story.handoff("visit").ref, result="done", actor="person:coord_uno")
    assert nobody(story) is NobodyBecause.BODY_UNKNOWN
    assert story.handoff("assess").owner.id == "coordinamento"


def test_a_step_that_was_left_out_has_no_body_either() -> None:
    story = told("{same_as: visit}", first="    when: {risk: high}")
    assert nobody(story) is NobodyBecause.BODY_UNKNOWN
    assert "coord_uno" in {event.person for event in story.trail if isinstance(event, e.AlertQueued)}


def test_a_service_that_left_the_network_is_no_body_to_be_compared_with() -> None:
    story = told("{different_from: visit}")
    story.accept("visit")
    gone = {name: entry for name, entry in story.directory.services.items() if name != "uno_ps"}
    story.directory = story.directory.model_copy(update={"services": gone})
    story.complete("visit")
    assert nobody(story) is NobodyBecause.BODY_UNKNOWN


def test_the_territory_that_a_fact_names_is_looked_in_and_the_coordination_stays_its_own() -> None:
    there = service("mare_rischio", "risk_assessment", body="mare").model_copy(
        update={"territories": frozenset({"mare"})}
    )
    story = told("{territory: fact.new_area}")
    story.directory = directory(*network().services.values(), there)
    story.accept("visit")
    story.say(
        c.ChangeFact, fact="new_area", value="mare", reason="something_happened", actor="operator:1", road=c.Road.DESK
    )
    story.complete("visit")
    assert story.handoff("assess").service == "mare_rischio"
    assert chosen(story).territory == "mare"
    story.wait(10)
    assert story.handoff("assess").owner.id == "coordinamento"


def test_a_territory_that_nobody_told_is_not_guessed() -> None:
    for facts in ({}, {"new_area": "not_answered"}):
        text = pathway("{territory: fact.new_area}", needs="")
        story = Story(library([text], FACTS + NEW_AREA), network())
        story.opened(consents=frozenset({"intake"}), facts=facts)
        assert nobody(story) is NobodyBecause.TERRITORY_UNKNOWN
        assert story.handoff("assess").owner.id == "coordinamento"


def test_begun_before_its_turn_the_later_step_keeps_its_body_from_the_earlier_one() -> None:
    story = told("{different_from: visit}", first="    needs: [talk]", more=f"  talk:{ASK % 'police'}")
    (run,) = story.state.runs
    story.say(c.ActFirst, run=run, step="assess", reason="imminent_danger", actor="operator:1", road=c.Road.DESK)
    assert story.handoff("assess").service == "questura_rischio"
    for _ in range(2):
        story.say(c.DeclineHandoff, ref=story.handoff("assess").ref, reason="full")
    story.accept("assess")
    assert story.handoff("assess").service == "uno_rischio"
    story.accept("talk")
    story.complete("talk")
    assert story.handoff("visit").service == "due_ps"
    assert story.handoff("visit").state is HandoffState.REQUESTED


def test_what_is_not_delegable_goes_to_the_coordinator_and_to_no_next_service() -> None:
    text = pathway("{barred: [police]}", needs="not_delegable: true").replace("{after: 10 min, to: next_service}, ", "")
    story = Story(library([text], FACTS), network()).opened(consents=frozenset({"intake"}), facts={})
    assert story.handoff("assess").service == "centro"
    story.say(c.DeclineHandoff, ref=story.handoff("assess").ref, reason="full")
    assert nobody(story) is NobodyBecause.NOT_DELEGABLE
    assert (story.handoff("assess").service, story.handoff("assess").owner.id) == (None, "coordinamento")


def test_one_that_cannot_be_reached_is_not_passed_on_either() -> None:
    text = pathway("{barred: [police]}", needs="not_delegable: true").replace("{after: 10 min, to: next_service}, ", "")
    story = Story(library([text], FACTS), network()).opened(consents=frozenset({"intake"}), facts={})
    for _ in range(2):  # the referent, then the deputy
        alert = [a for a in story.trail if isinstance(a, e.AlertQueued) and a.step == "assess"][-1]
        settle(story, alert.alert_id, "failed")
    assert nobody(story) is NobodyBecause.NOT_DELEGABLE
    assert (story.handoff("assess").service, story.handoff("assess").owner.id) == ("centro", "coordinamento")


def test_a_step_that_says_nothing_of_it_has_no_such_line_in_its_trail() -> None:
    story = Story().opened()
    assert not [event for event in story.trail if isinstance(event, ServiceChosen)]


def test_the_one_that_did_it_before_comes_before_the_others_of_its_body() -> None:
    network = directory(service("a", "police", rank=1), service("b", "police", rank=2))
    found = candidates(network, competence="police", territory="valle", now=START, terms=Terms(body="casa", first="b"))
    assert [one.id for one in found] == ["b", "a"]


def test_who_would_be_called_follows_the_same_choice() -> None:
    command = open_case(consents=frozenset({"intake"}), facts={})
    texts = [pathway("{same_as: visit}")]
    rows = {row.step: row for row in who_now(library(texts, FACTS + NEW_AREA), network(), command, START)}
    assert rows["assess"].service == "uno_rischio"
    texts = [pathway("{territory: fact.new_area}")]
    rows = {row.step: row for row in who_now(library(texts, FACTS + NEW_AREA), network(), command, START)}
    assert (rows["assess"].service, rows["assess"].because) == (None, NobodyBecause.TERRITORY_UNKNOWN)


def test_who_would_be_called_in_an_open_case_knows_who_took_the_first_step() -> None:
    story = told("{different_from: visit, barred: [police, first_contact]}")
    story.say(c.DeclineHandoff, ref=story.handoff("visit").ref, reason="full")
    story.accept("visit")
    rows = {row.step: row for row in who_in_case(story.state, story.library, story.directory, story.now)}
    assert (rows["visit"].service, rows["assess"].service) == ("due_ps", "centro")
