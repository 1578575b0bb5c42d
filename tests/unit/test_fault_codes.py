"""Every fault has a wrong text that shows it, a remedy, and both languages."""

import ast
import importlib
import pkgutil
import string
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import procedures
from notifiers.language import translator
from procedures.errors import StaffettaError
from procedures.faults import FaultKind
from tests.unit.test_checking import WRONG_PROMISES
from tests.unit.test_checking_network import WRONG_NETWORKS
from tests.unit.test_choice_words import NETWORK_CHOICES, SHOWN_ALONE, WRONG_CHOICES
from tests.unit.test_consent_words import WRONG_CONSENTS
from tests.unit.test_exploring import WRONG_WAYS
from tests.unit.test_fixed_days import WRONG_DAYS
from tests.unit.test_library import WRONG_TOGETHER
from tests.unit.test_limit_words import WRONG_LIMITS
from tests.unit.test_loading import WRONG_WORDS
from tests.unit.test_needs_joined import WRONG_JOINED
from tests.unit.test_opened_by import NOBODY_OPENS
from tests.unit.test_own_work_words import WRONG_ACROSS, WRONG_OWN_WORK
from tests.unit.test_person_words import NETWORK_PERSONS, WRONG_PERSONS
from tests.unit.test_reading import WRONG_YAML
from tests.unit.test_repeating_words import WRONG_REPEATS
from tests.unit.test_scenario_reading import WRONG_SCENARIOS
from tests.unit.test_signal_words import NEVER_ENDS, WRONG_SIGNALS
from tests.unit.test_vocabulary import WRONG_FACTS
from tests.unit.test_with_today_words import WRONG_TODAY

SHOWN_BY_A_TEST_OF_ITS_OWN = {
    "always-told",
    *("clinical-from-nothing", "nearly-a-competence", "no-competence"),
    "declared-otherwise",
    "held-up-by-a-refusal",
    "may-come-later",
    "moves-beyond-pathway",
    "scenario-not-earlier",
    "not-explored",
    "unreadable",
    "no-pathways",
    "no-scenarios",
    "not-utf-8",
    "too-many-faults",
}


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(procedures.__path__, "procedures."):
        yield importlib.import_module(found.name)


def kinds() -> dict[str, FaultKind]:
    return {v.code: v for module in modules() for v in vars(module).values() if isinstance(v, FaultKind)}


def templates(module: ModuleType) -> Iterator[str]:
    """The sentences of the failures that a module declares."""
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, StaffettaError) and value.__module__ == module.__name__:
            yield value.template


def marked(module: ModuleType) -> Iterator[str]:
    """The sentences that a module marks for the catalogue."""
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
            yield ast.literal_eval(node.args[0])


def sentences() -> list[str]:
    """Everything a person may read of what `procedures` says."""
    of_faults = {sentence for kind in kinds().values() for sentence in (kind.message, kind.help)}
    return sorted(of_faults | {s for module in modules() for s in (*templates(module), *marked(module))})


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_every_fault_is_shown_by_a_wrong_text() -> None:
    tables = (
        *(WRONG_YAML, WRONG_WORDS, WRONG_LIMITS, WRONG_PROMISES, WRONG_FACTS, WRONG_REPEATS, WRONG_DAYS),
        *(WRONG_SCENARIOS, WRONG_SIGNALS, WRONG_CONSENTS, WRONG_OWN_WORK, WRONG_JOINED),
        *(WRONG_CHOICES, SHOWN_ALONE, NOBODY_OPENS, WRONG_PERSONS, WRONG_TODAY),
    )
    shown = {code for table in tables for code, _ in table}
    shown |= {
        code
        for table in (
            WRONG_TOGETHER,
            WRONG_ACROSS,
            WRONG_WAYS,
            WRONG_NETWORKS,
            NETWORK_CHOICES,
            NETWORK_PERSONS,
            NEVER_ENDS,
        )
        for code, *_ in table
    }
    assert set(kinds()) - shown == SHOWN_BY_A_TEST_OF_ITS_OWN


def test_no_two_faults_share_a_code() -> None:
    every = {id(v): v.code for module in modules() for v in vars(module).values() if isinstance(v, FaultKind)}
    assert len(set(every.values())) == len(every)


@pytest.mark.parametrize("sentence", sentences())
def test_every_sentence_of_the_rules_is_said_in_italian_too(sentence: str) -> None:
    italian = translator("it", "procedures").gettext(sentence)
    assert italian != sentence
    assert fields(italian) == fields(sentence)
