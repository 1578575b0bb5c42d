"""Editions of the network's file: one person proposes a text, another adopts it, and then it is in force. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from procedures.errors import Refused


class NetworkActKind(StrEnum):
    """What can be done about an edition of the network's file."""

    IMPORTED = "imported"
    """In force at once: by whoever has the machine, who has the keys as well."""
    PROPOSED = "proposed"
    ADOPTED = "adopted"
    """By another person: in force."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NetworkAct:
    """One act about an edition of the network's file."""

    kind: NetworkActKind
    at: datetime
    actor: str
    hash: str
    """SHA-256 of the text."""
    edition: int = 0
    """What came into force by it."""
    base: int = 0
    """Of a proposal and its adoption: the edition in force before it."""
    about: int = 0
    """The number of the proposal that is adopted or withdrawn."""
    file: str = ""
    """The name of the file that was sent, without its folders."""
    person: str = ""
    """Who of the network the actor's account is: two accounts of one person are one."""


@dataclass(frozen=True, slots=True)
class NetworkProposal:
    """A text that somebody proposed, and what became of it."""

    number: int
    act: NetworkAct
    ended: NetworkAct | None = None
    """The act that adopted or withdrew it."""

    @property
    def is_open(self) -> bool:
        """Whether it waits for a second person."""
        return self.ended is None


NetworkProposals = Mapping[int, NetworkProposal]
"""By number, in the order in which they were made."""


class NotProposedNetwork(Refused):
    """There is no such proposal, or it is over."""

    template = "This proposal was adopted or withdrawn before. Look at the network room for what is in force."


class NetworkUnchanged(Refused):
    """The text is in force."""

    template = "This file says word for word what is in force already."


class NetworkProposedAlready(Refused):
    """The same text waits already."""

    template = "This very file is proposed already. Read it and adopt it, or withdraw it."


class SecondPersonAdopts(Refused):
    """Whoever proposed it is one person, by whichever account."""

    template = "You proposed it. Somebody else has to read it and adopt it."


class NetworkMovedOn(Refused):
    """Another edition came into force since: what it would change is not what was read."""

    template = "Another edition of the network came into force since this was proposed. Propose the file again."


def after(known: NetworkProposals, number: int, act: NetworkAct) -> NetworkProposals:
    """The proposals after one more act.

    Raises:
        NetworkProposedAlready, NotProposedNetwork, SecondPersonAdopts, NetworkMovedOn: it cannot be done.
    """
    match act.kind:
        case NetworkActKind.IMPORTED:
            return known
        case NetworkActKind.PROPOSED:
            if any(one.is_open and one.act.hash == act.hash for one in known.values()):
                raise NetworkProposedAlready
            return {**known, number: NetworkProposal(number, act)}
        case NetworkActKind.ADOPTED:
            proposal = opened(known, act.about)
            same = act.actor == proposal.act.actor or (act.person and act.person == proposal.act.person)
            if same or act.hash != proposal.act.hash:
                raise SecondPersonAdopts
            if act.base != proposal.act.base:
                raise NetworkMovedOn
            return {**known, act.about: replace(proposal, ended=act)}
        case NetworkActKind.WITHDRAWN:
            return {**known, act.about: replace(opened(known, act.about), ended=act)}


def opened(known: NetworkProposals, number: int) -> NetworkProposal:
    """The proposal of this number, which waits for a second person. Raises NotProposedNetwork."""
    proposal = known.get(number)
    if proposal is None or not proposal.is_open:
        raise NotProposedNetwork
    return proposal
