"""Every command with every option and argument, and what is wrong for each of them.

Commands and their options are walked as Typer has them. An option of a kind that is checked by Typer (a list of
words, a number, a flag) is tried by its kind; for any other the wrong words stand in `WRONG`, and one that is missing
there fails.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.main import get_command

from cli.main import app

USAGE, FAILED, FOUND, MISSING, REFUSED = 2, 1, 3, 4, 5
NOWHERE, FOLDER, NOT_UTF8, LARGE, BROKEN = "NOWHERE", "FOLDER", "NOT_UTF8", "LARGE", "BROKEN"
"""Stand for paths that are made by the story."""
LONG = "x" * 100_000
CODE = [
    ("C-0000-0000", MISSING),
    ("nonsense", MISSING),
    ("", MISSING),
    ("'; DROP TABLE cases", MISSING),
    (LONG, MISSING),
]
NAMES = [("nonsense", MISSING), ("sé\u202e\x1b[2J", MISSING), (LONG, MISSING)]
MOMENTS = [(value, REFUSED) for value in ("nonsense", "2027-02-30T20:00", "2027-03-28T02:30", LONG)]
PAIRS = [
    ("risk", USAGE),
    ("=high", USAGE),
    ("rsik=high", MISSING),
    ("risk=Giovanna", REFUSED),
    (f"risk={LONG}", REFUSED),
]
FILES = [(NOWHERE, FAILED), (FOLDER, FAILED), (NOT_UTF8, FAILED), (LARGE, FOUND), (BROKEN, FOUND)]
EXCLUDED = [("nobody", MISSING), ("Giovanna", MISSING), (LONG, MISSING)]
RESULT = [("nonsense", MISSING), ("due parole", MISSING), (LONG, MISSING)]
EVIDENCE = [("place_confirmed_at", USAGE), ("=x", USAGE), ("nonsense=1", REFUSED), ("when=soon", REFUSED)]
CONFIGS = [(NOWHERE, FAILED), (FOLDER, FAILED), (NOT_UTF8, FAILED), (LARGE, FAILED), (BROKEN, FAILED)]
NOT_PROPOSED = [(value, REFUSED) for value, _ in NAMES]
PROCEDURES = [(NOWHERE, FOUND), (NOT_UTF8, FOUND), (LARGE, FOUND), (BROKEN, FOUND)]

WRONG_HERE: Mapping[tuple[tuple[str, ...], str], Sequence[tuple[str, int]]] = {
    (("case", "fact"), "--reason"): [("nonsense", MISSING), (LONG, MISSING)],
    (("case", "decide"), "result"): [("nonsense", REFUSED), ("sé", REFUSED), (LONG, REFUSED)],
    (("case", "decide"), "--evidence"): [("place_confirmed_at", USAGE), ("=x", USAGE), ("nonsense=1", REFUSED)],
    # No shipped pathway knows a signal: that is said first.
    (("case", "signal"), "--evidence"): [("place_confirmed_at", USAGE), ("=x", USAGE), ("nonsense=1", MISSING)],
    (("network", "start"), "--fact"): [
        ("meeting_at", USAGE),
        ("=2027-02-01", USAGE),
        ("risk=high", MISSING),
        ("nonsense=1", MISSING),
        ("meeting_at=soon", REFUSED),
    ],
    (("network", "gaps"), "--days"): [(value, USAGE) for value in ("many", "1.5", "0", "-1", "9999")],
    (("network", "override"), "--until"): MOMENTS,
    (("network", "override"), "service"): NAMES,
    (("network", "swap"), "service"): NAMES,
    (("audit", "export"), "--to"): [(FOLDER, FAILED), ("nowhere/at/all.zip", FAILED), (LONG, FAILED)],
    (("procedures", "adopt"), "name"): NOT_PROPOSED,
    (("procedures", "withdraw"), "name"): NOT_PROPOSED,
    (("procedures", "adopt"), "--by"): NAMES,
    (("procedures", "move"), "--by"): NAMES,
    (("procedures", "propose"), "--by"): NAMES,
    (("procedures", "take-out"), "--by"): NAMES,
    (("procedures", "withdraw"), "--by"): NAMES,
    (("procedures", "propose"), "file"): [(NOWHERE, FAILED), (FOLDER, FAILED), (NOT_UTF8, FAILED), (BROKEN, FOUND)],
    (("case", "erase"), "--reason"): [("nonsense", REFUSED), ("due parole", REFUSED), (LONG, REFUSED)],
    (("case", "erase"), "--by"): NAMES,
    (("case", "retention"), "--by"): NAMES,
    (("keys", "split"), "--to"): [(NOWHERE, FAILED), (FOLDER, FAILED), (NOT_UTF8, FAILED)],
    (("watch",), "file"): [(NOWHERE, FAILED), (FOLDER, FAILED), (NOT_UTF8, FAILED), (LARGE, FAILED), (BROKEN, FAILED)],
    (("case", "receipts"), "--to"): [(FOLDER, FAILED), ("nowhere/at/all", FAILED), (LONG, FAILED)],
    (("case", "gather"), "--to"): [("nonsense", USAGE), ("nowhere/at/all.html", FAILED), (f"{LONG}.html", FAILED)],
    (("pin", "lost"), "person"): [(value, REFUSED) for value, _ in NAMES],
    (("pin", "trust"), "person"): [(value, REFUSED) for value, _ in NAMES],
    (("handoff", "confirm"), "--said-by"): [(value, REFUSED) for value, _ in NAMES],
    (("handoff", "false"), "--said-by"): [(value, REFUSED) for value, _ in NAMES],
    (("user", "add"), "name"): [(LONG, FAILED), (" ", FAILED), ("x" * 500, FAILED)],
    (("user", "key-add"), "name"): [(LONG, FAILED), (" ", FAILED), ("x" * 500, FAILED)],
}
"""Where a word of the same name means something else in one command."""
WRONG: Mapping[str, Sequence[tuple[str, int]]] = {
    "person": NAMES,
    "--anchors": CONFIGS,
    "--config": CONFIGS,
    "code": CODE,
    "codes": CODE,
    "ref": CODE,
    "--pathway": NAMES,
    "--territory": NAMES,
    "--desk": NAMES,
    "--exclude": EXCLUDED,
    "--consent": NAMES,
    "--service": NAMES,
    "--asked-in": [("nonsense", USAGE), ("IT", USAGE), (LONG, USAGE)],
    "--until": [
        ("nonsense", USAGE),
        ("2027-02-30", USAGE),
        ("9999-12-31", USAGE),
        ("2020-01-01", REFUSED),
        (LONG, USAGE),
    ],
    "--text": [("it", USAGE), ("=x", USAGE), ("it=nowhere/at/all.txt", FAILED), (f"it={LONG}", FAILED)],
    "consent": NAMES,
    "--fact": PAIRS,
    "fact": PAIRS,
    "--by": [("nonsense", REFUSED), ("'; DROP TABLE cases", REFUSED), (LONG, REFUSED)],
    "--evidence": EVIDENCE,
    "--result": RESULT,
    "--reason": NAMES,
    "step": NAMES,
    "ended": NAMES,
    "result": NAMES,
    "--keep": [("nonsense", REFUSED), ("sé", REFUSED), (LONG, REFUSED)],
    "--cancel": [("nonsense", REFUSED), ("sé", REFUSED), (LONG, REFUSED)],
    "name": NAMES,
    "old": NAMES,
    "new": NAMES,
    "file": FILES,
    "--network": FILES,
    "paths": PROCEDURES,
    "--may": [("nonsense", MISSING), ("cases", MISSING), (LONG, MISSING)],
    "--body": NAMES,
    "--explain": NAMES,
    "--agreed": [("nonsense", REFUSED), ("coordinator", REFUSED), (LONG, REFUSED)],
    "--edition": [("many", USAGE), ("0", USAGE), ("1.5", USAGE), ("99", MISSING)],
    "--case": CODE,
    "--to": [("many", USAGE), ("0", USAGE), ("1.5", USAGE), ("99", REFUSED)],
    "--pdf": [(FOLDER, FAILED), ("nowhere/at/all.pdf", FAILED), (LONG, FAILED)],
    "edition": [("many", USAGE), ("0", USAGE), ("1.5", USAGE), ("99", REFUSED)],
    "pathway": NAMES,
    "signal": [("nonsense", MISSING), ("due parole", MISSING), (LONG, MISSING)],
    "--said-by": [("nonsense", MISSING), ("due parole", MISSING), (LONG, MISSING)],
    "shares": [(NOWHERE, FAILED), (FOLDER, FAILED), (NOT_UTF8, FAILED), (LARGE, FAILED), (BROKEN, FAILED)],
    "service": [("nonsense", REFUSED), ("sé", REFUSED), (LONG, REFUSED)],
    "--first": MOMENTS,
    "--second": MOMENTS,
    "--since": MOMENTS,
    "--why": [(" ", REFUSED), ("x" * 201, REFUSED), (LONG, REFUSED)],
    "who": NAMES,
    "number": [("many", USAGE), ("0", USAGE), ("1.5", USAGE), ("99", REFUSED)],
    "--person": [("nonsense", REFUSED), ("sé", REFUSED), (LONG, REFUSED)],
    "--days": [("many", USAGE), ("1.5", USAGE), ("0", FAILED), ("-1", FAILED), ("9999", FAILED)],
}
RIGHT: Mapping[str, str] = {
    "person": "olga",
    "code": "CODE",
    "ref": "REF",
    "--reason": "full",
    "fact": "injuries=no",
    "--result": "housed",
    "consent": "shelter",
    "step": "escort",
    "service": "luna_ascolto",
    "ended": "shelter",
    "result": "arrived",
    "answer": "given",
    "wish": "never",
    "signal": "found",
    "file": "FILE",
    "paths": "PATHWAY",
    "shares": "FILE",
    "--to": "FOLDER",
    "--by": "operatrice",
    "--why": "leave",
    "--since": "2099-01-01T20:00",
    "--until": "2099-01-02T08:00",
    "--first": "2099-01-01T20:00",
    "--second": "2099-01-02T20:00",
    "who": "nora",
    "number": "1",
    "name": "shelter",
    "edition": "1",
    "pathway": "tavolo_meeting",
    "old": "shelter",
    "new": "legal",
}
"""One word for each that must be given, so that only the one under trial is wrong."""
SAID: Mapping[tuple[str, ...], Mapping[str, str]] = {
    ("case", "gather"): {"--to": "nowhere/at/all.html"},
    ("case", "open"): {"--territory": "valle_chiara"},
    ("case", "fact"): {"--reason": "something_happened"},
    ("who-now",): {"--territory": "valle_chiara"},
    ("network", "start"): {"--territory": "valle_chiara"},
    ("procedures", "move"): {"--case": "CODE", "--reason": "law_changed", "--by": "operatrice"},
    ("procedures", "take-out"): {"name": "self_defence"},
    ("procedures", "propose"): {"file": "PATHWAY"},
    ("procedures", "check"): {"paths": "PATHWAY"},
    ("user", "role"): {"--give": "auditor"},
    ("user", "key-add"): {"--may": "cases.open"},
    ("case", "act-first"): {"--reason": "imminent_danger"},
    ("case", "forgo"): {"--reason": "helped_elsewhere"},
    ("case", "erase"): {"--reason": "her_request"},
    ("case", "retention"): {"--sign": "3650", "--by": "operatrice"},
    ("case", "reopen"): {"--reason": "new_incident"},
    ("case", "decide"): {"--reason": "appeal"},
}
"""What else is said, because the rules would ask for it first."""
NO_HOUSE = {
    ("config", "show"),
    ("procedures", "check"),
    ("procedures", "show"),
    ("procedures", "diff"),
    ("procedures", "test"),
    ("procedures", "coverage"),
    ("network", "check"),
    ("watch",),
}
"""Commands that look at no house."""
MAKES_A_HOUSE = {("serve",), ("network", "import")}


@dataclass(frozen=True)
class Trial:
    """Words, and the exit code that they deserve."""

    words: tuple[str, ...]
    code: int
    only_usage: bool = True
    """Whether no house is needed to see it."""
    twice: bool = True
    """Whether it is said in Italian and as JSON too: not again for every wrong word of one option."""


def leaves(command: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that name it."""
    for name, one in getattr(command, "commands", {}).items():
        if hasattr(one, "commands"):
            yield from leaves(one, (*above, name))
        else:
            yield (*above, name), one


EVERY = dict(leaves(get_command(app)))


def is_option(param: Any) -> bool:
    return bool(param.param_type_name == "option")


def key_of(param: Any) -> str:
    """The option, or the name of the argument."""
    return str(param.opts[0]) if is_option(param) else str(param.name)


def params(words: tuple[str, ...]) -> list[Any]:
    """Its own and the shared ones, but for `--help`."""
    return [param for param in EVERY[words].params if param.name != "help"]


def as_given(param: Any, value: str) -> tuple[str, ...]:
    """How this value of it is typed. A word of nothing but letters cannot be taken for an option."""
    return (param.opts[0], value) if is_option(param) else (value,)


def rightly(words: tuple[str, ...], but: Any = None, instead: tuple[str, ...] = ()) -> tuple[str, ...]:
    """All that the command needs, in its order; in the place of the one under trial, what stands there instead."""
    found: list[str] = []
    for param in params(words):
        if param is but:
            found += instead
        elif param.required or key_of(param) in SAID.get(words, {}):
            found += as_given(param, {**RIGHT, **SAID.get(words, {})}[key_of(param)])
    return tuple(found)


def by_kind(param: Any) -> list[tuple[str, int]]:
    """What is wrong for everything of this kind; nothing where words must be known."""
    if param.type_descriptor.choices:
        return [("nonsense", USAGE), ("DUE parole", USAGE), (LONG, USAGE)]
    if param.max is not None:
        return [("many", USAGE), ("-1", USAGE), ("1.5", USAGE), (str(param.max + 1), USAGE), (LONG, USAGE)]
    return []


def wrong_words(words: tuple[str, ...], param: Any) -> list[tuple[str, int]]:
    """Wrong values of it with their exit codes."""
    here = WRONG_HERE.get((words, key_of(param)))
    if here is not None:
        return list(here)
    if key_of(param) == "--data":
        return []
    return by_kind(param) or list(WRONG[key_of(param)])


def is_flag(param: Any) -> bool:
    return is_option(param) and bool(param.is_flag)


def trials(words: tuple[str, ...]) -> Iterator[Trial]:
    """The command wrong in every way that is known."""
    everything = (*words, *rightly(words))
    yield Trial((*everything, "--nonsense"), USAGE)
    yield Trial((*everything, "-Z"), USAGE)
    yield Trial((*everything, "--jsn"), USAGE)
    if all(is_option(param) or param.nargs == 1 for param in params(words)):
        most = sum(not is_option(param) for param in params(words))
        yield Trial((*words, *("desk",) * (most + 1)), USAGE)
    for param in params(words):
        if param.required:
            yield Trial((*words, *rightly(words, param)), USAGE)
        if is_flag(param):
            yield Trial((*everything, f"{key_of(param)}=1"), USAGE)
            continue
        if is_option(param):
            yield Trial((*words, *rightly(words, param), key_of(param)), USAGE)
            yield Trial((*words, *rightly(words, param, (key_of(param), ""))), USAGE)
            yield Trial((*words, *rightly(words, param, (f"{key_of(param)}=",))), USAGE)
        for number, (value, code) in enumerate(wrong_words(words, param)):
            if is_option(param) and value == "":
                continue
            instead = as_given(param, value)
            yield Trial(
                (*words, *rightly(words, param, instead)), code, only_usage=bool(by_kind(param)), twice=number == 0
            )


PATHS = {NOWHERE, FOLDER, NOT_UTF8, LARGE, BROKEN, "FILE", "PATHWAY"}


def lay_out(folder: Path, network: str, pathway: str) -> Mapping[str, str]:
    """The files that stand behind those words."""
    folder.mkdir()
    (folder / "folder").mkdir()
    (folder / "latin.yaml").write_bytes(b"name: perch\xe8\n")
    (folder / "large.yaml").write_text("# nothing\n" * 30_000, encoding="utf-8")
    (folder / "broken.yaml").write_text("bodies: [\n", encoding="utf-8")
    (folder / "network.yaml").write_text(network, encoding="utf-8")
    (folder / "shelter.yaml").write_text(pathway, encoding="utf-8")
    names = {
        NOWHERE: "nowhere.yaml",
        FOLDER: "folder",
        NOT_UTF8: "latin.yaml",
        LARGE: "large.yaml",
        BROKEN: "broken.yaml",
        "FILE": "network.yaml",
        "PATHWAY": "shelter.yaml",
    }
    return {word: str(folder / name) for word, name in names.items()}
