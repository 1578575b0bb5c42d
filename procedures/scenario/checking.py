"""Whether a scenario speaks of what there is: pathways, steps, facts, people. A slip of the pen passes no test."""

import re
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from procedures import events as e
from procedures import nodes
from procedures.case import CaseStatus, ConsentState, HandoffState, RunState, StepState
from procedures.commands import (
    ActFirstReason,
    AnewReason,
    CancelReason,
    ConfirmedHow,
    DeclineReason,
    FactReason,
    MoveReason,
    ReopenReason,
    ReviewFinding,
)
from procedures.directory import Directory
from procedures.errors import Refused
from procedures.language.limits import Clock
from procedures.language.pathways import consents_of
from procedures.marking import N_
from procedures.nodes import Node, Scalar, Sequence
from procedures.reading import Document, listed, nearest_word
from procedures.scenario import standing, telling
from procedures.scenario.kinds import UNKNOWN_LINE_WORD, UNKNOWN_NAME
from procedures.scenario.language import Act, Scenario
from procedures.scenario.moments import MOMENT_WORDS
from procedures.scenario.verbs import ADOPT, BY, BY_OPERATOR, CARRIERS, TAKER, VERBS
from procedures.schema import (
    COORDINATOR,
    OPERATOR,
    AskStep,
    AwaitStep,
    Fact,
    FactType,
    Library,
    Pathway,
    StartStep,
    TellStep,
)
from procedures.values import NOT_ANSWERED

_NUMBER = re.compile(r"\d+|\d{2}:\d{2}(:\d{2})?|\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}[+]00:00)?|true|false")
_CODES: tuple[type[StrEnum], ...] = (
    *(
        e.AlertPurpose,
        e.SkipReason,
        e.RepetitionEnd,
        CancelReason,
        DeclineReason,
        ActFirstReason,
        FactReason,
        AnewReason,
        ConfirmedHow,
        ReopenReason,
        ReviewFinding,
        MoveReason,
        Clock,
    ),
    *(CaseStatus, ConsentState, HandoffState, RunState, StepState),
)


def check(document: Document, scenario: Scenario, known: "Known") -> None:
    """Take note of every name in a scenario that neither the procedures nor the network know."""
    _given(document, scenario, known)
    lines = list(scenario.never)
    for block in scenario.blocks:
        lines += (*block.expected, *block.never, *block.now)
        for act in block.acts:
            _act(document, act, known, scenario.given.pathway)
    for line in lines:
        for word in dict.fromkeys(word.rstrip(",") for word in line.words.split(" ")):
            if word not in known.line_words and not _NUMBER.fullmatch(word):
                near = nearest_word(word, known.line_words)
                document.fault(UNKNOWN_LINE_WORD, line.node, word=word, nearest=f": {near}" if near else "")


class Known:
    """Every name that a scenario may use."""

    def __init__(
        self, library: Library, directory: Directory, earlier: Mapping[str, Pathway] = MappingProxyType({})
    ) -> None:
        """`earlier`: the texts that the stories begin with in the place of those of the library."""
        self.library = library
        self.directory = directory
        self.earlier = earlier
        self.pathways = (*library.current.values(), *earlier.values())
        self._within: dict[str, Mapping[str, frozenset[str]]] = {}
        self.consents = library.consents().union(*(consents_of([one]) for one in earlier.values()))
        self.signals = frozenset(name for pathway in self.pathways for name in pathway.signals)
        self.line_words = frozenset(self._line_words())

    def openers(self, pathway: str) -> Collection[str]:
        """On whose word a case may be opened with the pathway; a story may say that it is somebody else's."""
        offered = (service.competences for service in self.directory.services.values())
        named = (one.opened_by for one in self.texts(pathway))
        return frozenset({OPERATOR, COORDINATOR}).union(*named, *offered)

    def texts(self, pathway: str) -> list[Pathway]:
        """Today's text of a pathway, and the earlier one."""
        return [one for one in self.pathways if one.name == pathway]

    def steps(self, pathway: str) -> Mapping[str, frozenset[str]]:
        """The steps of a pathway and of those that it starts, with their results."""
        if pathway not in self._within:
            found: dict[str, frozenset[str]] = {}
            for name in self._reached_from(pathway):
                for step in (step for one in self.texts(name) for step in one.steps.values()):
                    own = frozenset(step.results) if isinstance(step, AskStep | AwaitStep) else frozenset[str]()
                    found[step.name] = found.get(step.name, frozenset()) | own
            self._within[pathway] = found
        return self._within[pathway]

    def _reached_from(self, pathway: str) -> set[str]:
        reached, waiting = set[str](), [pathway] if pathway in self.library.current else []
        while waiting:
            name = waiting.pop()
            reached.add(name)
            steps = [step for one in self.texts(name) for step in one.steps.values()]
            started = {step.pathway for step in steps if isinstance(step, StartStep)}
            waiting += started - reached
        return reached

    def _line_words(self) -> Iterator[str]:
        yield from (*telling.words(), *standing.WORDS, *MOMENT_WORDS, e.SIGNAL_CAME)
        yield from (word for code in _CODES for value in code for word in (value.value, *value.value.split("_")))
        yield from (word for kind in _below(e.Event) for word in _parts(kind.__name__))
        yield from (_code(kind) for kind in _below(Refused))
        network = self.directory
        for names in (network.services, network.people, network.coordinators, network.desks, network.bodies):
            yield from names
        yield from (*self.library.current, *self.consents, *self.signals, *self.library.facts)
        yield from (choice for fact in self.library.facts.values() for choice in fact.choices)
        for pathway in self.pathways:
            yield from (outcome.name for outcome in pathway.outcomes)
            yield from pathway.steps
            for step in pathway.steps.values():
                if isinstance(step, AskStep | AwaitStep):
                    yield from (*step.results, *(step.extend.agreed_by if step.extend else ()))
                elif isinstance(step, TellStep):
                    yield from step.competences


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
    given, places = scenario.given, scenario.given.nodes
    single: tuple[tuple[str, str | None, Collection[str], str], ...] = (
        ("pathway", given.pathway, known.library.current, N_("pathway")),
        ("territory", given.territory, known.directory.territories(), N_("territory of the network")),
        ("desk", given.desk, known.directory.desks, N_("desk of the network")),
        ("by", given.by, known.openers(given.pathway), N_("word on which a case is opened")),
    )
    for word, name, names, what in single:
        if name and word in places:
            _known(document, places[word], name, names, what)
    network = known.directory
    barred = {*network.services, *network.people, *network.bodies, *network.coordinators}
    several: tuple[tuple[str, Collection[str], str], ...] = (
        ("consents", known.consents, N_("consent of a pathway")),
        ("exclusions", barred, N_("service, body or person of the network")),
    )
    for word, names, what in several:
        for item in _items(places.get(word)):
            _known(document, item, item.text, names, what)
    facts = places.get("facts")
    for name, entry in facts if isinstance(facts, nodes.Mapping) else ():
        if _known(document, entry.key, name, known.library.facts, N_("fact")):
            fact = known.library.facts[name]
            if fact.type is FactType.CHOICE and isinstance(entry.value, Scalar):
                _known(
                    document, entry.value, entry.value.text, (*fact.choices, "not_answered"), N_("value of this fact")
                )


def _value(document: Document, node: Node, fact: Fact) -> None:
    if fact.type is FactType.CHOICE and isinstance(node, Scalar):
        _known(document, node, node.text, (*fact.choices, NOT_ANSWERED), N_("value of this fact"))


def _act(document: Document, act: Act, known: Known, pathway: str) -> None:
    target = act.nodes.get(act.verb)
    if target is None:
        return
    if act.verb in CARRIERS:
        _known(document, target, act.target, known.directory.people, N_("person of the network"))
        return
    if act.verb == ADOPT:
        _known(document, target, act.target, known.earlier, N_("pathway with an earlier text"))
        return
    steps = known.steps(pathway)
    _target(document, act, target, known, steps)
    for word, others in ((BY, (BY_OPERATOR,)), (TAKER, ())):
        if word in act.nodes:
            people = (*known.directory.people, *others)
            _known(document, act.nodes[word], str(act.more.get(word)), people, N_("person of the network"))
    if "reason" in act.nodes:
        reasons = VERBS[act.verb].reasons
        _known(document, act.nodes["reason"], str(act.more.get("reason")), reasons, N_("reason on the list"))
    named = act.target.split("/")[-1 if VERBS[act.verb].of == "any_step" else 0]
    if "result" in act.nodes and (results := steps.get(named)):
        _known(document, act.nodes["result"], str(act.more.get("result")), results, N_("result of the step"))
    for word in ("keep", "cancel"):
        for item in _items(act.nodes.get(word)):
            _known(document, item, item.text, steps, N_("step"))


def _target(document: Document, act: Act, node: Node, known: Known, steps: Collection[str]) -> None:
    of = VERBS[act.verb].of
    step, slash, service = act.target.partition("/")
    if of == "consent":
        _known(document, node, act.target, known.consents, N_("consent of a pathway"))
    elif of == "signal":
        _known(document, node, act.target, known.signals, N_("signal of a pathway"))
    elif of == "pathway":
        _known(document, node, act.target, known.library.current, N_("pathway"))
    elif of == "reason":
        _known(document, node, act.target, VERBS[act.verb].reasons, N_("reason on the list"))
    elif of == "fact" and _known(document, node, act.target, known.library.facts, N_("fact")) and "to" in act.nodes:
        _value(document, act.nodes["to"], known.library.facts[act.target])
    elif of == "nothing":
        _known(document, node, act.target, ("true",), N_("word for it"))
    elif of == "any_step":
        pathway, slash, step = act.target.rpartition("/")
        if not slash or _known(document, node, pathway, known.library.current, N_("pathway")):
            _known(document, node, step, steps, N_("step"))
    elif of == "step" and _known(document, node, step, steps, N_("step")) and slash:
        asked = (*known.directory.services, *known.directory.coordinators)
        _known(document, node, service, asked, N_("service of the network"))


def _items(node: Node | None) -> Iterator[Scalar]:
    if isinstance(node, Sequence):
        yield from (item for item in node.items if isinstance(item, Scalar))


def _known(document: Document, node: Node, name: str, names: Collection[str], what: str) -> bool:
    if name in names:
        return True
    near = nearest_word(name, list(names)) or listed(sorted(names))
    document.fault(UNKNOWN_NAME, node, name=name, what=what, known=near)
    return False
