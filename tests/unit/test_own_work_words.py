"""`case: none` as it is written: the network's own work asks nothing about a survivor, and is refused where it does."""

from pathlib import Path

import pytest

from notifiers.language import translator
from procedures.faults import ProcedureFaults
from procedures.language.facts import About
from procedures.loading import library_of, load_facts, load_pathway, shipped_facts
from procedures.showing.words import plain_words
from tests.unit.marked import codes, faults_of, only_step, place_of_mark
from tests.unit.test_library import START, write

HEAD = """\
pathway: tavolo
edition: 1
title: {it: Tavolo, en: Tavolo}
case: none
steps:
"""
CONVENE = "  convene: {tell: police, title: {it: Convocare, en: Convene}}\n"
MEETING = HEAD + CONVENE
SOURCE = "source: {text: t, verified: false}\n"
ASSESSED = """\
  assess:
    ask: police
    title: {it: Valutare, en: Assess}
    accept_within: 1 day
    complete_within: 1 week
    source: {text: invented, verified: false}
    results: {done: {evidence: {level: »fact.risk}}}
"""


def convene(more: str) -> str:
    """The meeting, whose only step also says this."""
    return MEETING.replace("Convene}", "Convene}, " + more)


WRONG_OWN_WORK = [
    ("unknown-word", MEETING.replace("case: none", "case: »other")),
    ("no-survivor", MEETING.replace("steps:", "consent: »help\nsteps:")),
    ("no-survivor", MEETING.replace("steps:", "basis: »{it: Legge, en: Law}\nsteps:")),
    ("no-survivor", convene("consent: »help")),
    ("no-survivor", convene("basis: »{it: Legge, en: Law}")),
    ("fact-of-a-case", convene("when: {»risk: high}")),
    ("fact-of-a-case", convene("at: »2 h of fact.incident_at")),
    ("fact-of-a-case", convene("repeat: {every: {fact: »risk, high: 1 week, otherwise: 1 month}, at_most: 3}")),
    ("fact-of-a-case", HEAD + ASSESSED),
    ("unknown-fact", convene("when: {»risc: high}")),
    ("no-case-opened", convene("at: »2 h of case.opened")),
    ("no-case-opened", MEETING.replace("steps:", "within: »2 days of case.opened\n" + SOURCE + "steps:")),
    ("bad-schedule", MEETING.replace("steps:", "schedule: »2 days of fact.meeting_at\nsteps:")),
    ("bad-schedule", MEETING.replace("steps:", "schedule: »2 days before pathway.started\nsteps:")),
    ("fact-of-a-case", MEETING.replace("steps:", "schedule: »2 days before fact.incident_at\nsteps:")),
    ("unknown-fact", MEETING.replace("steps:", "schedule: »2 days before fact.metting_at\nsteps:")),
    ("day-of-some-months", MEETING.replace("steps:", "schedule: {every: month, day: »29, at: 09:00}\nsteps:")),
    ("no-such-hour", MEETING.replace("steps:", "schedule: {every: month, day: 1, at: »9:00}\nsteps:")),
    ("unknown-word", MEETING.replace("steps:", "schedule: {every: »week, day: 1, at: 09:00}\nsteps:")),
    ("missing", MEETING.replace("steps:", "schedule: »{every: month, day: 1}\nsteps:")),
    ("only-own-work", MEETING.replace("case: none", "consent: c\nschedule: »{every: month, day: 1, at: 09:00}")),
    ("only-own-work", MEETING.replace("case: none", "consent: c\ntests_channels: »true")),
    ("fact-of-the-network", only_step("a: {tell: police, title: {it: a, en: a}, at: »2 h of fact.meeting_at}\n")),
]

WRONG_ACROSS = [
    ("starts-own-work", only_step(START % "»tavolo"), MEETING),
    ("starts-a-case", HEAD + "  " + START % "»shelter", only_step("a: {tell: police, title: {it: a, en: a}}\n")),
]


@pytest.mark.parametrize(("code", "text"), WRONG_OWN_WORK)
def test_what_could_only_be_said_of_a_case_is_refused_at_its_place(code: str, text: str) -> None:
    text, line, column = place_of_mark(text)
    assert (code, line, column) in [(f.code, f.line, f.column) for f in faults_of(load_pathway, text)]


def test_it_needs_neither_a_consent_nor_a_basis() -> None:
    pathway = load_pathway(MEETING, "right.yaml")
    assert (pathway.no_case, pathway.consent, pathway.basis) == (True, None, None)
    assert "missing" in codes(faults_of(load_pathway, MEETING.replace("case: none\n", "")))


def test_it_asks_about_facts_of_its_own() -> None:
    assert faults_of(load_pathway, convene("at: 10 days before fact.meeting_at")) == []
    assert shipped_facts()["meeting_at"].about is About.NETWORK
    declared = "facts: {seat: {type: boolean, about: network, title: {it: Sede, en: Seat}}}"
    assert load_facts(declared, "facts.yaml")["seat"].about is About.NETWORK


def test_it_says_so_when_it_is_told_back() -> None:
    part = plain_words(
        load_pathway(MEETING, "right.yaml"), shipped_facts(), translator("it", "procedures").gettext, "it"
    )
    assert "lavoro proprio della rete" in part[0].sentences[0]


@pytest.mark.parametrize(("code", "first", "second"), WRONG_ACROSS)
def test_neither_kind_starts_the_other(code: str, first: str, second: str, tmp_path: Path) -> None:
    text, line, column = place_of_mark(first)
    paths = write(tmp_path, text, second)
    with pytest.raises(ProcedureFaults) as raised:
        library_of(paths)
    assert (code, str(paths[0]), line, column) in [(f.code, f.file, f.line, f.column) for f in raised.value.faults]


def test_when_it_begins_by_itself_is_read_and_told_in_plain_words() -> None:
    more = "schedule: {every: month, day: 5, at: 09:30}\ntests_channels: true\nsteps:"
    monthly = load_pathway(MEETING.replace("steps:", more), "tavolo.yaml")
    before = load_pathway(MEETING.replace("steps:", "schedule: 6 weeks before fact.meeting_at\nsteps:"), "t.yaml")
    assert monthly.schedule is not None
    assert (monthly.schedule.day, str(monthly.schedule.at)) == (5, "09:30:00")
    assert before.schedule is not None
    assert before.schedule.fact == "meeting_at"
    whole = [
        plain_words(one, shipped_facts(), translator("it", "procedures").gettext, "it")[0] for one in (monthly, before)
    ]
    told, leading = (" ".join(part.sentences) for part in whole)
    assert "Comincia da sé ogni mese, il giorno 5 alle 09:30" in told
    assert "una prova parte su ogni canale" in told
    assert "Comincia da sé: 6 settimane prima" in leading
