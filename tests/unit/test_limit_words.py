"""Points in time, several limits, silence, longer time and comparisons: what is read, and what is refused."""

from datetime import time

import pytest

from procedures.loading import check_texts, load_facts, load_pathway
from procedures.schema import (
    COORDINATOR,
    AskStep,
    Comparison,
    ConditionKind,
    Duration,
    FactType,
    MomentKind,
    Pathway,
    Pick,
    Silence,
    Step,
)
from tests.unit.marked import ask, codes, faults_of, find_place, only_step, place_of_mark, steps

TELL = "tell_police: {tell: police, title: {it: Avvisare, en: Tell}, %s}\n"
SOURCE = "source: {text: invented, verified: false}\n"
IN_IT = "moves_to: working day in IT"
INNER_SOURCE = "    source: {text: invented, verified: false}\n"
EXTEND = "{by: 1 month, at_most: 1, agreed_by: [coordinator], source: {text: invented, verified: false}}"
FACTS = load_facts(
    """
facts:
  risk: {type: choice, ordered: true, title: {it: r, en: r}, choices: {low: {it: b, en: l}, high: {it: a, en: h}}}
  violence: {type: choice, title: {it: v, en: v}, choices: {physical: {it: f, en: p}}}
  age: {type: integer, title: {it: e, en: a}}
  stalking: {type: boolean, title: {it: s, en: s}}
  incident_at: {type: datetime, title: {it: f, en: e}}
  hearing_on: {type: date, title: {it: u, en: h}}
""",
    "facts.yaml",
)


def whole(words: str) -> str:
    """The pathway of `find_place`, with words of its own."""
    return only_step("").replace("steps:\n", words + "steps:\n") + find_place("4 h", "4 h").partition("steps:\n")[2]


def tells(words: str) -> str:
    return steps(TELL % words)


WRONG_LIMITS = [
    ("unknown-country", find_place("4 h", "»3 working days in ZZ")),
    ("country-of-nothing", find_place("4 h", "»3 days in IT")),
    ("no-such-hour", find_place("4 h", "»25:00 of case.opened")),
    ("too-long", find_place("4 h", "»11 years")),
    ("no-signals", find_place("4 h", "{earliest: [4 h, »2 h of signal.found]}")),
    ("expected", find_place("4 h", "{earliest: »[]}")),
    ("two-forms", find_place("4 h", "{within: 4 h, latest: »[5 h]}")),
    ("two-moments", find_place("4 h", "{earliest: [4 h], of: »case.opened}")),
    ("two-moments", tells("needs: [find_place], not_before: 1 h, at: »2 h")),
    ("always-over", find_place("4 h", "»1 h before case.opened")),
    ("always-over", find_place("4 h", "»case.opened")),
    ("always-over", ask("needs: [find_place]").replace("3 h", "»3 days before find_place.completed")),
    ("always-over", tells("needs: [find_place], at: »find_place.completed")),
    ("moment-of-itself", ask("not_before: »1 h of escort.requested")),
    ("moment-not-before", ask("not_before: »1 h of find_place.completed")),
    ("never-open", ask("not_before: 3 days of case.opened").replace("3 h", "»2 days of case.opened")),
    ("never-open", find_place("complete_within: 4 h", "not_before: 2 days before fact.incident_at\n"
                              "  complete_within: »1 month before fact.incident_at")),
    ("beyond-pathway", whole("within: 2 h\n" + SOURCE).replace("4 h", "»4 h")),
    ("beyond-pathway", whole("within: 10 min\n" + SOURCE).replace("15 min", "»15 min")),
    ("beyond-pathway", whole("within: 2 h\n" + SOURCE).replace("4 h", "»{latest: [1 h, 3 h of pathway.started]}")),
    ("beyond-pathway", whole(f"within: {{within: 5 days, {IN_IT}}}\n" + SOURCE).replace("4 h", "»11 days")),
    ("never-open", find_place("complete_within: 4 h", "not_before: 20 days of case.opened\n"
                              f"  complete_within: »{{within: 9 days of case.opened, {IN_IT}}}")),
    ("sometimes-no-limit", find_place("4 h", "»{within: 4 h, when: {risk: high}}")),
    ("no-when-here", find_place("15 min", "»{within: 15 min, when: {risk: high}}")),
    ("several-here", find_place("15 min", "»{earliest: [15 min, 20 min]}")),
    ("pathway-moment", whole("within: »2 days of find_place.completed\n" + SOURCE)),
    ("unknown-fact", whole("within: »2 days of fact.hearing\n" + SOURCE)),
    ("unknown-silence", find_place("complete_within", "on_expiry: »lapsed\n  complete_within")),
    ("unknown-silence", whole("within: 2 days\non_expiry: »lapsed\n" + SOURCE)),
    ("silence-without-source", find_place("complete_within: 4 h", "on_expiry: »no_place\n  complete_within: 4 h")
     .replace(INNER_SOURCE, "")),
    ("silence-without-source", find_place("complete_within: 4 h", "on_expiry: »note\n  complete_within: 4 h")
     .replace(INNER_SOURCE, "")),
    ("silence-shows-nothing", find_place("complete_within", "on_expiry: »housed\n  complete_within")),
    ("silence-without-limit", whole("on_expiry: »escalate\n")),
    ("silence-without-limit", whole("clock: »statutory\n")),
    ("extend-clinical", find_place("complete_within", f"clock: clinical\n  extend: »{EXTEND}\n  complete_within")),
    ("moves-no-day", find_place("4 h", "{within: 4 h, moves_to: »working day}")),
    ("moves-no-day", find_place("4 h", "{within: 10 days before fact.hearing_on, moves_to: »working day in IT}")),
    ("moves-no-day", find_place("4 h", "{within: fact.hearing_on, moves_to: »working day in IT}")),
    ("moves-no-day", find_place("4 h", "{earliest: [4 days, 20:00], moves_to: »working day in IT}")),
    ("moves-never", find_place("4 h", "{within: 4 days of fact.incident_at, clock: clinical, moves_to: »working day}")),
    ("moves-never", find_place("15 min", "{within: 1 day, moves_to: »working day}")),
    ("moves-never", find_place("4 h", "{within: 4 days, moves_to: »working day}\n  pauses_on: signal.a")),
    ("unknown-country", find_place("4 h", "{within: 4 days, moves_to: »working day in ZZ}")),
    ("expected", find_place("4 h", "{within: 4 days, moves_to: »monday}")),
    ("missing", find_place("complete_within", "extend: »{by: 1 month}\n  complete_within")),
    ("zero-time", find_place("complete_within", f"extend: {EXTEND.replace('1 month', '»0 days')}\n  complete_within")),
    ("expected", find_place("complete_within", f"extend: {EXTEND.replace('[coordinator]', '»[]')}\n  complete_within")),
    ("not-here", tells("needs: [find_place], »on_expiry: note")),
    ("not-here", tells("needs: [find_place], »extend: {}")),
    ("wrong-comparison", tells("when: {violence: {»at_least: physical}}")),
    ("wrong-comparison", tells("when: {incident_at: {»more_than: 3}}")),
    ("wrong-comparison", tells("when: {risk: {»before: high}}")),
    ("wrong-value", tells("when: {risk: {at_least: »enormous}}")),
    ("expected", tells("when: {incident_at: {before: »yesterday}}")),
    ("expected", tells("when: {risk: »{}}")),
    ("expected", tells("when: {at_least: »4}")),
    ("count-out-of-reach", tells("when: {at_least: {»4: [{risk: high}, {injuries: true}]}}")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), WRONG_LIMITS)
def test_a_wrong_limit_is_refused_at_its_place(code: str, text: str) -> None:
    text, line, column = place_of_mark(text)
    assert (code, line, column) in [(f.code, f.line, f.column) for f in faults_of(load_pathway, text)]


@pytest.mark.parametrize(
    ("pathway", "step", "told"),
    [
        ("10 days", f"{{within: 4 days, {IN_IT}}}", []),
        ("10 days", f"{{within: 5 days, {IN_IT}}}", ["moves-beyond-pathway"]),
        ("10 days", "{within: 5 days, moves_to: working day}", ["moves-beyond-pathway"]),
        ("10 days", f"{{latest: [2 days, 5 days of pathway.started], {IN_IT}}}", ["moves-beyond-pathway"]),
        ("10 days", f"{{earliest: [2 days, 5 days of pathway.started], {IN_IT}}}", []),
        ("10 days", "9 days", []),
        (f"{{within: 10 days, {IN_IT}}}", f"{{within: 9 days, {IN_IT}}}", []),
        (f"{{within: 10 days, {IN_IT}}}", "{within: 9 days, moves_to: working day in FR}", ["moves-beyond-pathway"]),
        ("{within: 2 months, moves_to: working day}", "{within: 1 month, moves_to: working day}", [
            "moves-beyond-pathway"
        ]),
        (f"{{within: 10 days, {IN_IT}}}", "15 days", []),
        (f"{{within: 10 days, {IN_IT}}}", "16 days", ["beyond-pathway"]),
    ],
)  # fmt: skip
def test_an_end_that_moves_must_have_its_place_before_the_end_of_the_pathway(
    pathway: str, step: str, told: list[str]
) -> None:
    text = whole(f"within: {pathway}\n{SOURCE}").replace("complete_within: 4 h", f"complete_within: {step}")
    found = check_texts({"a.yaml": text}, FACTS)
    assert [fault.code for fault in found if "beyond" in fault.code] == told


def read(text: str, name: str = "find_place") -> Step:
    return pathway(text).steps[name]


def pathway(text: str) -> Pathway:
    return load_pathway(text, "right.yaml", FACTS)


def asked(text: str, name: str = "find_place") -> AskStep:
    found = read(text, name)
    assert isinstance(found, AskStep)
    return found


def distance(words: str) -> Duration:
    return asked(find_place("4 h", words)).complete_within[-1].points[0].distance


def test_lengths_of_time_are_elapsed_or_of_the_calendar() -> None:
    assert distance("2 weeks").seconds == 14 * 86_400
    assert (distance("2 months").months, distance("1 year").months) == (2, 12)
    assert (distance("3 working days").working_days, distance("3 working days").country) == (3, None)
    assert (distance("3 working days in FR").working_days, distance("3 working days in FR").country) == (3, "FR")
    assert distance("20:00 of case.opened").clock == time(20)
    assert distance("fact.incident_at").seconds == 0


def test_a_point_lies_before_or_after_its_moment() -> None:
    point = asked(find_place("4 h", "30 days before fact.incident_at")).complete_within[0].points[0]
    assert (point.before, point.of.kind, point.distance.seconds) == (True, MomentKind.FACT, 30 * 86_400)
    assert point.words == "30 days before fact.incident_at"


def test_a_limit_takes_the_earliest_or_the_latest_of_its_points_and_counts_only_where_it_says() -> None:
    first, second = asked(
        find_place("4 h", "[4 h, {latest: [2 h, 30 days before fact.hearing_on], when: {risk: {at_least: high}}}]")
    ).complete_within
    assert (first.pick, len(first.points), first.when) == (Pick.EARLIEST, 1, None)
    assert (second.pick, len(second.points)) == (Pick.LATEST, 2)
    assert second.when is not None
    assert (second.when.fact, second.when.values) == ("risk", ("high",))


def test_a_step_is_held_back_and_a_notice_says_at() -> None:
    held = read(ask("needs: [find_place]\nnot_before: 20:00 of find_place.completed"), "escort").not_before
    told = read(tells("needs: [find_place], at: 20:00"), "tell_police").not_before
    assert held is not None
    assert told is not None
    assert (held.words, told.words) == ("20:00 of find_place.completed", "20:00")


def test_silence_and_longer_time_are_kept_as_they_were_written() -> None:
    found = asked(find_place("complete_within", f"on_expiry: no_place\n  extend: {EXTEND}\n  complete_within"))
    assert (found.on_expiry, asked(find_place("4 h", "4 h")).on_expiry) == ("no_place", Silence.ESCALATE)
    assert found.extend is not None
    assert (found.extend.by.months, found.extend.at_most, found.extend.agreed_by) == (1, 1, (COORDINATOR,))


def test_a_pathway_has_limits_of_its_own_and_may_end_by_them() -> None:
    found = pathway(whole("within: [6 months, 2 years of case.opened]\non_expiry: done\n" + SOURCE))
    assert ([limit.words for limit in found.within], found.on_expiry) == (
        ["6 months", "2 years of case.opened"],
        "done",
    )


def test_an_old_text_has_none_of_it() -> None:
    found = pathway(find_place("4 h", "4 h"))
    step = asked(find_place("4 h", "4 h"))
    assert (found.within, found.on_expiry) == ((), Silence.ESCALATE)
    assert (step.not_before, step.on_expiry, step.extend) == (None, Silence.ESCALATE, None)


@pytest.mark.parametrize(
    ("words", "comparison", "bound"),
    [
        ("{age: {at_least: 14}}", Comparison.AT_LEAST, 14),
        ("{age: {less_than: 18}}", Comparison.LESS_THAN, 18),
        ("{incident_at: {after: 2026-01-31}}", Comparison.AFTER, "2026-01-31"),
        ("{hearing_on: {before: 2026-01-31}}", Comparison.BEFORE, "2026-01-31"),
    ],
)
def test_numbers_and_days_are_compared(words: str, comparison: Comparison, bound: int | str) -> None:
    condition = read(tells(f"when: {words}"), "tell_police").when
    assert condition is not None
    assert (condition.kind, condition.comparison, condition.bound) == (ConditionKind.COMPARE, comparison, bound)


def test_choices_are_compared_by_the_order_of_the_vocabulary() -> None:
    condition = read(tells("when: {risk: {at_most: low}}"), "tell_police").when
    assert condition is not None
    assert condition.values == ("low",)


def test_so_many_of_several_conditions_may_be_asked_for() -> None:
    words = "when: {at_least: {2: [{stalking: true}, {risk: high}, {age: {at_least: 14}}]}}"
    condition = read(tells(words), "tell_police").when
    assert condition is not None
    assert (condition.kind, condition.count, len(condition.parts)) == (ConditionKind.AT_LEAST, 2, 3)


def test_a_ladder_of_working_days_is_compared_by_their_number() -> None:
    ladder = "escalate: [{after: 1 working day, to: service}, {after: 2 working days, to: coordinator}]"
    assert codes(faults_of(load_pathway, ask(ladder).replace("20 min", "1 working day"))) == []
    turned = "escalate: [{after: 1 working day, to: service}, {after: 24 h, to: coordinator}]"
    assert codes(faults_of(load_pathway, ask(turned))) == ["ladder-order"]


def test_the_vocabulary_says_which_choices_have_an_order() -> None:
    assert (FACTS["risk"].ordered, FACTS["violence"].ordered) == (True, False)
    assert FACTS["hearing_on"].type is FactType.DATE
