"""Every fault of the trail can be said in Italian, and its code explained."""

import re
from pathlib import Path

import pytest

import models
from models.fault_words import FAULTS, taken_apart
from notifiers.faults import fault_said
from notifiers.language import translator

FOLDER = Path(models.__file__).parent
BUILT = re.compile(r'(?:Act|Root|Trail)Fault\((?:"", )?[^"]*"(?P<code>[a-z]+)", f?"(?P<message>[^"]+)"', re.DOTALL)
"""A fault whose message stands where it is made."""
OF_CASES = re.compile(r'self\._fault\([a-z_.]+, (?:"([a-z]+)"|what), f?"([^"]+)"\)')
PLACE = re.compile(r"\{[^}]+\}")


def made() -> list[tuple[str, str]]:
    """Code and message of every fault that some check makes, with `x` in its places."""
    texts = [file.read_text(encoding="utf-8") for file in FOLDER.glob("*.py")]
    found = [(one["code"], one["message"]) for text in texts for one in BUILT.finditer(text)]
    of_cases = [one for text in texts for one in OF_CASES.finditer(text)]
    found += [(one[1] or "run", one[2].replace("{what}", "run")) for one in of_cases]
    return [(code, PLACE.sub("x", message)) for code, message in found]


def test_the_checks_make_faults() -> None:
    assert len(made()) > 28


@pytest.mark.parametrize(("code", "message"), sorted(set(made())))
def test_a_fault_is_said_in_italian_and_explained(code: str, message: str) -> None:
    assert code in FAULTS
    assert translator("it", "procedures").gettext(FAULTS[code]) != FAULTS[code]
    if message.removeprefix("root: ") not in {"x", "x: x"}:  # put together elsewhere: the next test has them
        assert fault_said(taken_apart(message), "it") != message
    assert fault_said(taken_apart(message), "en") == message


def test_what_stands_in_a_sentence_stays() -> None:
    said = fault_said(taken_apart("handoff H-1234 differs in state, due_at"), "it")
    assert said == "il passaggio H-1234 differisce in: state, due_at"
    assert fault_said(
        taken_apart("reads: is missing, though root 7 bound it: the end was cut, or an older copy put back"), "it"
    ).startswith("reads: manca, benché la radice 7")
    assert fault_said(taken_apart("something that nobody says"), "it") == "something that nobody says"
