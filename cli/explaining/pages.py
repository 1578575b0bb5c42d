"""The pages of the codes, read from `pages/*.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from procedures.nodes import Node
from procedures.reading import Document, Form, read_document
from procedures.schema import Text
from procedures.texts import read_text

FOLDER = Path(__file__).parent / "pages"
_PAGE = Form(known=("why", "made", "wrong", "instead", "right"), required={"why": "why: {it: …, en: …}"})


@dataclass(frozen=True, slots=True)
class Page:
    """One code. `wrong` is a piece that has this fault and no other, `right` the same piece without it.

    `made` tells in words a wrong example that a page cannot show; then there is no `wrong`.
    """

    code: str
    group: str
    why: Text
    made: Text | None
    wrong: str | None
    right: str


@lru_cache(maxsize=1)
def pages() -> Mapping[str, Page]:
    """Every page by its code, in the order of the files.

    Raises:
        ProcedureFaults: a page cannot be read.
    """
    found: dict[str, Page] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        document = read_document(path.read_text(encoding="utf-8"), path.name)
        for code, entry in document.mapping(document.root, "unknown-step: {why: …}") or ():
            page = _page(document, code, path.stem, entry.value)
            if page is not None:
                found[code] = page
        document.finish()
    return found


def _page(document: Document, code: str, group: str, node: Node) -> Page | None:
    fields = document.fields(node, _PAGE)
    why = read_text(document, fields["why"]) if "why" in fields else None
    made = read_text(document, fields["made"]) if "made" in fields else None
    wrong = document.text(fields["wrong"]) if "wrong" in fields else None
    right = document.text(fields["right"]) if "right" in fields else _mended(document, wrong or "", fields)
    return None if why is None or right is None else Page(code, group, why, made, wrong, right)


def _mended(document: Document, wrong: str, fields: Mapping[str, Node]) -> str | None:
    """The wrong piece with each pair of `instead` put right."""
    right = wrong
    for pair in document.items(fields["instead"], "[[old, new]]") if "instead" in fields else ():
        old, new = (getattr(item, "text", "") for item in document.items(pair, "[old, new]"))
        right = right.replace(old, new)
    return right
