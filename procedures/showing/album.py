"""The shipped procedures as the docs show them: for each its drawing, and a page that says the same in words."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from procedures.loading import shipped_facts, shipped_library
from procedures.schema import Pathway
from procedures.showing.svg import drawing
from procedures.showing.timetable import worst_case
from procedures.showing.words import plain_words

INDEX = "README.md"
HEAD = """# The shipped procedures, drawn

Made by `make docs` from [`procedures/pathways/`](../../procedures/pathways/). Each is a sample: a network adapts it to
what its own bodies promised each other. The desk shows them under `/procedures`, in Italian or English, and
`staffetta procedures show NAME --format svg` draws any other file.

How to read a drawing: a lane for each service or authority, time from left to right, an arrow from a step to the one
that needs it. A broken edge: only where the facts are so. A circle with an arrow's head: a step that is done again. The
lowest lane, where there is one: signals from outside. On the right: how it can end. Under the title: whom it is about,
where that is not the survivor, and what it rests on; a step says where that is otherwise. Each page says all in words.
"""


def files() -> Mapping[str, str]:
    """The text of each file, by its name."""
    found = {INDEX: "\n".join(_index()) + "\n"}
    for name, pathway in sorted(shipped_library().current.items()):
        found[f"{name}.svg"] = drawing(pathway, shipped_facts(), str, "en", shipped_library().current)
        found[f"{name}.md"] = "\n".join(_page(pathway)) + "\n"
    return found


def write(folder: Path) -> None:
    """Write them all, and take away the drawing and the page of a procedure that is not shipped any more."""
    folder.mkdir(exist_ok=True)
    now = files()
    for old in (*folder.glob("*.svg"), *folder.glob("*.md")):
        if old.name not in now:
            old.unlink()
    for name, text in now.items():
        (folder / name).write_text(text, encoding="utf-8")


def _index() -> Iterator[str]:
    yield HEAD
    yield "| procedure | edition | steps | text |"
    yield "|---|---|---|---|"
    for name, pathway in sorted(shipped_library().current.items()):
        title = f"[{pathway.title.en}]({name}.md) (*{pathway.title.it}*)"
        text = f"[{name}.yaml](../../procedures/pathways/{name}.yaml)"
        yield f"| {title} | {pathway.edition} | {len(pathway.steps)} | {text} |"


def _page(pathway: Pathway) -> Iterator[str]:
    about, *parts = plain_words(pathway, shipped_facts(), str, "en", shipped_library().current)
    yield f"# {about.heading}\n"
    yield f"*{pathway.title.it}.* [All procedures]({INDEX}). {' '.join(about.sentences)}\n"
    yield f"![Drawing of the pathway; the same stands below in words]({pathway.name}.svg)"
    for part in parts:
        yield f"\n## {part.heading}\n"
        yield from (f"- {sentence}" for sentence in part.sentences)
    yield "\n## If nobody ever answers"
    for silence in worst_case(pathway, str, "en"):
        yield f"\n{silence.title}:\n"
        yield from (f"- {call.after}: {call.what}" for call in silence.calls)
