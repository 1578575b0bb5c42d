"""Whatever is written, the answer is a pathway or its faults: never another exception, never without a place."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures.grammar import words
from procedures.loading import SHIPPED, load_facts, load_pathway, shipped_library, texts_of
from tests.unit.marked import faults_of

SHIPPED_TEXTS = list(texts_of([SHIPPED]).values())

WORDS = st.sampled_from(
    [
        *words.PATHWAY.known,
        *words.COMMON,
        *(word for own in words.OF_KIND.values() for word in own),
        *words.KINDS,
        *(
            "it",
            "en",
            "within",
            "of",
            "after",
            "to",
            "text",
            "verified",
            "verified_on",
            "any_of",
            "all_of",
            "all",
            "any",
        ),
        *("not", "risk", "high", "15 min", "48 h of a.b", "case.opened", "fact.incident_at", "true", "1", "NO", "none"),
        *("find_place", "find_place.housed", "deputy", "coordinator", "evidence", "datetime", "signals", "", "<<"),
    ]
)
TREES = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=40,
)

UNHURRIED = settings(deadline=None)
"""The machine may be busy: how long a text may take is measured in `test_no_text_takes_long`."""


def flow(tree: object) -> str:
    """The tree as YAML in flow style."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f'"{key}": {flow(value)}' for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(flow(item) for item in tree) + "]"
    return str(tree) or "''"


def check(text: str) -> None:
    """Load it: a pathway, or faults that each have a place and a remedy."""
    lines = len(text.splitlines()) + 2
    for load in (load_pathway, load_facts):
        for fault in faults_of(load, text):
            assert 1 <= fault.line <= lines
            assert fault.column >= 1
            assert fault.message
            assert fault.help


@UNHURRIED
@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    check(text)


@UNHURRIED
@given(st.text(alphabet="ab: -[]{}\"'#&*!|>%@`,?\n\t1", max_size=300))
def test_any_text_of_signs_that_mean_something_to_yaml(text: str) -> None:
    check(text)


@UNHURRIED
@given(TREES)
@pytest.mark.slow
def test_any_tree_of_the_words_of_the_language(tree: object) -> None:
    check(flow(tree))


@UNHURRIED
@given(st.dictionaries(st.sampled_from(words.PATHWAY.known), TREES, min_size=5))
@pytest.mark.slow
def test_any_pathway_of_the_words_of_the_language(tree: dict[str, object]) -> None:
    check(flow(tree))


@UNHURRIED
@given(st.data())
@pytest.mark.slow
def test_a_shipped_pathway_with_a_piece_taken_out_or_said_twice(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(SHIPPED_TEXTS))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    check(text[:start] + text[end:] if data.draw(st.booleans()) else text[:end] + text[start:])


@UNHURRIED
@given(st.data())
@pytest.mark.slow
def test_a_shipped_pathway_with_a_word_changed(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(SHIPPED_TEXTS))
    lines = text.split("\n")
    number = data.draw(st.integers(0, len(lines) - 1))
    before, colon, _ = lines[number].partition(": ")
    lines[number] = before + colon + flow(data.draw(TREES))
    check("\n".join(lines))


@UNHURRIED
@given(st.sampled_from(SHIPPED_TEXTS))
def test_a_text_read_twice_is_the_same_pathway(text: str) -> None:
    first = load_pathway(text, "a.yaml")
    assert load_pathway(text, "b.yaml") == first
    assert shipped_library().by_hash[first.content_hash] == first


def seconds_to_check(text: str) -> float:
    """The processor time that it takes."""
    began = process_time()
    check(text)
    return process_time() - began


@pytest.fixture(scope="module")
def another_process() -> Iterator[ProcessPoolExecutor]:
    """Fresh, as whoever checks a text has it. This one may hold millions of objects of other tests, and threads."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as executor:
        yield executor


@pytest.mark.parametrize(
    "text",
    [
        "[" * 250_000,
        "{" * 250_000,
        "- " * 130_000,
        "? " * 130_000,
        "[" + "a," * 130_000,
        "{" + ", ".join(f"k{n}: v" for n in range(4_900)) + "}",
        "[" + "&a a," * 4_000,
        '"' + "x\\n" * 80_000,
        "#\n" * 130_000,
        "a: " * 80_000,
        "steps: {" + ", ".join(f"s{n}: {{tell: a, needs: [nobody{n}]}}" for n in range(1_000)) + "}",
        "steps: {" + ", ".join(f"s{n}: {{tell: a, needs: [s{n + 1}]}}" for n in range(199)) + "}",
    ],
    ids=range(12),
)
@pytest.mark.slow
def test_no_text_takes_long(text: str, another_process: ProcessPoolExecutor) -> None:
    """The best of three counts: a processor that others use as well is slower."""
    assert any(another_process.submit(seconds_to_check, text).result() < 1 for _each in range(3))
