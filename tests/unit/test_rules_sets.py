"""Results that change facts: what they show, or a fixed value, never lower where the fact only rises."""

import pytest

from notifiers.language import translator
from procedures import commands as c
from procedures import events as e
from procedures.errors import WrongEvidence
from procedures.events import Event, FactChanged
from procedures.loading import load_facts, load_pathway
from procedures.schema import Setting
from procedures.showing.words import plain_words
from tests.making import FACTS, INTAKE, SHELTER, START, Story, directory, library
from tests.unit.marked import faults_of, find_place
from web.evidence import asked_results
from web.naming import Names

RISES = "    ordered: true\n    raises_only: true\n    changed_by: [legal_aid]\n"
WORDS = FACTS.replace("    type: choice\n", f"    type: choice\n{RISES}", 1).replace(
    "{type: boolean,", "{type: boolean, changed_by: [operator, first_contact, legal_aid],"
)
SCORED = (
    WORDS + "  score: {type: integer, title: {it: a, en: Score}, range: {at_most: 9}, changed_by: [first_contact]}\n"
)
ASSESSED = INTAKE.replace(
    "    results: {done: {}}\n",
    "    results: {done: {evidence: {level: fact.risk, n: fact.score},"
    " sets: {risk: evidence.level, score: evidence.n}},"
    " danger: {sets: {risk: imminent, wants_legal_help: true}}}\n",
    1,
)
TOLD_AGAIN = ASSESSED.replace("    when: {risk: imminent}\n", "    when: {risk: imminent}\n    looked_at: again\n", 1)


def asked(text: str = ASSESSED, **facts: object) -> Story:
    """The first talk was taken on."""
    story = Story(library((text, SHELTER), facts=SCORED)).opened(facts=facts)
    story.accept("welcome")
    return story


def changes(events: tuple[Event, ...]) -> list[tuple[str, object, object]]:
    return [(event.fact, event.before, event.value) for event in events if isinstance(event, FactChanged)]


def test_a_result_makes_a_fact_what_it_shows() -> None:
    story = asked(risk="low")
    events = story.complete("welcome", level="high", n="7")
    assert changes(events) == [("risk", "low", "high"), ("score", None, 7)]
    (risk, _) = [event for event in events if isinstance(event, FactChanged)]
    assert (risk.by, risk.reason, risk.step) == ("first_contact", "result", "welcome")
    assert story.state.facts == {"risk": "high", "score": 7}


def test_a_result_that_says_less_leaves_what_only_rises() -> None:
    story = asked(risk="imminent")
    assert changes(story.complete("welcome", level="low", n=1)) == [("score", None, 1)]
    assert story.state.facts["risk"] == "imminent"


def test_what_the_fact_is_already_is_no_change() -> None:
    assert changes(asked(risk="high", score=3).complete("welcome", level="high", n=3)) == []


@pytest.mark.parametrize(
    "shown", [{"level": "huge", "n": 1}, {"level": "not_answered", "n": 1}, {"level": "low", "n": 10}]
)
def test_evidence_that_is_no_value_of_its_fact_is_refused(shown: dict[str, object]) -> None:
    with pytest.raises(WrongEvidence, match=r"low, high, imminent|0-9"):
        asked().complete("welcome", "done", **shown)


def test_a_fixed_value_decides_the_steps_that_come_next() -> None:
    story = asked(risk="low")
    begun = story.complete("welcome", "danger")
    assert changes(begun) == [("risk", "low", "imminent"), ("wants_legal_help", None, True)]
    assert {event.step for event in begun if isinstance(event, e.StepStarted)} == {
        "shelter",
        "find_place",
        "tell_police",
        "hearing",
    }


def test_a_later_result_lets_in_a_step_that_is_looked_at_again() -> None:
    place = SHELTER.replace("no_place: {}", "no_place: {sets: {risk: imminent}}")
    story = Story(library((TOLD_AGAIN, place), facts=SCORED)).opened(facts={"risk": "low", "wants_legal_help": True})
    story.accept("welcome")
    story.complete("welcome", level="low", n=1)
    story.accept("find_place")
    begun = story.complete("find_place", "no_place")
    assert [event.step for event in begun if isinstance(event, e.StepWaitsAgain)] == ["tell_police"]
    assert [event.step for event in begun if isinstance(event, e.StepStarted)] == ["tell_police"]


def test_silence_that_ends_with_a_result_changes_what_that_result_changes() -> None:
    lapsing = INTAKE.replace("    watched_by", "    on_expiry: deferred\n    watched_by").replace(
        "deferred: {}", "deferred: {sets: {wants_legal_help: false}}"
    )
    story = Story(library((lapsing, SHELTER), facts=SCORED)).opened(facts={"wants_legal_help": True})
    story.accept("welcome")
    story.complete("welcome")
    assert changes(story.wait(4 * 24 * 60)) == [("wants_legal_help", True, False)]


def test_a_text_that_is_older_than_the_vocabulary_changes_nothing_that_is_gone() -> None:
    story = asked(risk="low")
    story.library = story.library.model_copy(
        update={"facts": load_facts(FACTS.replace("imminent", "sure"), "facts.yaml")}
    )
    assert changes(story.complete("welcome", "danger")) == [("wants_legal_help", None, True)]
    assert story.now == START


def test_a_human_judgement_stands_above_the_assessment() -> None:
    story = asked(risk="low")
    story.say(c.ChangeFact, fact="risk", value="imminent", reason="something_happened")
    assert changes(story.complete("welcome", level="high", n=1)) == [("score", None, 1)]


def test_evidence_and_setting_are_read() -> None:
    facts = load_facts(SCORED, "facts.yaml")
    result = load_pathway(ASSESSED, "a.yaml", facts).steps["welcome"].results["done"]  # type: ignore[union-attr]  # an ask
    assert result.of_fact == {"level": "risk", "n": "score"}
    assert result.sets == (Setting(fact="risk", evidence="level"), Setting(fact="score", evidence="n"))


def test_a_number_out_of_its_range_is_no_value() -> None:
    facts = load_facts(SCORED.replace("[first_contact]}", "[emergency_shelter]}"), "facts.yaml")
    faults = faults_of(
        lambda text, file: load_pathway(text, file, facts), find_place("no_place: {}", "no_place: {sets: {score: 10}}")
    )
    assert [fault.code for fault in faults] == ["wrong-value"]


def test_a_form_offers_the_values_of_the_fact_that_a_result_shows() -> None:
    known = library((ASSESSED, SHELTER), facts=SCORED)
    names = Names(directory(), known, "it", translator("it", "web"))
    pathway = known.current["intake"]
    done, danger = asked_results(pathway.steps["welcome"], pathway.content_hash, names)
    assert [(field.name, field.type) for field in done.evidence] == [("level", "choice"), ("n", "integer")]
    assert done.evidence[0].options == (("low", "basso"), ("high", "alto"), ("imminent", "imminente"))
    assert danger.evidence == ()


def test_what_results_change_is_told_in_plain_words() -> None:
    known = library((ASSESSED, SHELTER), facts=SCORED)
    welcome = plain_words(known.current["intake"], known.facts, str, "en")[1]
    assert "With «done», «Risk» rises to: what is shown as level; it never falls by itself." in welcome.sentences
    assert "With «danger», «Legal help» becomes: yes." in welcome.sentences


def test_a_result_decided_anew_changes_what_it_changes() -> None:
    story = asked(risk="low")
    story.complete("welcome", level="low", n=1)
    anew = {"run": "intake", "step": "welcome", "result": "done", "reason": "reconsidered", "keep": {"shelter"}}
    with pytest.raises(WrongEvidence):
        story.say(c.DecideAnew, **anew, evidence={"level": "huge", "n": 2})
    changed = story.say(c.DecideAnew, **anew, evidence={"level": "imminent", "n": 2})
    assert changes(changed) == [("risk", "low", "imminent"), ("score", 1, 2)]
