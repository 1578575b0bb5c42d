"""Files that are meant to hurt, or are merely too much: refused at once, or checked in time where they are honest."""

from pathlib import Path

import pytest

from procedures.loading import shipped_facts
from procedures.schema import FactType
from tests.unit.checking_clock import Cost, cost_of

pytestmark = pytest.mark.slow  # each is measured in a process of its own

HEAD = "pathway: x\nedition: 1\ntitle: {it: A, en: A}\nconsent: intake\noutcomes: {done: s0}\nsteps:\n"
STEP = (
    "  s%d: {ask: police, title: {it: A, en: A}, accept_within: 1 h, complete_within: 2 h, "
    "source: {text: x, verified: false}%s}\n"
)
ONE = HEAD + STEP % (0, "")
CYRILLIC_HA = "\u0445"
REFUSED_SECONDS, HONEST_SECONDS, MOST_MIB = 0.2, 2.0, 64

NASTY = {
    "aliases that explode": ("anchor", "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n" + ONE),
    "ten megabytes of comment": ("too-large", ONE + "# " + "x" * 10_000_000),
    "one line of ten megabytes": ("too-large", "pathway: " + "x" * 10_000_000),
    "brackets a thousand deep": ("too-deep", "a: " + "[" * 1000 + "]" * 1000),
    "a condition twenty deep": ("too-deep", HEAD + STEP % (0, ", when: " + "{not: " * 20 + "{risk: high}" + "}" * 20)),
    "ten thousand steps": ("too-large", HEAD + "".join(STEP % (n, "") for n in range(10_000))),
    "two thousand steps": ("too-many-nodes", HEAD + "".join(STEP % (n, "") for n in range(2000))),
    "a tag that runs": ("tag", ONE.replace("police", "!!python/object/apply:os.system [x]")),
    "a duplicate key": ("duplicate-key", ONE + STEP % (0, "")),
    "a tab": ("tab", HEAD + "\ts0: x"),
    "base sixty": ("no-such-hour", ONE.replace("1 h", "72:30")),
    "no for false": ("wrong-value", HEAD + STEP % (0, ", when: {injuries: no}")),
    "a path for a name": ("bad-name", ONE.replace("pathway: x", "pathway: ../../etc/passwd")),
    "a control character": ("unseen-character", ONE.replace("it: A", 'it: "A\\x07"')),
    "a null": ("bad-character", ONE + "\0"),
    "a look-alike": ("bad-name", ONE.replace("pathway: x", f"pathway: {CYRILLIC_HA}")),
    "a template": ("template", ONE.replace("it: A", 'it: "{{ name }}"')),
}
EVERY_FACT = ", ".join(
    f"{{{name}: unknown}}, {{{name}: {next(iter(fact.choices), 'true')}}}"
    for name, fact in shipped_facts().items()
    if fact.type in {FactType.CHOICE, FactType.BOOLEAN}
)
HONEST = {
    "a mark of byte order": "\ufeff" + ONE,
    "two hundred steps in a row": HEAD + "".join(STEP % (n, f", needs: [s{n - 1}]" if n else "") for n in range(200)),
    "a hundred ways into one": HEAD
    + "".join(STEP % (n, "") for n in range(100))
    + STEP % (100, f", needs: {{any_of: [{', '.join(f's{n}.done' for n in range(100))}]}}"),
}


def cost(text: str, folder: Path) -> Cost:
    path = folder / "nasty.yaml"
    path.write_text(text, encoding="utf-8")
    return cost_of(path)


@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_file_is_refused_at_once(name: str, tmp_path: Path) -> None:
    code, text = NASTY[name]
    paid = cost(text, tmp_path)
    assert code in paid.found
    assert paid.seconds < REFUSED_SECONDS
    assert paid.mib < MOST_MIB


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_large_file_is_checked_in_time(name: str, tmp_path: Path) -> None:
    paid = cost(HONEST[name], tmp_path)
    assert paid.found == []
    assert paid.seconds < HONEST_SECONDS
    assert paid.mib < MOST_MIB


def test_a_file_of_a_gigabyte_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(2**30)  # sparse: it takes no room
    paid = cost_of(path)
    assert paid.found == ["too-large"]
    assert paid.seconds < REFUSED_SECONDS


def test_conditions_on_very_many_facts_are_given_up_in_time_and_that_is_said(tmp_path: Path) -> None:
    text = HEAD + "".join(STEP % (n, f", when: {{any: [{EVERY_FACT}]}}") for n in range(12))
    paid = cost(text, tmp_path)
    assert "not-explored" in paid.found
    assert paid.seconds < HONEST_SECONDS
    assert paid.mib < MOST_MIB
