"""*Who would be called now* is the same function that decides."""

from procedures import commands as c
from procedures.events import AlertQueued
from procedures.whonow import WhoWhen, who_now
from procedures.whonow_case import who_in_case
from tests.making import INTAKE, SHELTER, START, Story, directory, library, open_case, service


def test_the_first_row_is_whom_the_first_alert_goes_to() -> None:
    command = open_case(facts={"risk": "imminent", "wants_legal_help": "yes"})
    rows = who_now(library(), directory(), command, START)
    alert = next(e for e in Story().tell(command) if isinstance(e, AlertQueued))
    assert (rows[0].when, rows[0].person, rows[0].channel) == (WhoWhen.NOW, alert.person, "email")


def test_every_later_step_says_whom_and_whether() -> None:
    rows = {r.step: r for r in who_now(library(), directory(), open_case(facts={"risk": "low"}), START)}
    assert rows["find_place"].service == "casa_uno"
    assert (rows["find_place"].when, rows["escort"].when) == (WhoWhen.LATER, WhoWhen.LEFT_OUT)
    assert rows["tell_police"].when is WhoWhen.LEFT_OUT


def test_a_consent_still_to_be_asked_is_shown() -> None:
    rows = {r.step: r for r in who_now(library(), directory(), open_case(consents={"intake"}), START)}
    assert rows["find_place"].when is WhoWhen.CONSENT


def test_nobody_for_a_step_shows_the_coordinator_alone() -> None:
    network = directory(service("ascolto", "first_contact"))
    rows = {r.step: r for r in who_now(library(), network, open_case(), START)}
    assert (rows["find_place"].service, rows["find_place"].coordinator) == (None, "coordinamento")


def test_exclusions_count_here_too() -> None:
    command = open_case(exclusions=frozenset({"ascolto"}))
    rows = {r.step: r for r in who_now(library(), directory(), command, START)}
    assert rows["welcome"].service == "ascolto_due"


def test_what_hangs_on_a_step_left_out_is_left_out_too() -> None:
    chain = """
pathway: intake
edition: 1
title: {it: Catena, en: Chain}
consent: intake
steps:
  care:
    ask: emergency_health
    title: {it: Cura, en: Care}
    when: {risk: high}
    accept_within: 10 min
    complete_within: 1 h
    source: {text: "Invented for the tests", verified: false}
  report:
    ask: emergency_health
    title: {it: Referto, en: Report}
    needs: [care.done]
    accept_within: 10 min
    complete_within: 1 h
    source: {text: "Invented for the tests", verified: false}
  after: {tell: police, title: {it: Poi, en: After}, needs: [care]}
outcomes: {cared: care}
"""
    command = open_case(consents=frozenset({"intake"}), facts={"risk": "low"})
    rows = {r.step: r.when for r in who_now(library([chain]), directory(), command, START)}
    assert rows["report"] is WhoWhen.LEFT_OUT
    assert rows["after"] is WhoWhen.NOW


def test_a_case_that_was_moved_shows_whom_it_goes_to_without_the_step_that_the_edition_has_not() -> None:
    story = Story().opened()
    notice = INTAKE.index("  tell_police:"), INTAKE.index("  hearing:")
    without = (INTAKE[: notice[0]] + INTAKE[notice[1] :]).replace("edition: 1\n", "edition: 2\n", 1)
    adopted = library([without, SHELTER])
    story.library = adopted.model_copy(update={"by_hash": {**story.library.by_hash, **adopted.by_hash}})
    story.say(c.MovePathway, run="intake", edition=2, reason="procedure_changed")
    rows = {row.step: row for row in who_in_case(story.state, story.library, story.directory, START)}
    assert rows["welcome"].service == "ascolto"
    assert "tell_police" not in rows


def test_a_step_that_waits_for_a_signal_says_so_before_the_case_is_open_and_in_it() -> None:
    text = """
pathway: intake
edition: 1
title: {it: Attesa, en: Waiting}
consent: intake
stays_open: true
signals: {found: {title: {it: Trovato, en: Found}, from: [operator]}}
steps:
  after: {tell: police, title: {it: Poi, en: After}, needs: [signal.found]}
"""
    command = open_case(consents=frozenset({"intake"}))
    story = Story(library([text])).opened(consents=frozenset({"intake"}))
    (before,) = who_now(library([text]), directory(), command, START)
    (now,) = who_in_case(story.state, story.library, story.directory, START)
    assert (before.when, now.when) == (WhoWhen.SIGNAL, WhoWhen.SIGNAL)
