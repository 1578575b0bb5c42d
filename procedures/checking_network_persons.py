"""Whether a network has somebody else for a step that is to be another person's, and can tell who took one."""

from collections.abc import Iterator, Mapping

from procedures.checking_network_choices import who_does, who_offers
from procedures.choosing import Terms, fulfils, reachable_people
from procedures.directory import Directory, Service
from procedures.faults import FaultKind, Severity
from procedures.marking import N_
from procedures.persons import people_of_service, readers_of
from procedures.placing import PlacedStep
from procedures.schema import Pathway
from procedures.story import Sentence, Story

NO_OTHER_PERSON = FaultKind(
    "no-other-person",
    "In {territory} {story}, no other person is left for {competence}: the coordinator would get the request.",
    "Add a deputy with a mailbox of their own or a second service to the network, or take {step} out of "
    "other_person_than.",
    Severity.WARNING,
)
NEVER_KNOWN = FaultKind(
    "person-never-known",
    "In {territory} {story}, it may be that nobody knows who it was: several of its people share a mailbox or a "
    "telephone, and then the coordinator would get the request.",
    "Give each of them a channel of their own in the network, or write same_as.",
    Severity.WARNING,
)
IF_ONE_OF = N_("if somebody of {service} takes {step}")


def person_faults(
    step: PlacedStep, pathway: Pathway, directory: Directory, asked: Mapping[str, str]
) -> Iterator[tuple[FaultKind, Mapping[str, str | Story]]]:
    """What this network makes of `same_person_as` and `other_person_than` in one territory."""
    choice, territory = step.choose, asked["territory"]
    barred = Terms(barred=frozenset(choice.barred))
    able = [one for one in who_offers(directory, [asked["competence"]], territory) if fulfils(directory, one, barred)]
    for name in choice.other_person_than if able else ():
        for service in who_does(pathway, name, directory, territory):
            own = name == choice.same_as
            if _leaves_nobody(directory, service, [one for one in able if one.body == service.body or not own]):
                yield NO_OTHER_PERSON, {"step": name, "story": _story(service, name)}
    for name in [choice.same_person_as] if choice.same_person_as else ():
        bodies = {one.body for one in able}
        for service in who_does(pathway, name, directory, territory):
            shared = any(len(readers_of(directory, person)) > 1 for person in people_of_service(service))
            if service.body in bodies and shared:
                yield NEVER_KNOWN, {"story": _story(service, name)}


def _story(service: Service, step: str) -> Story:
    return Story([Sentence(IF_ONE_OF, {"service": service.id, "step": step})])


def _leaves_nobody(directory: Directory, service: Service, able: list[Service]) -> bool:
    """Whether one of the service's people takes everybody away who could do the other step."""
    people = [person for one in able for person in people_of_service(one)]
    takers = people_of_service(service)
    return any(not reachable_people(directory, people, readers_of(directory, taker)) for taker in takers)
