"""Files as nobody should write them: real pathways and examples, spoilt by a seed, and what the checker makes of them.

A file is either refused with faults that each have a place and a remedy in both languages, or it is clean; then it can
be told in words, drawn, and asked who is called when nobody answers.
"""

import json
import random
import re
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

from cli.explaining.pages import pages
from cli.explaining.trying import ANOTHER_FILE, NETWORK_FILE, framed
from notifiers.language import translator
from procedures.faults import ProcedureFaults, Severity
from procedures.loading import SHIPPED, check_texts, load_facts, load_pathway, shipped_facts, texts_of
from procedures.showing.svg import drawing
from procedures.showing.timetable import worst_case
from procedures.showing.words import plain_words

VALUES = (
    *('""', "[]", "{}", "null", "true", "NO", "~", "-1", "0", "1.5", "12:30", "24:00", "2026-02-30", "9999-12-31"),
    *("0001-01-01", "9" * 18, "9" * 40, "0 min", "999999999 years", "10 years", "1 working day in IT", "x" * 300),
    *("2 working days before case.opened", "case.opened", "pathway.started", "fact.incident_at", "fact.risk", "a.b.c"),
    *(
        "..",
        "a.",
        "signal.x",
        "x.evidence.y",
        "{at_least: 2}",
        "{at_least: {2: [{risk: high}]}}",
        "{not: {risk: high}}",
    ),
    *("{earliest: [4 h, 2 h of case.opened]}", "{within: 4 h, when: {risk: high}}", "unknown", "not_answered"),
    *(
        "*a",
        "&a x",
        "!!str x",
        "coordinator",
        "escalate",
        "note",
        "none",
        "è",
        "\u0430",
        "\u202e",
        "\u200b",
        "😀",
        "20:00 of case.opened",
    ),
)
"""What YAML can read and the language may not."""
SIGNS = (
    *("&a x", "*a", "!!str x", "<<", "? x", "- x", "---", "...", "# x", "'", '"', "|", ">", "%", "@", "`", "{{ x }}"),
    *("${x}", "\ufeff", "\x85", "\u2028", "\t", "[" * 25, "{a: " * 25, ": ", ", ", "[", "}"),
)
"""What means something to YAML itself."""
_TOKEN = re.compile(r"[A-Za-z0-9_]+(?:[.:+-][A-Za-z0-9_]+)*")
SPOILS_MOST = 3


@lru_cache(maxsize=1)
def sound() -> tuple[str, ...]:
    """The texts that are spoilt: what is shipped, and every example of a fault's page, each three times as often."""
    examples = [piece for page in pages().values() for piece in (page.wrong, page.right) if piece]
    plain = [piece for piece in examples if ANOTHER_FILE not in piece and NETWORK_FILE not in piece]
    return (*texts_of([SHIPPED]).values(), *(framed(piece) for piece in plain))


@lru_cache(maxsize=1)
def tokens() -> tuple[str, ...]:
    """Every word of them."""
    return tuple(sorted({token for text in sound() for token in _TOKEN.findall(text)}))


def spoilt(seed: int) -> str:
    """The file of this seed."""
    draw = random.Random(seed)  # noqa: S311 - a seed must give the same file again
    text = draw.choice(sound())
    for _ in range(draw.randint(1, SPOILS_MOST)):
        text = draw.choice(WAYS)(draw, text)
    return text


def _other_word(draw: random.Random, text: str) -> str:
    """One word becomes another one of the language, or a nasty one."""
    found = list(_TOKEN.finditer(text))
    if not found:
        return text
    word = draw.choice(found)
    return text[: word.start()] + draw.choice(draw.choice((tokens(), tokens(), VALUES))) + text[word.end() :]


def _other_value(draw: random.Random, text: str) -> str:
    """What stands after a colon becomes something else, or what stands elsewhere."""
    lines = text.split("\n")
    valued = [number for number, line in enumerate(lines) if ": " in line and "{" not in line.partition(": ")[0]]
    if not valued:
        return text
    number = draw.choice(valued)
    key, _, _ = lines[number].partition(": ")
    other = draw.choice([line for line in draw.choice(sound()).split("\n") if ": " in line]).partition(": ")[2]
    lines[number] = f"{key}: {draw.choice((other, draw.choice(VALUES)))}"
    return "\n".join(lines)


def _lines(draw: random.Random, text: str) -> str:
    """A few lines go, come twice, change places, move in or out, or come from another file."""
    lines = text.split("\n")
    start = draw.randrange(len(lines))
    some = lines[start : start + draw.randint(1, 8)]
    rest = lines[:start] + lines[start + len(some) :]
    place = draw.randint(0, len(rest))
    match draw.randrange(5):
        case 0:
            return "\n".join(rest)
        case 1:
            return "\n".join(rest[:place] + some + rest[place:])
        case 2:
            return "\n".join(lines[:start] + some + lines[start:])
        case 3:
            moved = ["  " + line for line in some] if draw.choice((True, False)) else [one.lstrip() for one in some]
            return "\n".join(lines[:start] + moved + lines[start + len(some) :])
        case _:
            other = draw.choice(sound()).split("\n")
            at = draw.randrange(len(other))
            return "\n".join(lines[:start] + other[at : at + len(some)] + lines[start:])


def _signs(draw: random.Random, text: str) -> str:
    """A few characters go, come twice, or come from nowhere."""
    start = draw.randint(0, len(text))
    end = min(len(text), start + draw.randint(0, 6))
    new = draw.choice(("", text[start:end] * 2, draw.choice(SIGNS), chr(draw.randrange(0xD800))))
    return text[:start] + new + text[end:]


def _swap(draw: random.Random, text: str) -> str:
    """One word becomes another of the same file everywhere: names meet that should not."""
    words = sorted(set(_TOKEN.findall(text)))
    if len(words) < 2:  # noqa: PLR2004 - a swap needs two
        return text
    one, other = draw.sample(words, 2)
    return re.sub(rf"(?<![\w.]){re.escape(one)}(?![\w.])", lambda _: other, text)


WAYS = (*(_other_word,) * 6, *(_other_value,) * 6, *(_swap,) * 4, *(_lines,) * 3, _signs)
"""Mostly those after which it is still YAML: what YAML refuses, nobody looks into."""


def check(text: str) -> Sequence[str]:
    """The codes found in a file; whatever is shown to a person is made as well.

    Raises:
        AssertionError: a fault without a place or a remedy.
        Exception: whatever should never happen.
    """
    italian = translator("it", "procedures").gettext
    found = check_texts({"spoilt.yaml": text})
    lines = len(re.split(r"\r\n|[\n\r\x85\u2028\u2029]", text)) + 2
    for fault in found:
        assert 1 <= fault.line <= lines
        assert fault.column >= 1
        assert all(fault.said(italian))
        json.dumps(fault.as_json())
    with suppress(ProcedureFaults):
        load_facts(text, "spoilt.yaml")
    if all(fault.severity is Severity.WARNING for fault in found):
        _show(text)
    return [fault.code for fault in found]


def _show(text: str) -> None:
    facts = shipped_facts()
    pathway = load_pathway(text, "spoilt.yaml")
    for language in ("it", "en"):
        say = translator(language, "procedures").gettext
        assert plain_words(pathway, facts, say, language)
        assert drawing(pathway, facts, say, language)
        worst_case(pathway, say, language)
