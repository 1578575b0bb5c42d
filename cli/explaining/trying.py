"""Checking an example: the file that a piece is, or is a part of.

A piece with a line `pathway:` is a whole file, one that begins with `facts:` a vocabulary, with `scenarios:` stories,
one that begins with a part of a network's file stands in a small one; any other stands under `steps:` of a pathway.
After a line `# in facts.yaml` stand facts, after `# in the network's file` a part of that.
"""

import re
from pathlib import Path
from textwrap import indent

from models.network import parse_network, sample_network
from procedures.directory import Directory
from procedures.faults import Fault, ProcedureFaults
from procedures.loading import check_texts, load_facts, shipped_facts, shipped_library
from procedures.scenario.checking import Known, check
from procedures.scenario.reading import read_scenarios

ANOTHER_FILE = "# in another file\n"
NETWORK_FILE = "# in the network's file\n"
FACTS_FILE = "# in facts.yaml\n"
"""Begins the facts that a piece has beside those that are shipped."""
_FILE, _OTHER, _NETWORK, _FACTS = "example.yaml", "another.yaml", "network.yaml", "facts.yaml"
_SCENARIOS = "example.scenario.yaml"
_FRAME = """\
pathway: example
edition: 1
title: {{it: Esempio, en: Example}}
consent: example
outcomes: {{over: {first}}}
steps:
"""
_PARTS = {
    "bodies": "bodies: {town: {name: Comune}}\n",
    "people": "people: {anna: {name: Anna, contacts: [{email: anna@example.org}]}}\n",
    "services": "services:\n  desk: {body: town, name: {it: Sportello, en: Desk}, competences: [legal_aid], "
    'territories: [valley],\n    phone: "+39 06 5550 101", referent: anna}\n',
    "coordinators": "coordinators:\n  valley: {name: {it: Coordinamento, en: Coordination}, territories: [valley],\n"
    '    phone: "+39 06 5550 301", people: [anna]}\n',
    "holidays": "",
    "dates": "",
}
_FIRST = re.compile(r"^([a-z_0-9]+):", re.MULTILINE)
_WHOLE = re.compile(r"^pathway:", re.MULTILINE)


def faults_of(piece: str) -> tuple[Fault, ...]:
    """What the checker finds in a piece."""
    first = _FIRST.match(piece)
    try:
        if first and first[1] == "facts":
            load_facts(piece, _FACTS)
            return ()
        if first and first[1] in _PARTS:
            _network(piece)
            return ()
        if first and first[1] == "scenarios":
            return _scenarios(piece)
    except ProcedureFaults as error:
        return error.faults
    written, _, network = piece.partition(NETWORK_FILE)
    steps, _, facts = written.partition(FACTS_FILE)
    texts = dict(zip((_FILE, _OTHER), (framed(text) for text in steps.split(ANOTHER_FILE)), strict=False))
    try:
        vocabulary = {**shipped_facts(), **(load_facts(facts, _FACTS, shipped_facts()) if facts else {})}
    except ProcedureFaults as error:
        return error.faults
    return check_texts(texts, vocabulary, _network(network) if network else None)


def framed(piece: str) -> str:
    """The whole file of a pathway that a piece is, or whose steps it is; without what stands in other files."""
    piece = piece.partition(NETWORK_FILE)[0].partition(FACTS_FILE)[0]
    if _WHOLE.search(piece):
        return piece
    first = _FIRST.search(piece)
    return _FRAME.format(first=first[1] if first else "x") + indent(piece, "  ")


def _scenarios(piece: str) -> tuple[Fault, ...]:
    """A file of scenarios beside the shipped procedures, in the invented network."""
    document, read = read_scenarios(piece, _SCENARIOS)
    library, network = shipped_library(), parse_network(sample_network(), _NETWORK)
    for scenario in read:
        named = {Path(line.words).stem for line in scenario.given.earlier}
        earlier = {name: library.current[name] for name in named & library.current.keys()}  # as if the files were there
        check(document, scenario, Known(library, network, earlier))
    return tuple(document.faults)


def _network(piece: str) -> Directory:
    """A small network's file, with these parts of it written otherwise."""
    written = {first[1] for first in _FIRST.finditer(piece)}
    others = (part for name, part in _PARTS.items() if name not in written)
    return parse_network("".join((*others, piece)), _NETWORK)
