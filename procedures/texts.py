"""Reading texts that people see: each in Italian and in English, in plain words that carry nobody's data.

A title reaches pages, exports and, some day, an alert. So nothing may stand in it that a program would fill in, that
points at a person, or that looks like other words than it is (trust.md, surfaces; domain.md, rule 2).
"""

import re
import unicodedata

from procedures.fault_kinds import LOOK_ALIKE, PERSONAL, TEMPLATE, UNSEEN_CHARACTER
from procedures.nodes import Node
from procedures.reading import Document, Form, shown
from procedures.schema import Text

TEXT = Form(known=("it", "en"), required={"it": "it: Trovare un posto", "en": "en: Find a place"})
_TEMPLATE = re.compile(r"\{[^{}]*\}|\{\{|\}\}|\{%|%\}|\$\{|<[a-zA-Z/!]|%\([a-z_]+\)|%[sd]\b")
_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.\w+|(?<![\d/.])\+?\d(?:[ ./-]?\d){6,}(?!\d)|\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b"
)
"""An e-mail address, a telephone number, a *codice fiscale*."""
_DATE = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,4}/\d{4}\b")
"""A day or the number of a law: no telephone number."""
_LATIN = ("LATIN", "FEMININE", "MASCULINE")
"""How Unicode names the letters of Italian and English, the small ª and º among them."""
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories of what nobody sees: controls, direction marks, private use, line separators."""


def read_text(document: Document, node: Node) -> Text | None:
    """A text in the two languages of the network."""
    fields = document.fields(node, TEXT, "{it: Trovare un posto, en: Find a place}")
    said = {language: plain_text(document, value) for language, value in fields.items()}
    italian, english = said.get("it"), said.get("en")
    return Text(it=italian, en=english) if italian and english else None


def plain_text(document: Document, node: Node) -> str | None:
    """A text of one language, under the same rules."""
    text = document.text(node)
    if text is None:
        return None
    unseen = next((c for c in text if unicodedata.category(c) in _UNSEEN and c != "\n"), None)
    if unseen is not None:
        document.fault(UNSEEN_CHARACTER, node, character=f"U+{ord(unseen):04X}")
    elif (found := _TEMPLATE.search(text)) is not None:
        document.fault(TEMPLATE, node, words=shown(found[0]))
    elif (found := _PERSONAL.search(_DATE.sub(" ", text))) is not None:
        document.fault(PERSONAL, node)
    elif (odd := _foreign_letter(text)) is not None:
        document.fault(LOOK_ALIKE, node, character=odd, name=unicodedata.name(odd, "?").lower())
    else:
        return text
    return None


def _foreign_letter(text: str) -> str | None:
    """A letter of another alphabet than the Latin one: Italian and English need none, and some look the same."""
    return next((c for c in text if c.isalpha() and not unicodedata.name(c, "").startswith(_LATIN)), None)
