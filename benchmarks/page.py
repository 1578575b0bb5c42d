"""The page `docs/benchmarks.md`, drawn from the results that `make bench` left."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEAD = """# How fast it is

Generated from `benchmarks/results/` by `make bench`; a test compares. Each figure stands beside the floor or the peers
of the same run, since a machine has its moods: the floor is one durable commit and one SMTP transaction on a kept
connection, in one process and nothing else. All processes are real, and so is the mail server
([decisions/0016](decisions/0016-figures-beside-the-floor.md) says how each figure is taken).
"""
COLUMNS = "\n| what | whose | database | n | p50 | p95 | p99 | max | unit |\n|---|---|---|---|---|---|---|---|---|\n"


@dataclass(frozen=True)
class Section:
    """One results file on the page."""

    title: str
    says: str


SECTIONS: Mapping[str, Section] = {
    "open_to_mail": Section(
        "One case, an idle machine",
        "From the caller's call (or the HTTP request) to the mail server's word. Aim: p95 at most 3 times the floor, "
        "with Prefect stopped and at work.",
    ),
    "where_time_goes": Section(
        "Where the time goes",
        "The same path, point by point. The alert is out after 6; what follows is kept while nobody waits.",
    ),
    "many_at_once": Section(
        "Two hundred cases at once",
        "Aims: all alerts within 1 s, the desk's page within 100 ms (p95) meanwhile, flow runs at rest within 90 s. "
        "What engine and Prefect's server cost at rest stands here, too: it is the history's, and no alert waits "
        "for it.",
    ),
    "deadlines": Section(
        "Deadlines",
        "Aims: under 100 ms late (p95); five thousand in one second all within 20 s, the imminent ones within 5 s.",
    ),
    "at_rest": Section("At rest", "Aims for desk and dispatcher together: under 1 % of a core, under 250 MB."),
    "wake_cost": Section("What one wake-up costs", "Aim: the same beside fifty thousand open cases as beside none."),
    "sending": Section(
        "One carrier",
        "The carrier alone, nothing kept. Aims: at least 8 times stock Apprise and 70 % of bare aiosmtplib; a hung "
        "carrier delays another's message by less than 100 ms (p95), fifty hung sends by less than 1 s.",
    ),
    "answering": Section(
        "A thousand answers",
        "A thousand cases wait, each for one service; all answer, eight at a time, at a desk that runs. Aim: a "
        "thousand within a minute, none of them refused; the database is asked how many were taken.",
    ),
    "peers": Section(
        "Beside others",
        "The same job (trigger, keep, mail; many at once; a reminder; waiting), done by others the way their pages "
        "teach it. Rows of ours and of the floor name the peer they took turns with. Where a peer was asked for less, "
        "the row says for how much.",
    ),
    "checking": Section(
        "Checking a procedure",
        "Milliseconds of the processor. Aims: a pathway of 200 steps in under 1 s; none of 100,000 spoilt files (real "
        "ones and the examples of the pages, changed by a seed) ends in a traceback.",
    ),
    "verifying": Section(
        "Checking the trail",
        "`staffetta audit verify` on every core: each hash, signature and root, each state derived again. Aim: a "
        "million events within 60 s on two cores. The export's check is one file that needs Python alone.",
    ),
    "board": Section(
        "The board with five thousand open cases",
        "Aims: a page of it within 300 ms (p95), first paint within 1 s with nothing kept in the browser, a change "
        "elsewhere seen within 1 s also while 200 boards follow at one desk, and at most 200 kB fetched.",
    ),
}


def render(results: Path) -> str:
    """The whole page, from the results files that are there."""
    parts = [HEAD]
    for stem, section in SECTIONS.items():
        file = results / f"{stem}.json"
        if file.exists():
            parts.append(_section(section, json.loads(file.read_text(encoding="utf-8"))))
    return "".join(parts)


def _section(section: Section, rows: Sequence[Mapping[str, Any]]) -> str:
    lines = "".join(
        f"| {row['name']} | {row['peer']} | {row['backend']} | {row['n']} | {row['p50']} | {row['p95']} | {row['p99']} "
        f"| {row['max']} | {row['unit']} |\n"
        for row in rows
    )
    return f"\n## {section.title}\n\n{section.says}\n{COLUMNS}{lines}\n{_provenance(rows)}\n"


def _provenance(rows: Sequence[Mapping[str, Any]]) -> str:
    """On what, with what, and when."""
    last = rows[-1]
    using = ", ".join(f"{name} {version}" for name, version in sorted(last["versions"].items()))
    return f"{last['at'][:10]} on {last['machine']}; {using}."
