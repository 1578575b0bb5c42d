"""Each answer of a service is heard again on another channel of the same service (trust.md, law 1).

The deadliest attack is a false *accepted*: it ends every escalation and nobody comes. So whoever else stands for the
service hears at once that an answer was recorded in its name. It asks for nothing, carries no link, and the rules do
not wait for it: it draws no reference, so that a procedure's own messages stay what they were.
"""

from collections.abc import Sequence

from procedures import commands as c
from procedures.case import Handoff, HandoffMode, Party, PartyKind
from procedures.choosing import in_charge, opens_at, reachable_people
from procedures.directory import NetworkPerson
from procedures.drafting import Draft
from procedures.events import (
    AcceptanceClaimed,
    AlertPurpose,
    AlertQueued,
    Event,
    FirstSignNoted,
    HandoffAccepted,
    HandoffCompleted,
    HandoffDeclined,
)
from procedures.haste import is_imminent
from procedures.naming import opaque_id
from procedures.persons import PERSON, readers_of

ECHO_OF: dict[type[Event], AlertPurpose] = {
    HandoffAccepted: AlertPurpose.ECHO_TAKEN,
    AcceptanceClaimed: AlertPurpose.ECHO_CLAIMED,
    HandoffDeclined: AlertPurpose.ECHO_DECLINED,
    FirstSignNoted: AlertPurpose.ECHO_WORK,
    HandoffCompleted: AlertPurpose.ECHO_WORK,
}


def echo(draft: Draft, command: c.AboutHandoff, asked: Handoff, party: Party) -> None:
    """Say again what this answer to `asked`, which counts for `party`, led to. A late one led to nothing.

    A result that waits for a second person goes to the others of the service anyhow, and asks them for it.
    """
    if asked.mode is HandoffMode.TELL:
        return  # a notice asks for no answer
    for event in tuple(draft.events):
        purpose = ECHO_OF.get(type(event))
        if purpose is not None and getattr(event, "ref", None) == command.ref:
            _say_again(draft, purpose, command, asked, party)


def _say_again(draft: Draft, purpose: AlertPurpose, command: c.AboutHandoff, asked: Handoff, party: Party) -> None:
    heard = _elsewhere(draft, command, asked, party)
    for person, contact in heard:
        _queue(draft, purpose, command, asked, to=party, reader=(person, contact))
    if party.kind is not PartyKind.COORDINATOR and (not heard or _is_pressing(draft, party)):
        coordination = draft.coordinator_party()
        for person in draft.people_of(coordination)[:1]:
            _queue(draft, AlertPurpose.ECHO_COORDINATOR, command, asked, to=coordination, reader=(person, None))


def _elsewhere(draft: Draft, command: c.AboutHandoff, asked: Handoff, party: Party) -> Sequence[tuple[str, int | None]]:
    """Who hears of it, and over which of their channels: first somebody who reads none of the speaker's.

    Where the speaker alone stands for the service, it is said over each of several channels of theirs. Nobody, where
    there is only the one.
    """
    directory = draft.directory
    speaker = command.actor.removeprefix(PERSON) if command.actor.startswith(PERSON) else None
    service = directory.services.get(party.id) if party.kind is PartyKind.SERVICE else None
    people = in_charge(directory, service, draft.now) if service else _of_coordination(draft, party)
    known = draft.reachable(reachable_people(directory, people, draft.kept_away(asked)))
    reads = readers_of(directory, speaker) if speaker else frozenset[str]()
    others = [person for person in known if person not in reads]
    if others:
        return [(others[0], None)]
    if speaker is None or not draft.reachable((speaker,)):
        return []
    numbers = _one_of_each_channel(directory.people[speaker])
    return [(speaker, number) for number in numbers] if len(numbers) > 1 else []


def _one_of_each_channel(known: NetworkPerson) -> Sequence[int]:
    """Which of her contacts to say it over: no certified mail, and of one telephone only what is tried first."""
    found: dict[tuple[str, str], int] = {}
    for one in known.ways:
        found.setdefault(one.channel, known.contacts.index(one))
    return sorted(found.values())


def _of_coordination(draft: Draft, party: Party) -> tuple[str, ...]:
    found = draft.directory.coordinators.get(party.id)
    return found.people if found else ()


def _is_pressing(draft: Draft, party: Party) -> bool:
    """Whether the coordination hears of it at once, too: in imminent danger, or where nobody should be there to answer.

    Everything else it reads at the desk.
    """
    service = draft.directory.services.get(party.id)
    return is_imminent(draft.state.facts) or (service is not None and not opens_at(service, draft.now))


def _queue(
    draft: Draft,
    purpose: AlertPurpose,
    command: c.AboutHandoff,
    asked: Handoff,
    *,
    to: Party,
    reader: tuple[str, int | None],
) -> None:
    person, contact = reader
    # Two answers may come at one moment: the command's own id tells their echoes apart.
    name = f"{purpose}:{asked.ref}:{person}:{contact}:{command.id}"
    draft.note(
        AlertQueued(
            at=draft.now,
            alert_id=opaque_id(draft.state.seed, name, len(draft.events)),
            purpose=purpose,
            ref=asked.ref,
            about=asked.ref,
            run_id=asked.run_id,
            step=asked.step,
            to=to,
            person=person,
            contact=contact,
        )
    )
