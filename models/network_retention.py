"""Reads `retention` of a body in a network file: for how long it keeps a case, and by which law or protocol."""

from models import network_faults as kinds
from procedures.directory import Retention
from procedures.nodes import Node
from procedures.reading import Document, Form

RETENTION = Form(known=("years", "months", "basis"), required={"basis": "basis: D.P.R. 1409/1963"})
MONTHS, MOST_YEARS = 12, 50


def read_retention(document: Document, node: Node) -> Retention | None:
    """What the body says; None where it is no rule, which is a fault."""
    fields = document.fields(node, RETENTION)
    basis = document.text(fields["basis"]) if "basis" in fields else None
    told = {word: document.whole_number(fields[word]) for word in ("years", "months") if word in fields}
    if None in told.values():
        return None
    months = (told.get("years") or 0) * MONTHS + (told.get("months") or 0)
    if not 1 <= months <= MOST_YEARS * MONTHS:
        document.fault(kinds.BAD_RETENTION, node)
        return None
    return None if basis is None else Retention(months=months, basis=basis)
