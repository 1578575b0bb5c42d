"""Reading what silence means (`on_expiry`), and longer time (`extend`)."""

from procedures.durations import read_duration
from procedures.grammar.limits import read_source
from procedures.nodes import Node
from procedures.reading import Document, Form
from procedures.schema import Extension, Silence

EXTENSION = Form(
    known=("by", "at_most", "agreed_by", "source"),
    required={
        "by": "by: 30 days",
        "at_most": "at_most: 1",
        "agreed_by": "agreed_by: [coordinator]",
        "source": 'source: {text: "protocol of the network, art. 5", verified: false}',
    },
)
_EXAMPLE = "{by: 30 days, at_most: 1, agreed_by: [coordinator], source: …}"


def read_silence(document: Document, fields: dict[str, Node]) -> str | None:
    """`escalate`, `note`, or a name; whether a result is called so is for the checks to say. None after a fault."""
    if "on_expiry" not in fields:
        return Silence.ESCALATE
    return document.name(fields["on_expiry"], Silence.ESCALATE)


def read_extension(document: Document, node: Node) -> Extension | None:
    """By how much, how often, by whom and why a limit may be moved."""
    fields = document.fields(node, EXTENSION, _EXAMPLE)
    by = read_duration(document, fields["by"]) if "by" in fields else None
    at_most = document.whole_number(fields["at_most"], at_least=1) if "at_most" in fields else None
    source = read_source(document, fields["source"]) if "source" in fields else None
    bodies = document.items(fields["agreed_by"], "[coordinator]") if "agreed_by" in fields else ()
    names = [document.name(item, "coordinator") for item in bodies]
    if by is None or at_most is None or source is None or not names or None in names:
        return None
    return Extension(by=by, at_most=at_most, agreed_by=tuple(dict.fromkeys(n for n in names if n)), source=source)
