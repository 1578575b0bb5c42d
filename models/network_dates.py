"""Reads `dates` of a network file: the days that the network's own work leads up to, by territory and fact."""

from collections.abc import Mapping
from datetime import datetime

from models import network_faults as kinds
from procedures.language.facts import About
from procedures.loading import shipped_facts
from procedures.nodes import Node, Scalar, Sequence
from procedures.reading import Document, listed, shown
from procedures.schema import Fact, FactType
from procedures.values import as_moment, moment_text

Dates = Mapping[str, Mapping[str, tuple[str, ...]]]
DATED = frozenset({FactType.DATE, FactType.DATETIME})


def read_dates(document: Document, node: Node) -> Dates:
    """The days of each territory, as facts are kept: a day, or a moment in UTC."""
    known = {name: fact for name, fact in shipped_facts().items() if fact.about is About.NETWORK and fact.type in DATED}
    return {
        territory: _of_territory(document, entry.value, known) for territory, entry in document.named(node, "valley")
    }


def _of_territory(document: Document, node: Node, known: Mapping[str, Fact]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, entry in document.named(node, "protocol_ends_on"):
        fact = known.get(name)
        if fact is None:
            document.fault(kinds.NO_DATE_OF_OURS, entry.key, fact=shown(name), known=listed(known))
            continue
        items = document.items(entry.value, "[2027-03-08]") if isinstance(entry.value, Sequence) else (entry.value,)
        read = _read_day if fact.type is FactType.DATE else _read_moment
        values = [(item, value) for item in items if (value := read(document, item)) is not None]
        for number, (item, value) in enumerate(values):
            if value in [other for _item, other in values[:number]]:
                document.fault(kinds.SAME_TWICE, item, word=value)
        found[name] = tuple(value for _item, value in values)
    return found


def _read_day(document: Document, node: Node) -> str | None:
    day = document.date(node)
    return None if day is None else day.isoformat()


def _read_moment(document: Document, node: Node) -> str | None:
    """With its zone: a file is read in any country."""
    text = node.text if isinstance(node, Scalar) else ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or as_moment(text) is None:
        document.fault(kinds.BAD_MOMENT, node)
        return None
    return moment_text(moment)
