"""Whether a network has somebody whom a narrowed choice (`choose`) leaves: in each territory, for each body before."""

from collections.abc import Collection, Iterator, Mapping

from procedures.choosing import Terms, fulfils
from procedures.directory import Directory, Service
from procedures.faults import FaultKind, Severity
from procedures.grammar.drafts import PathwayDraft
from procedures.marking import N_
from procedures.nodes import Node
from procedures.placing import PlacedStep, competences_of
from procedures.reading import Document, listed
from procedures.schema import Fact, Pathway, StartStep
from procedures.story import Sentence, Story

NO_SUCH_TERRITORY = FaultKind(
    "no-such-territory",
    "The fact {fact} can name {value}, and nobody of the network works there: the coordinator would get the request.",
    "Call the choices of the fact like territories of the network: {known}.",
    Severity.WARNING,
)
NOBODY_LEFT = FaultKind(
    "nobody-left",
    "In {territory} every service that offers {competence} is of a body that is barred: the coordinator would get "
    "every request.",
    "Add a service of another body to the network, or take something out of barred.",
    Severity.WARNING,
)
BARS_NOBODY = FaultKind(
    "bars-nobody",
    "Nobody of the network offers {competence}: barring it changes nothing.",
    "Write a competence that the network knows: {known}.",
    Severity.WARNING,
)
NO_BODY_DOES_BOTH = FaultKind(
    "no-body-does-both",
    "In {territory} no body that can do {step} offers {competence} too: the coordinator would get every request.",
    "Add such a service to the network, or leave {word} out.",
    Severity.WARNING,
)
NO_OTHER_BODY = FaultKind(
    "no-other-body",
    "In {territory} {story}, no other body is left for {competence}: the coordinator would get the request.",
    "Add a service of another body to the network, or take {step} out of different_from.",
    Severity.WARNING,
)
TOO_FEW = FaultKind(
    "fewer-than-asked",
    "In {territory} {found} can be asked for {competence}, and {wanted} are to bring a result: the coordinator would "
    "get the rest.",
    "Write a smaller number, or add services to the network.",
    Severity.WARNING,
)
IF_DOES = N_("if {service} does {step}")


def territories_of(step: PlacedStep, facts: Mapping[str, Fact], directory: Directory) -> Collection[str]:
    """Where services are looked for: everywhere, or where the fact can say that the network has somebody."""
    every = directory.territories()
    return every if step.choose.territory is None else every.intersection(facts[step.choose.territory].choices)


def check_choices_in(document: Document, draft: PathwayDraft, pathway: Pathway, directory: Directory) -> None:
    """Take note of every choice that leaves nobody in this network."""
    for step in pathway.steps.values():
        if not isinstance(step, StartStep) and (step.choose.says_something or step.choose.fewest > 1):
            _check_names(document, draft, step, directory)
            for territory in sorted(territories_of(step, draft.facts, directory)):
                for competence in competences_of(step):
                    asked = {"territory": territory, "competence": competence}
                    for kind, more in _faults(step, pathway, directory, asked):
                        document.fault(kind, _place(draft, step), **asked, **more)


def _place(draft: PathwayDraft, step: PlacedStep) -> Node:
    choice = draft.steps[step.name].choice
    return choice.node if choice else draft.steps[step.name].key


def _check_names(document: Document, draft: PathwayDraft, step: PlacedStep, directory: Directory) -> None:
    """Territories and competences that the network does not know are mostly misspelt."""
    choice = step.choose
    if choice.territory is not None:
        known = listed(sorted(directory.territories()))
        for value in draft.facts[choice.territory].choices:
            if value not in directory.territories():
                data = {"fact": choice.territory, "value": value, "known": known}
                document.fault(NO_SUCH_TERRITORY, _place(draft, step), **data)
    offered = frozenset().union(*(service.competences for service in directory.services.values()))
    for name in choice.barred:
        if name not in offered:
            document.fault(BARS_NOBODY, _place(draft, step), competence=name, known=listed(sorted(offered)))


def _faults(
    step: PlacedStep, pathway: Pathway, directory: Directory, asked: Mapping[str, str]
) -> Iterator[tuple[FaultKind, Mapping[str, str]]]:
    choice, territory = step.choose, asked["territory"]
    offering = who_offers(directory, [asked["competence"]], territory)
    able = [s for s in offering if fulfils(directory, s, Terms(barred=frozenset(choice.barred)))]
    if offering and not able:
        yield NOBODY_LEFT, {}
    if not able:
        return  # nobody-offers tells the rest
    if len(able) < choice.fewest:
        yield TOO_FEW, {"found": str(len(able)), "wanted": str(choice.fewest)}
    for name in [choice.whose] if choice.whose else ():
        bodies = {service.body for service in who_does(pathway, name, directory, territory)}
        if bodies and bodies.isdisjoint(service.body for service in able):
            yield NO_BODY_DOES_BOTH, {"step": name, "word": "same_as" if choice.same_as else "same_person_as"}
    bodies = {service.body for service in able}
    for name in choice.different_from:
        for other in who_does(pathway, name, directory, territory):
            if bodies == {other.body}:
                story = Story([Sentence(IF_DOES, {"service": other.id, "step": name})])
                yield NO_OTHER_BODY, {"step": name, "story": story}


def who_does(pathway: Pathway, name: str, directory: Directory, territory: str) -> list[Service]:
    """The services that may do another step of a case of that territory; anywhere, where a fact says where."""
    step = pathway.steps[name]
    if isinstance(step, StartStep):
        return []
    return who_offers(directory, competences_of(step), None if step.choose.territory else territory)


def who_offers(directory: Directory, any_of: Collection[str], territory: str | None) -> list[Service]:
    """The services that offer one of these there; `None`: anywhere."""
    services = directory.services.values()
    able = (service for service in services if not service.competences.isdisjoint(any_of))
    return [service for service in able if territory in {None, *service.territories}]
