"""Whether a scenario speaks of what there is: pathways, steps, facts, people. A slip of the pen passes no test."""

import re
from collections.abc import Collection, Iterator
from enum import StrEnum

from procedures import events as e
from procedures.case import CaseStatus, ConsentState, HandoffState, RunState, StepState
from procedures.commands import CancelReason, DeclineReason
from procedures.directory import Directory
from procedures.errors import Refused
from procedures.language.limits import Clock
from procedures.marking import N_
from procedures.nodes import Mapping, Node, Scalar, Sequence
from procedures.reading import Document, listed, nearest_word
from procedures.scenario import standing, telling
from procedures.scenario.kinds import UNKNOWN_LINE_WORD, UNKNOWN_NAME
from procedures.scenario.language import Act, Scenario
from procedures.scenario.moments import MOMENT_WORDS
from procedures.scenario.verbs import BY, CARRIERS, VERBS
from procedures.schema import AskStep, AwaitStep, FactType, Library

_NUMBER = re.compile(r"\d+|\d{2}:\d{2}(:\d{2})?|true|false")
_CODES: tuple[type[StrEnum], ...] = (
    *(e.AlertPurpose, e.SkipReason, CancelReason, DeclineReason, Clock),
    *(CaseStatus, ConsentState, HandoffState, RunState, StepState),
)


def check(document: Document, scenario: Scenario, library: Library, directory: Directory) -> None:
    """Take note of every name in a scenario that neither the procedures nor the network know."""
    known = Known(library, directory)
    _given(document, scenario, known)
    lines = list(scenario.never)
    for block in scenario.blocks:
        lines += (*block.expected, *block.never, *block.now)
        for act in block.acts:
            _act(document, act, known)
    for line in lines:
        for word in dict.fromkeys(word.rstrip(",") for word in line.words.split(" ")):
            if word not in known.line_words and not _NUMBER.fullmatch(word):
                near = nearest_word(word, known.line_words)
                document.fault(UNKNOWN_LINE_WORD, line.node, word=word, nearest=f": {near}" if near else "")


class Known:
    """Every name that a scenario may use."""

    def __init__(self, library: Library, directory: Directory) -> None:
        self.library = library
        self.directory = directory
        self.steps = {name: step for pathway in library.current.values() for name, step in pathway.steps.items()}
        self.consents = library.consents()
        self.line_words = frozenset(self._line_words())

    def _line_words(self) -> Iterator[str]:
        yield from (*telling.words(), *standing.WORDS, *MOMENT_WORDS)
        yield from (word for code in _CODES for value in code for word in (value.value, *value.value.split("_")))
        yield from (word for kind in _below(e.Event) for word in _parts(kind.__name__))
        yield from (_code(kind) for kind in _below(Refused))
        network = self.directory
        for names in (network.services, network.people, network.coordinators, network.desks, network.bodies):
            yield from names
        yield from (*self.library.current, *self.steps, *self.consents, *self.library.facts)
        yield from (choice for fact in self.library.facts.values() for choice in fact.choices)
        for pathway in self.library.current.values():
            yield from (outcome.name for outcome in pathway.outcomes)
        for step in self.steps.values():
            if isinstance(step, AskStep | AwaitStep):
                yield from step.results
                yield from step.extend.agreed_by if step.extend else ()


def _below(kind: type) -> Iterator[type]:
    below: list[type] = kind.__subclasses__()
    for inner in below:
        yield inner
        yield from _below(inner)


def _parts(name: str) -> list[str]:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower().split(" ")


def _code(kind: type) -> str:
    return "-".join(_parts(kind.__name__))


def _given(document: Document, scenario: Scenario, known: Known) -> None:
    given, nodes = scenario.given, scenario.given.nodes
    single: tuple[tuple[str, str | None, Collection[str], str], ...] = (
        ("pathway", given.pathway, known.library.current, N_("pathway")),
        ("territory", given.territory, known.directory.territories(), N_("territory of the network")),
        ("desk", given.desk, known.directory.desks, N_("desk of the network")),
    )
    for word, name, names, what in single:
        if name and word in nodes:
            _known(document, nodes[word], name, names, what)
    network = known.directory
    barred = {*network.services, *network.people, *network.bodies, *network.coordinators}
    several: tuple[tuple[str, Collection[str], str], ...] = (
        ("consents", known.consents, N_("consent of a pathway")),
        ("exclusions", barred, N_("service, body or person of the network")),
    )
    for word, names, what in several:
        for item in _items(nodes.get(word)):
            _known(document, item, item.text, names, what)
    facts = nodes.get("facts")
    for name, entry in facts if isinstance(facts, Mapping) else ():
        if _known(document, entry.key, name, known.library.facts, N_("fact")):
            fact = known.library.facts[name]
            if fact.type is FactType.CHOICE and isinstance(entry.value, Scalar):
                _known(
                    document, entry.value, entry.value.text, (*fact.choices, "not_answered"), N_("value of this fact")
                )


def _act(document: Document, act: Act, known: Known) -> None:
    target = act.nodes.get(act.verb)
    if target is None:
        return
    if act.verb in CARRIERS:
        _known(document, target, act.target, known.directory.people, N_("person of the network"))
        return
    _target(document, act, target, known)
    if BY in act.nodes:
        _known(document, act.nodes[BY], str(act.more.get(BY)), known.directory.people, N_("person of the network"))
    reasons = DeclineReason if act.verb == "decline" else CancelReason
    if "reason" in act.nodes:
        _known(document, act.nodes["reason"], str(act.more.get("reason")), list(reasons), N_("reason on the list"))
    step = known.steps.get(act.target.split("/")[0])
    if "result" in act.nodes and isinstance(step, AskStep | AwaitStep):
        _known(document, act.nodes["result"], str(act.more.get("result")), step.results, N_("result of the step"))


def _target(document: Document, act: Act, node: Node, known: Known) -> None:
    of = VERBS[act.verb].of
    step, slash, service = act.target.partition("/")
    if of == "consent":
        _known(document, node, act.target, known.consents, N_("consent of a pathway"))
    elif of == "pathway":
        _known(document, node, act.target, known.library.current, N_("pathway"))
    elif of == "reason":
        _known(document, node, act.target, list(CancelReason), N_("reason on the list"))
    elif of == "step" and _known(document, node, step, known.steps, N_("step")) and slash:
        _known(document, node, service, known.directory.services, N_("service of the network"))


def _items(node: Node | None) -> Iterator[Scalar]:
    if isinstance(node, Sequence):
        yield from (item for item in node.items if isinstance(item, Scalar))


def _known(document: Document, node: Node, name: str, names: Collection[str], what: str) -> bool:
    if name in names:
        return True
    near = nearest_word(name, list(names)) or listed(sorted(names))
    document.fault(UNKNOWN_NAME, node, name=name, what=what, known=near)
    return False
