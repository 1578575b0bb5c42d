"""Signals as they are written: who gives them, what waits for them, what they end or call off, and what is refused."""

from pathlib import Path

import pytest

from models.network import parse_network, sample_network
from notifiers.language import translator
from procedures.faults import Fault
from procedures.loading import check_paths, load_pathway, shipped_facts
from procedures.schema import EvidenceType, Moment, MomentKind, Need, NeedKind, Pathway, Signal, Text
from procedures.showing.comparing import differences
from procedures.showing.svg import drawing
from procedures.showing.timetable import worst_case
from procedures.showing.words import plain_words
from tests.unit.marked import ESCORT, FIND_PLACE, faults_of, only_step, place_of_mark, steps

FOUND = "signals:\n  found: {title: {it: Trovato, en: A place was found}, from: [operator, police]}\n"
GONE = "  gone: {title: {it: Rinuncia, en: She gave up}, from: [operator], cancels: [find_place, escort]}\n"
PAUSES = "  pauses_on: signal.found\n  resumes_on: signal.gone\n"
BACK = "  gone: {title: {it: Torna, en: She is back}, from: [operator]}\n"
ESCORTED = ESCORT + "  needs: [signal.found]\n"
NO_EVIDENCE = FIND_PLACE.replace("{evidence: {confirmed_at: datetime, searched: integer}}", "{}")


def signalled(step: str = ESCORTED, words: str = FOUND, find: str = FIND_PLACE) -> str:
    """A pathway with signals, whose second step waits for one."""
    whole = words + only_step("")
    return whole.replace("steps:\n", "steps:\n" + "".join(f"  {line}\n" for line in (find + step).splitlines()))


WRONG_SIGNALS = [
    ("no-signals", "signals: »{}\n" + only_step(FIND_PLACE)),
    ("no-signals", steps(ESCORT + "  needs: [»signal.found]\n")),
    ("no-signals", only_step(FIND_PLACE.replace("4 h", "»4 h of signal.found"))),
    ("unknown-signal", signalled(ESCORT + "  needs: [»signal.fond]\n")),
    ("unknown-signal", signalled(ESCORTED + "  not_before: »2 h of signal.lost\n")),
    ("unknown-signal", signalled().replace("outcomes: {done: find_place}", "outcomes: {done: »signal.gone}")),
    ("unknown-signal", "within: »48 h of signal.fond\nsource: {text: t, verified: false}\n" + signalled()),
    ("signal-alone", signalled(ESCORT + "  needs: [»signal]\n")),
    ("missing", signalled(words=FOUND.replace(", from: [operator, police]", "").replace("found: {", "found: »{"))),
    ("expected", signalled(words=FOUND.replace("[operator, police]", "»[]"))),
    ("bad-name", signalled(words=FOUND.replace("[operator, police]", "[»The police]"))),
    ("unknown-fact", signalled(words=FOUND.replace("from:", "sets: {»rsik: high}, from:"))),
    ("not-on-this-word", signalled(words=FOUND.replace("from:", "sets: {»stalking: true}, from:"))),
    ("not-shown", signalled(words=FOUND.replace("from:", "sets: {risk: »evidence.level}, from:"))),
    ("pause-alone", signalled(ESCORTED + "  pauses_on: »signal.found\n")),
    ("pause-alone", signalled(ESCORTED + "  resumes_on: »signal.found\n")),
    ("unknown-signal", signalled(ESCORTED + "  pauses_on: »signal.fond\n  resumes_on: signal.found\n")),
    ("signals-only", signalled(ESCORTED + "  pauses_on: signal.found\n  resumes_on: »find_place.housed\n")),
    ("pause-and-resume", signalled(ESCORTED + "  pauses_on: signal.found\n  resumes_on: »signal.found\n")),
    (
        "pause-from-elsewhere",
        signalled(ESCORT.replace(" 3 h", " »3 h of case.opened") + PAUSES),
    ),
    ("not-here", signalled("tell: {tell: police, title: {it: a, en: a}, »pauses_on: signal.found}\n")),
    ("unknown-word", signalled(words=FOUND.replace("police]", "police], evidence: {at: »hour}"))),
    ("unknown-step", signalled(words=FOUND.replace("police]", "police], cancels: [»fnd_place]"))),
    ("cancels-what-waits", signalled(words=FOUND.replace("police]", "police], cancels: [»escort]"))),
    (
        "cancels-what-waits",
        signalled(
            ESCORT + "  ends_when: {done: signal.found}\n", FOUND.replace("police]", "police], cancels: [»escort]")
        ),
    ),
    ("unknown-result", signalled(ESCORT + "  ends_when: {»housed: signal.found}\n")),
    ("signals-only", signalled(ESCORT + "  ends_when: {done: [signal.found, »find_place.housed]}\n")),
    ("ends-without-evidence", signalled(find=FIND_PLACE + "  ends_when: {»housed: signal.found}\n")),
    ("not-here", signalled("tell: {tell: police, title: {it: a, en: a}, »ends_when: {done: signal.found}}\n")),
    (
        "stays-open-for-nothing",
        signalled(ESCORT + "  ends_when: {done: signal.found}\n", "stays_open: »true\n" + FOUND),
    ),
    ("expected", signalled(words="stays_open: »always\n" + FOUND)),
]


@pytest.mark.parametrize(("code", "text"), WRONG_SIGNALS)
def test_a_wrong_word_about_signals_is_refused_at_its_place(code: str, text: str) -> None:
    text, line, column = place_of_mark(text)
    assert (code, line, column) in [(f.code, f.line, f.column) for f in faults_of(load_pathway, text)]


def read(text: str) -> Pathway:
    return load_pathway(text, "right.yaml")


def test_a_signal_says_who_gives_it_what_it_shows_and_what_it_calls_off() -> None:
    words = FOUND.replace("police]", "police], evidence: {confirmed_at: datetime}") + GONE
    pathway = read(signalled(ESCORT + "  needs: [signal.found, find_place.housed]\n", words))
    found = Signal(
        name="found",
        title=Text(it="Trovato", en="A place was found"),
        senders=("operator", "police"),
        evidence={"confirmed_at": EvidenceType.DATETIME},
    )
    assert pathway.signals["found"] == found
    assert pathway.signals["gone"].cancels == ("find_place", "escort")
    signal = Need(kind=NeedKind.SIGNAL, signal="found")
    assert pathway.steps["escort"].needs.parts == (signal, Need(kind=NeedKind.STEP, step="find_place", result="housed"))
    assert not pathway.stays_open


def test_a_signal_is_a_moment_that_limits_count_from_and_a_need_of_outcomes() -> None:
    text = signalled(ESCORTED.replace("3 h", "3 h of signal.found")).replace("done: find_place", "done: signal.found")
    pathway = read("stays_open: true\n" + text)
    (limit,) = pathway.steps["escort"].complete_within  # type: ignore[union-attr]  # an ask
    assert limit.of == Moment(kind=MomentKind.SIGNAL, name="found")
    assert limit.words == "3 h of signal.found"
    assert pathway.outcomes[0].when.signal == "found"
    assert pathway.stays_open


def test_a_signal_may_end_a_step_with_the_evidence_that_it_shows() -> None:
    words = FOUND.replace("police]", "police], evidence: {confirmed_at: datetime, searched: integer}")
    pathway = read(signalled(ESCORTED, words, FIND_PLACE + "  ends_when: {housed: signal.found}\n"))
    (end,) = pathway.steps["find_place"].ends_when  # type: ignore[union-attr]  # an ask
    assert (end.result, end.need.signal) == ("housed", "found")


def test_a_signal_that_makes_a_fact_something_is_used(tmp_path: Path) -> None:
    sets = GONE.replace(", cancels: [find_place, escort]", ", sets: {needs_shelter: true}")
    assert sets != GONE
    assert "signal-unused" not in {fault.code for fault in checked(signalled(words=FOUND + sets), tmp_path)}


ENDS = "outcomes: {housed: find_place.housed, no_place: find_place.no_place}"
NEVER_ENDS = [
    (
        "no-outcome",
        signalled(words=FOUND + GONE, find=NO_EVIDENCE).replace(
            "outcomes: {done: find_place}", f"outcomes: »{ENDS[10:]}"
        ),
        "the signal gone comes, find_place is left out",
    ),
    (
        "no-outcome",
        signalled().replace("outcomes: {done: find_place}", "outcomes: »{escorted: escort.done}"),
        "the signal found never comes, escort is left out",
    ),
    (
        "waits-for-ever",
        "stays_open: true\n" + signalled(ESCORTED.replace("escort:", "»escort:")),
        "If the signal that escort waits for never comes",
    ),
    (
        "pauses-for-ever",
        signalled(ESCORT + PAUSES.replace("signal.found", "»signal.found"), FOUND + BACK),
        "escort can stand still for ever: the signal found comes, the signal gone never comes",
    ),
    (
        "signal-unused",
        signalled(words=FOUND + GONE.replace("gone", "»gone").replace(", cancels: [find_place, escort]", "")),
        "Nothing waits for the signal gone",
    ),
    (
        "nobody-signals",
        signalled(words=FOUND.replace("found", "»found").replace("police]", "circus]")),
        "may come from circus, and in valle_chiara no service offers that",
    ),
]


def checked(text: str, folder: Path) -> tuple[Fault, ...]:
    path = folder / "pathway.yaml"
    path.write_text(text, encoding="utf-8")
    return check_paths([path], directory=parse_network(sample_network(), "network.yaml"))


@pytest.mark.parametrize(("code", "text", "story"), NEVER_ENDS)
def test_what_only_going_through_it_shows_is_told_with_its_story(
    code: str, text: str, story: str, tmp_path: Path
) -> None:
    text, line, column = place_of_mark(text)
    found = [f for f in checked(text, tmp_path) if (f.code, f.line, f.column) == (code, line, column)]
    assert any(story in fault.message for fault in found), [fault.message for fault in found]


def test_a_signal_may_come_or_never_and_a_sound_pathway_is_ready_for_both(tmp_path: Path) -> None:
    outcomes = "outcomes: {gave_up: signal.gone, escorted: escort.done, over: find_place}"
    text = signalled(words=FOUND + GONE, find=NO_EVIDENCE).replace("outcomes: {done: find_place}", outcomes)
    assert checked(text, tmp_path) == ()


def test_what_waits_behind_a_step_that_waits_for_a_signal_never_begins_either(tmp_path: Path) -> None:
    """Left out with it at the end, it did not begin: so no outcome may reckon with its result."""
    behind = ESCORT.replace("escort:", "behind:") + "  needs: [escort]\n"
    text = signalled(ESCORTED + behind).replace("done: find_place", "done: behind.done")
    (fault,) = [fault for fault in checked(text, tmp_path) if fault.code == "no-outcome"]
    assert "escort is left out, behind is left out" in fault.message


def test_a_pathway_that_stays_open_ends_by_a_signal_or_by_its_time(tmp_path: Path) -> None:
    outcomes = "outcomes: {gave_up: signal.gone, escorted: escort.done}"
    by_signal = signalled(words="stays_open: true\n" + FOUND + GONE, find=NO_EVIDENCE)
    by_time = signalled(words="stays_open: true\n" + FOUND, find=NO_EVIDENCE)
    whole = "within: 6 months\non_expiry: over\nsource: {text: invented, verified: false}\n"
    assert checked(by_signal.replace("outcomes: {done: find_place}", outcomes), tmp_path) == ()
    assert checked(whole + by_time.replace("done: find_place", "escorted: escort, over: find_place"), tmp_path) == ()


def many_signals(number: int) -> str:
    words = "".join(f"  s{n}: {{title: {{it: s, en: s}}, from: [operator]}}\n" for n in range(number))
    waiting = "".join(ESCORT.replace("escort:", f"e{n}:") + f"  needs: [signal.s{n}]\n" for n in range(number))
    ends = ", ".join(f"o{n}: e{n}.done" for n in range(number))
    text = signalled(waiting, "signals:\n" + words, NO_EVIDENCE)
    return text.replace("{done: find_place}", f"{{{ends}, over: find_place}}")


@pytest.mark.slow
def test_more_signals_than_can_be_gone_through_are_said_to_be_too_many(tmp_path: Path) -> None:
    assert [fault.code for fault in checked(many_signals(6), tmp_path)] == []
    assert [fault.code for fault in checked(many_signals(30), tmp_path)] == ["not-explored"]


def said(text: str, language: str = "en") -> str:
    parts = plain_words(read(text), shipped_facts(), translator(language, "procedures").gettext, language)
    return " ".join(sentence for part in parts for sentence in (part.heading, *part.sentences))


SHOWN = signalled(
    ESCORT.replace("3 h", "2 h of signal.found") + "  needs: [find_place.housed, signal.found]\n",
    FOUND.replace("police]", "police], evidence: {confirmed_at: datetime, searched: integer}") + GONE,
    FIND_PLACE + "  ends_when: {housed: signal.found}\n",
)


def test_signals_are_said_in_plain_words() -> None:
    english, italian = said(SHOWN), said(SHOWN, "it")
    for sentence in (
        "«A place was found», from: the operator at the desk, police.",
        "With «A place was found» is shown: confirmed at, searched.",
        "When «She gave up» comes, these steps are called off, and whoever is at work is told: Find a place; Escort.",
        "It begins when «Find a place» has ended with «housed» and «A place was found» has come.",
        "A signal that comes again begins it no second time.",
        "While it is at work, it ends with «housed» as soon as «A place was found» has come.",
        "2 h of the coming of «A place was found»",
        "When nothing but a signal could move it on, it ends without waiting for one.",
    ):
        assert sentence in english
    assert "è arrivato «Trovato»" in italian
    assert "It stays open, for years if need be, while a step waits for a signal." in said("stays_open: true\n" + SHOWN)


def test_signals_stand_in_the_drawing_and_in_whom_silence_leads_to() -> None:
    pathway, translate = read(SHOWN), translator("en", "procedures").gettext
    drawn = " ".join(drawing(pathway, shipped_facts(), translate, "en").replace("<", " <").split())
    for words in (
        "on signal: A place was found",
        "ends on signal: A place was found",
        "called off on signal: She gave",
    ):
        assert words in drawn
    second = worst_case(read(signalled()), translate, "en")[1]
    assert (second.title, second.first) == ("Escort: once «A place was found» has come", False)


def test_an_outcome_on_a_signal_says_so_in_the_drawing() -> None:
    text = signalled().replace("done: find_place", "found: signal.found, done: find_place")
    assert "on signal: Trovato" not in (drawn := drawing(read(text), {}, translator("it", "procedures").gettext, "it"))
    assert "al segnale: Trovato" in drawn


def test_a_signal_that_is_new_stands_in_a_comparison() -> None:
    translate = translator("en", "procedures").gettext
    old, new = (
        plain_words(read(signalled(words=words)), shipped_facts(), translate, "en") for words in (FOUND, FOUND + GONE)
    )
    (difference,) = differences(old, new)
    assert difference.now[0] == "«She gave up», from: the operator at the desk."
