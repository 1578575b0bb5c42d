"""The JSON Schema and the reference page know the same language as the reader."""

import json
from collections.abc import Iterator

import pytest
from jsonschema import Draft7Validator

from cli.explaining.pages import Page, pages
from cli.explaining.trying import ANOTHER_FILE, framed
from procedures.describing.files import reference_page, schema_file
from procedures.describing.whole import form_of, json_schema
from procedures.grammar import words
from procedures.loading import SHIPPED, shipped_facts, texts_of
from procedures.nodes import Mapping, Node, Scalar, Sequence
from procedures.reading import read_document
from tests.unit.pieces import ROOT, pieces

SCHEMA = json_schema(shipped_facts())
VALIDATOR = Draft7Validator(SCHEMA)
OF_FORM = {
    *("expected", "missing", "unknown-word", "misspelt-word", "later-word", "bad-name", "reserved-name", "step-kind"),
    *("not-here", "write-instead", "no-steps", "no-result", "not-a-step", "unknown-fact", "wrong-value"),
    *("wrong-comparison", "seconds", "unknown-unit", "no-such-hour", "zero-time", "source-status", "two-forms"),
    *("bad-moment", "basis-and-consent", "repeat-two-ways", "bad-day"),
    *("no-such-age", "day-without-hour", "not-counted-here", "whose-working-days"),
}
"""Codes that can be seen in the form alone, so that an editor underlines them."""


def instance(node: Node) -> object:
    """What an editor sees at a node."""
    if isinstance(node, Mapping):
        return {word: instance(entry.value) for word, entry in node}
    if isinstance(node, Sequence):
        return [instance(item) for item in node.items]
    return node.value if isinstance(node, Scalar) else None


def refused(text: str) -> list[str]:
    """What the schema says against a text."""
    return [error.message for error in VALIDATOR.iter_errors(instance(read_document(text, "a.yaml").root))]


def of_pathways() -> Iterator[Page]:
    """The pages whose example is one pathway."""
    for page in pages().values():
        if page.wrong and page.group < "15" and not page.wrong.startswith("facts:") and ANOTHER_FILE not in page.wrong:
            yield page


def test_it_is_a_json_schema() -> None:
    Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("text", list(texts_of([SHIPPED]).values()))
def test_the_shipped_pathways_are_accepted(text: str) -> None:
    assert refused(text) == []


@pytest.mark.parametrize("page", list(of_pathways()), ids=lambda page: page.code)
def test_every_right_example_of_a_fault_is_accepted(page: Page) -> None:
    assert refused(framed(page.right)) == []


def test_every_right_piece_of_the_guide_is_accepted() -> None:
    right = [p for p in pieces(ROOT / "docs" / "language.md") if not p.expected and not p.text.startswith("facts:")]
    assert [refused(framed(piece.text)) for piece in right] == [[]] * len(right)


def test_what_is_wrong_in_its_form_is_refused() -> None:
    of_words = [page for page in of_pathways() if page.group > "02"]  # before them, what no editor takes for YAML
    found = {page.code for page in of_words if refused(framed(page.wrong or ""))}
    assert found >= OF_FORM


def test_every_word_of_the_grammar_is_described_and_no_other() -> None:
    assert set(SCHEMA["properties"]) == set(words.PATHWAY.known)
    for kind in words.KINDS:
        described = SCHEMA["definitions"][kind]
        assert set(described["properties"]) == set(form_of(kind).known)
        assert set(described["required"]) == {kind, *words.REQUIRED[kind]}


def test_both_files_are_up_to_date() -> None:
    assert (ROOT / "docs" / "pathway.schema.json").read_text(encoding="utf-8") == schema_file()
    assert (ROOT / "docs" / "language-reference.md").read_text(encoding="utf-8") == reference_page()
    assert json.loads(schema_file()) == json.loads(json.dumps(SCHEMA))
