"""The grammar of a pathway: what each word means, and how a wrong one is refused."""

import pytest

from procedures.loading import content_hash, load_pathway
from procedures.schema import (
    AskStep,
    AwaitStep,
    Clock,
    ConditionKind,
    MomentKind,
    NeedKind,
    RungTarget,
    StartStep,
    Step,
    TellStep,
    Text,
)
from tests.unit.marked import FIND_PLACE, HEAD, ask, codes, faults_of, find_place, only_step, place_of_mark, steps

TELL = "tell_police: {tell: police, title: {it: Avvisare, en: Tell}, %s}\n"
AWAIT = """\
hearing:
  await: {it: La procura, en: The prosecutor}
  title: {it: Audizione, en: Hearing}
  watched_by: legal_aid
  needs: [find_place]
  within: 3 days
  source: {text: invented, verified: false}
"""

TITLE = "en: Find a place"
CYRILLIC_A = "\u0430"

WRONG_WORDS = [
    ("unseen-character", find_place(TITLE, 'en: »"Find \\u202ea place"')),
    ("unseen-character", find_place(TITLE, 'en: »"Find\\u200b a place"')),
    ("template", find_place(TITLE, 'en: »"Find {name} a place"')),
    ("template", find_place(TITLE, 'en: »"Find <b>a place</b>"')),
    ("template", find_place(TITLE, 'en: »"Find %(name)s a place"')),
    ("personal-data", find_place(TITLE, "en: »Write to anna@example.org")),
    ("personal-data", find_place(TITLE, "en: »Call 080 555 0101")),
    ("personal-data", find_place(TITLE, "en: »Of RSSMRA80A41H501U")),
    ("look-alike", find_place(TITLE, f"en: »Find {CYRILLIC_A} place")),
    ("expected", "»[]"),
    ("missing", HEAD.replace("pathway: shelter\n", "").replace("edition", "»edition") + "  x: {tell: a}"),
    ("expected", find_place("ask: emergency_shelter", "ask: »[emergency_shelter]")),
    ("expected", find_place("title: {it: Trovare un posto, en: Find a place}", "title: »Find a place")),
    ("missing", find_place("title: {it: Trovare un posto, en: Find a place}", "title: »{it: Trovare un posto}")),
    ("missing", find_place("ask: emergency_shelter\n  title", "»ask: emergency_shelter\n  # title")),
    ("unknown-word", find_place("accept_within", "»qqq: 1\n  accept_within")),
    ("misspelt-word", find_place("accept_within", "»acept_within: 1 h\n  accept_within")),
    ("not-here", find_place("accept_within", "»level: status\n  accept_within")),
    ("looked-at-alone", find_place("accept_within", "looked_at: »again\n  accept_within")),
    ("misspelt-word", find_place("accept_within", "when: {risk: high}\n  looked_at: »agian\n  accept_within")),
    ("later-word", find_place("{housed: {", "{housed: {»also_tell: police, ")),
    ("expected", find_place("no_place: {}", "no_place: {sets: »risk}")),
    ("unknown-fact", find_place("no_place: {}", "no_place: {sets: {»rsik: high}}")),
    ("wrong-value", find_place("no_place: {}", "no_place: {sets: {risk: »huge}}")),
    ("never-set", find_place("no_place: {}", "no_place: {sets: {risk: »unknown}}")),
    ("never-set", find_place("no_place: {}", "no_place: {sets: {risk: »[low, high]}}")),
    ("not-on-this-word", find_place("no_place: {}", "no_place: {sets: {»stalking: true}}")),
    ("not-shown", find_place("no_place: {}", "no_place: {sets: {risk: »evidence.level}}")),
    ("other-kind", find_place("no_place: {}", "no_place: {evidence: {n: integer}, sets: {risk: »evidence.n}}")),
    (
        "other-kind",
        find_place("no_place: {}", "no_place: {evidence: {n: fact.age_band}, sets: {risk: »evidence.n}}"),
    ),
    ("unknown-fact", find_place("no_place: {}", "no_place: {evidence: {n: »fact.rsik}}")),
    ("unknown-word", find_place("no_place: {}", "no_place: {evidence: {n: »choice}}")),
    ("later-word", "»withdrawn: child\n" + only_step(FIND_PLACE)),
    ("bad-name", find_place("ask: emergency_shelter", "ask: »Emergency-Shelter")),
    ("bad-name", "outcomes: {»2nd: find_place}"),
    ("bad-name", "consent: »true"),
    ("bad-name", steps("»null: {tell: police, title: {it: a, en: a}}\n")),
    ("bad-name", steps("legal: {start: »Legal, title: {it: Legale, en: Legal}}\n")),
    ("reserved-name", only_step("»fact: {tell: police, title: {it: a, en: a}}\n")),
    ("reserved-name", find_place("no_place", "»expired")),
    ("reserved-name", only_step(FIND_PLACE).replace("{done:", "{»ended:")),
    ("step-kind", only_step("x: »{title: {it: a, en: a}}\n")),
    ("step-kind", only_step("x: »{ask: a, tell: a, title: {it: a, en: a}}\n")),
    ("not-here", steps(TELL % "»accept_within: 1 h")),
    ("write-instead", find_place("complete_within", "»within: 4 h\n  complete_within")),
    ("write-instead", steps(AWAIT.replace("within: 3", "»complete_within: 3"))),
    ("not-a-step", steps(TELL % "needs: [»find_place.housed.at]")),
    ("not-a-step", steps(TELL % "needs: [»[find_place]]").replace("[»[find_place]]", "[any_of, »a.b.c]")),
    ("no-steps", "steps: »{}\n"),
    ("no-result", find_place("{housed: {evidence: {confirmed_at: datetime, searched: integer}}, no_place: {}}", "»{}")),
    (
        "too-many-steps",
        HEAD
        + "".join(f"  s{n}: {{}}\n" for n in range(200)).replace("{}", "{tell: a, title: {it: a, en: a}}")
        + "  »s200: {}",
    ),
    ("no-source", find_place("  source: {text: invented, verified: false}\n", "").replace("15 min", "»15 min")),
    ("source-status", find_place("{text: invented, verified: false}", "»{text: invented}")),
    (
        "source-status",
        find_place("{text: invented, verified: false}", "»{text: a, verified: false, verified_on: 2026-11-24}"),
    ),
    ("expected", find_place("{text: invented, verified: false}", "{text: invented, verified_on: »yesterday}")),
    ("expected", find_place("{text: invented, verified: false}", "{text: invented, verified: »maybe}")),
    ("expected", find_place("{text: invented, verified: false}", "»invented")),
    ("two-moments", find_place("4 h", "{within: 4 h of case.opened, of: »case.opened}")),
    ("bad-moment", find_place("4 h", "»4 h of yesterday")),
    ("bad-moment", find_place("4 h", "{within: 4 h, of: »case.closed}")),
    ("expected", find_place("4 h", "{within: 4 h, of: »[]}")),
    ("missing", find_place("4 h", "»{of: case.opened}")),
    ("unknown-word", find_place("4 h", "{within: 4 h, clock: »sundial}")),
    ("own-start-only", find_place("15 min", "»15 min of case.opened")),
    ("basis-and-consent", steps(TELL % "consent: a, basis: »{it: legge, en: law}")),
    ("no-basis", steps(TELL % "consent: »none")),
    ("no-basis", "consent: »none\n"),
    ("unknown-fact", steps(TELL % "when: {»rissk: high}")),
    ("asks-elsewhere", steps(TELL % "when: {»find_place.housed: true}")),
    ("wrong-value", steps(TELL % "when: {risk: [high, »enormous]}")),
    ("wrong-value", steps(TELL % "when: {injuries: »yes}")),
    ("wrong-value", steps(TELL % "when: {incident_at: »2026-11-24}")),
    ("expected", steps(TELL % "when: »{}")),
    ("expected", steps(TELL % "when: »[risk]")),
    ("expected", steps(TELL % "when: {any: »[]}")),
    ("expected", steps(TELL % "needs: »[]")),
    ("expected", steps(TELL % "needs: »{}")),
    ("wrong-value", steps(TELL % "when: {sexual_violence: »1}")),
    ("expected", find_place("4 h", "»soon")),
    ("expected", find_place("4 h", "»[]")),
    ("seconds", find_place("15 min", "»900 s")),
    ("unknown-unit", find_place("4 h", "»4 dayz")),
    ("too-long", find_place("4 h", "»600 weeks")),
    ("zero-time", find_place("4 h", "»0 h")),
    ("unknown-word", find_place("datetime", "»anything")),
    ("missing", steps(AWAIT.replace("  watched_by: legal_aid\n", "").replace("await:", "»await:"))),
]


@pytest.mark.parametrize(("code", "text"), WRONG_WORDS)
def test_a_wrong_word_is_refused_at_its_place(code: str, text: str) -> None:
    text, line, column = place_of_mark(text)
    assert (code, line, column) in [(f.code, f.line, f.column) for f in faults_of(load_pathway, text)]


def step(text: str, name: str) -> Step:
    return load_pathway(text, "right.yaml").steps[name]


def test_a_pathway_keeps_its_name_edition_title_consent_and_the_hash_of_its_text() -> None:
    text = only_step(FIND_PLACE)
    pathway = load_pathway(text, "right.yaml")
    assert (pathway.name, pathway.edition, pathway.consent, pathway.basis) == ("shelter", 1, "shelter", None)
    assert pathway.title == Text(it="Riparo", en="Shelter")
    assert pathway.content_hash == content_hash(text)


def test_the_hash_of_a_text_never_changes() -> None:
    assert content_hash("pathway: è\n") == "5810d95edcf0ea89de4b2d4adb9923d8a413f510963f4d275dab861066a7da7d"


def test_an_ask_has_limits_results_and_a_ladder_that_ends_with_the_coordinator() -> None:
    found = step(only_step(FIND_PLACE), "find_place")
    assert isinstance(found, AskStep)
    assert found.accept_within.within.seconds == 900
    assert [limit.within.words for limit in found.complete_within] == ["4 h"]
    assert list(found.results) == ["housed", "no_place"]
    assert [(rung.after.seconds, rung.to) for rung in found.escalate] == [(900, RungTarget.COORDINATOR)]
    assert found.consent == "shelter"


def test_a_ladder_is_kept_as_it_was_written() -> None:
    found = step(ask("escalate: [{after: 5 min, to: service}, {after: 1 h, to: coordinator}]"), "escort")
    assert isinstance(found, AskStep)
    assert [rung.to for rung in found.escalate] == [RungTarget.SERVICE, RungTarget.COORDINATOR]


def test_without_results_a_step_ends_as_done() -> None:
    found = step(ask("needs: [find_place.housed]"), "escort")
    assert isinstance(found, AskStep)
    assert list(found.results) == ["done"]


def test_a_result_may_have_a_title_and_nothing_else() -> None:
    found = step(ask("results: {arrived: {title: {it: Arrivata, en: Arrived}}, other: }"), "escort")
    assert isinstance(found, AskStep)
    assert found.results["arrived"].title == Text(it="Arrivata", en="Arrived")


def test_the_four_kinds_of_step_become_four_models() -> None:
    text = steps(TELL % "needs: [find_place]", AWAIT, "legal: {start: legal, title: {it: Legale, en: Legal}}\n")
    kinds = [type(found) for found in load_pathway(text, "right.yaml").steps.values()]
    assert kinds == [AskStep, TellStep, AwaitStep, StartStep]


def test_limits_count_from_named_moments_with_their_own_clock_and_source() -> None:
    limits = """\
    complete_within:
      - 180 min
      - {within: 72 h of fact.incident_at, clock: clinical, source: {text: "WHO", verified_on: 2026-11-24}}
      - {within: 2 days, of: find_place.housed}
      - 1 week of find_place.evidence.confirmed_at
      - 9 h of case.opened
      - 8 h of pathway.started
      - 7 h of escort.requested
    needs: [find_place.housed]
    """
    text = ask(limits).replace("    complete_within: 3 h\n", "")
    found = step(text, "escort")
    assert isinstance(found, AskStep)
    moments = [(limit.of.kind, limit.of.step, limit.of.name) for limit in found.complete_within]
    assert moments == [
        (MomentKind.START, None, None),
        (MomentKind.FACT, None, "incident_at"),
        (MomentKind.STEP, "find_place", "housed"),
        (MomentKind.EVIDENCE, "find_place", "confirmed_at"),
        (MomentKind.CASE, None, "opened"),
        (MomentKind.PATHWAY, None, "started"),
        (MomentKind.STEP, "escort", "requested"),
    ]
    assert [limit.clock for limit in found.complete_within][:3] == [Clock.PROTOCOL, Clock.CLINICAL, Clock.PROTOCOL]
    assert str(found.complete_within[1].source.verified_on) == "2026-11-24"
    assert found.complete_within[2].source.verified is False


def test_the_clock_of_a_step_is_that_of_its_result_and_not_of_its_acceptance() -> None:
    found = step(ask("clock: statutory"), "escort")
    assert isinstance(found, AskStep)
    assert (found.accept_within.clock, found.complete_within[0].clock) == (Clock.PROTOCOL, Clock.STATUTORY)


def test_needs_join_steps_and_results() -> None:
    need = step(
        steps(TELL % "needs: [find_place, {any_of: [find_place.housed, find_place.no_place]}]"), "tell_police"
    ).needs
    assert need.kind is NeedKind.ALL_OF
    assert [(part.kind, part.step) for part in need.parts] == [(NeedKind.STEP, "find_place"), (NeedKind.ANY_OF, None)]


def test_one_need_is_a_need_whether_listed_or_not() -> None:
    listed = step(steps(TELL % "needs: [find_place.housed]"), "tell_police").needs
    assert listed == step(steps(TELL % "needs: find_place.housed"), "tell_police").needs
    assert listed == step(steps(TELL % "needs: {all_of: [find_place.housed]}"), "tell_police").needs
    assert (listed.kind, listed.step, listed.result) == (NeedKind.STEP, "find_place", "housed")


def test_several_joins_in_one_need_are_all_needed() -> None:
    need = step(
        steps(TELL % "needs: {any_of: [find_place.housed, find_place.no_place], all_of: [find_place]}"), "tell_police"
    ).needs
    assert (need.kind, len(need.parts)) == (NeedKind.ALL_OF, 2)


def test_a_condition_joins_facts_with_all_any_and_not() -> None:
    text = steps(TELL % "when: {injuries: true, any: [{risk: [high, unknown]}, {not: {children_present: false}}]}")
    condition = step(text, "tell_police").when
    assert condition is not None
    assert condition.kind is ConditionKind.ALL
    injuries, joined = condition.parts
    assert (injuries.fact, injuries.values) == ("injuries", (True,))
    assert joined.kind is ConditionKind.ANY
    assert joined.parts[0].values == ("high", "unknown")
    assert joined.parts[1].kind is ConditionKind.NOT


def test_a_basis_in_law_stands_instead_of_consent() -> None:
    found = step(steps(TELL % "basis: {it: legge, en: law}"), "tell_police")
    assert (found.consent, found.basis) == (None, Text(it="legge", en="law"))


def test_a_pathway_without_consent_lends_its_basis_to_its_steps() -> None:
    text = steps(TELL % "consent: none").replace("consent: shelter", "consent: none\nbasis: {it: legge, en: law}")
    pathway = load_pathway(text, "right.yaml")
    assert {(found.consent, found.basis) for found in pathway.steps.values()} == {(None, Text(it="legge", en="law"))}


def test_a_step_may_ask_for_a_consent_of_its_own() -> None:
    assert step(steps(TELL % "consent: police"), "tell_police").consent == "police"


def test_all_faults_of_a_text_are_told_at_once_in_their_order() -> None:
    text = find_place("15 min", "15 s").replace("4 h", "4 moons").replace("edition: 1", "edition: one")
    assert codes(faults_of(load_pathway, text)) == ["expected", "seconds", "unknown-unit"]


def test_a_broken_step_raises_no_false_alarm_about_what_hangs_on_it() -> None:
    text = steps(TELL % "needs: [find_place.housed]").replace("accept_within: 15 min", "accept_within: 15 s")
    assert codes(faults_of(load_pathway, text)) == ["seconds"]


def test_a_consent_that_cannot_be_read_raises_no_false_alarm_in_the_steps() -> None:
    text = steps(TELL % "consent: none").replace("consent: shelter", "consent: Not-A-Name")
    assert codes(faults_of(load_pathway, text)) == ["bad-name"]


def test_a_basis_that_cannot_be_read_is_one_fault() -> None:
    assert codes(faults_of(load_pathway, steps(TELL % "basis: {it: legge}"))) == ["missing"]


@pytest.mark.parametrize(
    "words", ["Intesa 14-9-2022, art. 5", "L. 69/2019 e L. 181/2025", "1º incontro, è così", "24 h"]
)
def test_a_text_may_hold_dates_laws_and_accents(words: str) -> None:
    assert faults_of(load_pathway, find_place(TITLE, f"en: '{words}'")) == []
