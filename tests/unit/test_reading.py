"""The strict YAML reader: what it refuses, where, and what plain words mean to it."""

import pytest
import yaml

from procedures import composing
from procedures import fault_kinds as kinds
from procedures.faults import Fault, FaultKind, ProcedureFaults, Severity
from procedures.loading import load_pathway
from procedures.marking import N_
from procedures.nodes import Mapping, Node, Scalar, Sequence
from procedures.reading import Form, listed, nearest_or_all, read_document, shown
from tests.unit.marked import faults_of, place_of_mark

WRONG_YAML = [
    ("syntax", "a: b»: c"),
    ("syntax", "a: [1\n»"),
    ("tab", "a:\n»\tb: 1"),
    ("bad-character", "a: b»\x00"),
    ("bad-character", "a:\n  »\ud800"),
    ("too-large", "»" + "#" * (composing.MAX_BYTES + 1)),
    ("too-large", "»" + "#" + "è" * (composing.MAX_BYTES // 2)),
    ("too-many-nodes", "[" + "a," * (composing.MAX_NODES - 1) + "»a]"),
    ("too-deep", "[" * composing.MAX_DEPTH + "»[1]" + "]" * composing.MAX_DEPTH),
    ("too-deep", "{" * 1000 + "»{" + "{" * 9000),
    ("second-document", "a: 1\n»---\nb: 2"),
    ("tag", "a: »!!python/object/apply:os.system [ls]"),
    ("anchor", "a: »&x 1"),
    ("alias", "a: &x 1\nb: »*x"),
    ("merge", "»<<: {a: 1}"),
    ("duplicate-key", "a: 1\n»a: 2"),
    ("key-not-a-word", "? »[a]\n: b"),
]


def value_of(text: str) -> object:
    root = read_document(f"a: {text}", "a.yaml").root
    assert isinstance(root, Mapping)
    entry = root.get("a")
    assert entry is not None
    assert isinstance(entry.value, Scalar)
    return entry.value.value


@pytest.mark.parametrize(("code", "text"), WRONG_YAML)
def test_what_yaml_may_not_say_is_refused_at_its_place(code: str, text: str) -> None:
    text, line, column = place_of_mark(text)
    found = [(f.code, f.line, f.column) for f in faults_of(lambda t, f: read_document(t, f).finish(), text)]
    assert (code, line, column) in found


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("True", "True"),
        ("12:30", "12:30"),
        ("2026-11-24", "2026-11-24"),
        ("1.5", "1.5"),
        ("007", "007"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("9" * 5000, "9" * 5000),
        ('"3"', "3"),
        ("'true'", "true"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("-7", -7),
        ("0", 0),
    ],
)
def test_a_plain_word_is_a_text_unless_it_is_true_false_null_or_a_whole_number(written: str, meant: object) -> None:
    value = value_of(written)
    assert value == meant
    assert type(value) is type(meant)


def test_novara_is_a_text_and_not_false() -> None:
    faults = faults_of(load_pathway, "pathway: NO")
    assert "NO cannot be a name." in [fault.message for fault in faults]


def test_the_thousand_laughs_are_refused_without_being_laughed() -> None:
    lines = ["a: &a [ha, ha, ha]"] + [
        f"{b}: &{b} [*{a}, *{a}, *{a}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    found = {f.code for f in faults_of(lambda t, f: read_document(t, f).finish(), "\n".join(lines))}
    assert found == {"anchor", "alias"}


def test_twenty_levels_are_allowed() -> None:
    root = read_document("[" * 20 + "]" * 20, "a.yaml").root
    assert isinstance(root, Sequence)


def test_the_faults_of_yaml_do_not_keep_the_rest_from_being_read() -> None:
    faults = faults_of(load_pathway, "pathway: &x shelter\nedition: 0\nedition: 2\n")
    assert {"anchor", "expected", "duplicate-key", "missing"} <= {fault.code for fault in faults}


def test_an_alias_is_one_fault_and_not_two() -> None:
    faults = faults_of(load_pathway, "pathway: &x shelter\nedition: *x\n")
    assert [f.code for f in faults if f.line == 2] == ["alias"]


@pytest.mark.parametrize("word", ["tell: police", "title: {it: a, en: a}", "needs: [other]", "when: {risk: high}"])
def test_an_alias_in_the_place_of_anything_is_one_fault(word: str) -> None:
    name, _, value = word.partition(": ")
    step = {"tell": "police", "title": "{it: a, en: a}"} | {name: "*x"}
    text = "a: {" + ", ".join(f"{key}: {said}" for key, said in step.items()) + "}"
    faults = faults_of(load_pathway, f"pathway: shelter\nother: &x {value}\nsteps: {{{text}}}\n")
    assert [f.code for f in faults if f.line == 3] == ["alias"]


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_document("\ufeffa: 1", "a.yaml").root == read_document("a: 1", "a.yaml").root


def test_an_empty_text_is_read_as_nothing() -> None:
    assert read_document("# only a comment\n", "a.yaml").root == Scalar(1, 1, None, "")


def test_a_file_with_very_many_faults_is_not_read_to_its_end() -> None:
    faults = faults_of(load_pathway, "\n".join(f"word_{n}: 1" for n in range(500)))
    assert len(faults) == 101
    assert faults[-1].code == "too-many-faults"
    assert faults[-1].line == 100


def test_without_the_c_library_the_plain_loader_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: [1, {b: NO}]\nc: 'x'\n"
    fast = read_document(text, "a.yaml").root
    monkeypatch.setattr(composing, "_LOADER", yaml.SafeLoader)
    assert read_document(text, "a.yaml").root == fast


def test_typed_reading_says_what_must_stand_there() -> None:
    document = read_document("{a: [], b: {}, c: x, d: 2026-13-01, e: maybe, f: A, g: -1}", "a.yaml")
    root = document.mapping(document.root, "")
    assert root is not None
    at: dict[str, Node] = {word: entry.value for word, entry in root}
    assert document.items(at["a"], "[x]") == ()
    assert document.text(at["b"]) is None
    assert document.mapping(at["c"], "{x: y}") is None
    assert document.date(at["d"]) is None
    assert document.date(at["c"]) is None
    assert document.truth(at["e"]) is None
    assert document.name(at["f"], "a_name") is None
    assert document.name(at["b"], "a_name") is None
    assert document.word(at["a"], ("one", "two")) is None
    assert document.whole_number(at["g"]) is None
    assert document.whole_number(at["e"]) is None
    assert [fault.message for fault in document.faults][:3] == [
        "A list with at least one item must stand here, not an empty list.",
        "A text must stand here, not a mapping.",
        "A mapping must stand here, not x.",
    ]


def test_typed_reading_hands_over_what_fits() -> None:
    document = read_document("{a: [x], b: 3, c: true, d: 2026-11-24, e: one}", "a.yaml")
    fields = document.fields(document.root, Form(known=("a", "b", "c", "d", "e")))
    assert len(document.items(fields["a"], "")) == 1
    assert document.whole_number(fields["b"]) == 3
    assert document.truth(fields["c"]) is True
    assert str(document.date(fields["d"])) == "2026-11-24"
    assert document.word(fields["e"], ("one", "two")) == "one"
    assert document.text(fields["b"]) == "3"
    document.finish()


def test_a_warning_does_not_keep_a_text_from_being_used() -> None:
    document = read_document("a: 1", "a.yaml")
    document.fault(FaultKind("odd", "This is odd.", "Look at it.", Severity.WARNING), document.root)
    document.finish()
    document.fault(kinds.UNREADABLE, document.root, why="gone")
    with pytest.raises(ProcedureFaults) as raised:
        document.finish()
    assert [fault.severity for fault in raised.value.faults] == [Severity.WARNING, Severity.ERROR]


def test_a_fault_is_said_in_words_and_as_data() -> None:
    fault = Fault("a.yaml", 3, 5, kinds.EXPECTED, {"expected": N_("A text"), "found": "x", "example": "y"})
    assert str(fault) == "a.yaml:3:5: A text must stand here, not x. Write for example: y"
    italian = {"A text": "un testo", kinds.EXPECTED.message: "Qui ci vuole {expected}, non {found}."}
    assert fault.as_json(lambda sentence: italian.get(sentence, sentence)) == {
        "file": "a.yaml",
        "line": 3,
        "column": 5,
        "code": "expected",
        "message": "Qui ci vuole un testo, non x.",
        "help": "Write for example: y",
        "severity": "error",
    }


def test_long_and_odd_words_are_repeated_in_short() -> None:
    assert shown("x" * 100) == "x" * 60 + "…"
    assert shown("a\nb") == r"'a\nb'"
    assert shown(" ") == "' '"
    assert listed([str(n) for n in range(40)]).endswith("29, …")
    assert nearest_or_all("x", []) == "-"
