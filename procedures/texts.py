"""Reading texts that people see: each in Italian and in English."""

from procedures.nodes import Node
from procedures.reading import Document, Form
from procedures.schema import Text

_TEXT = Form(known=("it", "en"), required={"it": "it: Trovare un posto", "en": "en: Find a place"})


def read_text(document: Document, node: Node) -> Text | None:
    """A text in the two languages of the network."""
    fields = document.fields(node, _TEXT, "{it: Trovare un posto, en: Find a place}")
    said = {language: document.text(value) for language, value in fields.items()}
    italian, english = said.get("it"), said.get("en")
    return Text(it=italian, en=english) if italian and english else None
