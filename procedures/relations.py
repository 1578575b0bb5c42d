"""Which case is open to which account: through a live relation to it, or for an hour through a broken glass.

Roles open rooms, a relation opens a case (trust.md, who sees what). Whoever is kept away from a case never sees it,
whatever relation she has: the exclusion names the one she must be kept safe from.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from procedures.directory import Directory, Service
from procedures.errors import Refused
from procedures.marking import N_
from procedures.people import AT_CASES, Role

GLASS_LASTS = timedelta(minutes=60)
"""How long a broken glass opens one case (trust.md, break-glass)."""


class Relation(StrEnum):
    """Why a case is open to somebody."""

    OPENED = "opened"
    """She opened it: she is the actor of its first event."""
    GIVEN = "given"
    """Somebody who has it gave it to her."""
    COORDINATES = "coordinates"
    """She answers for the territory it is in."""
    GLASS = "glass"
    """She broke the glass, and the hour is not over. She can pass it to nobody."""


RELATIONS: Mapping[Relation, str] = {
    Relation.OPENED: N_("opened it"),
    Relation.GIVEN: N_("was given it"),
    Relation.COORDINATES: N_("co-ordinates it"),
    Relation.GLASS: N_("broke the glass"),
}


class RelationActKind(StrEnum):
    """What can be done about who may see a case."""

    GIVEN = "given"
    ENDED = "ended"
    """She has it no more: she handed it over, left, or a coordinator took it."""
    GLASS_BROKEN = "glass_broken"
    GLASS_REVIEWED = "glass_reviewed"


RELATION_ACTS: Mapping[RelationActKind, str] = {
    RelationActKind.GIVEN: N_("gave the case to"),
    RelationActKind.ENDED: N_("ended the relation of"),
    RelationActKind.GLASS_BROKEN: N_("broke the glass"),
    RelationActKind.GLASS_REVIEWED: N_("looked at the broken glass of"),
}
HOLDING = (RelationActKind.GIVEN, RelationActKind.ENDED)
"""Of these the last one about an account counts."""


@dataclass(frozen=True, slots=True)
class RelationAct:
    """One act about who may see a case."""

    kind: RelationActKind
    at: datetime
    actor: str
    """`operator:ID`, or whoever has the machine (`shell`)."""
    case_id: str
    account: str
    """Whose relation it is: the account's id, never its name."""
    glass: str = ""
    """The id of the glass, where it is about one."""
    said: str = ""
    """The category of a glass, or what its review found: a word of ours."""


@dataclass(frozen=True, slots=True)
class Glass:
    """A glass that was broken."""

    account: str
    broken_at: datetime
    category: str
    found: str = ""
    """What the review found; empty until then."""

    @property
    def ends_at(self) -> datetime:
        """When it closes by itself."""
        return self.broken_at + GLASS_LASTS

    def is_open(self, now: datetime) -> bool:
        """Whether it opens the case at `now`. A clock behind it opens nothing."""
        return self.broken_at <= now < self.ends_at


@dataclass(frozen=True, slots=True)
class CaseRelations:
    """Who has to do with one case, as its acts made it."""

    opener: str = ""
    """The account that opened it; empty where a program or the machine did."""
    given: Mapping[str, bool] = field(default_factory=dict)
    """The last word about an account: true where she was given it, false where hers ended."""
    glasses: Mapping[str, Glass] = field(default_factory=dict)
    """By id."""

    def held(self, account: str) -> Relation | None:
        """The relation that an act gave this account, or opening did."""
        last = self.given.get(account)
        if last is None:
            return Relation.OPENED if account == self.opener and account else None
        return Relation.GIVEN if last else None

    @property
    def holders(self) -> frozenset[str]:
        """Every account that opened it or was given it, and has it still."""
        return frozenset(one for one in {self.opener, *self.given} if self.held(one))


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account is, for a case."""

    account: str
    roles: frozenset[Role]
    territories: frozenset[str] | None = frozenset()
    """Which ones she co-ordinates; None: the whole network."""
    kept_away: bool = False
    """Whether she is excluded from this case."""


class RelationHeld(Refused):
    """Nothing would change."""

    template = "This account has the case already."


class RelationNotHeld(Refused):
    """Nothing would change."""

    template = "This account does not have the case."


class RelationForOneself(Refused):
    """Nobody lets herself in."""

    template = "Nobody gives a case to herself."


class NotYoursToPass(Refused):
    """Only whoever has a case passes it on."""

    template = "Only whoever has the case, or co-ordinates it, passes it on."


class UnknownColleague(Refused):
    """Nobody who can be given this case. Why is not said: it may be an exclusion."""

    template = "The case cannot be given to this account. Choose one from the list."


class LastOfCase(Refused):
    """The baton is never on the ground."""

    template = "Nobody else has this case: hand it over to somebody."


class UnknownGlass(Refused):
    """Nothing waits for this review, or it is not hers to give."""

    template = "No such opening waits for your review. Look at the list."


class GlassBrokenAlready(Refused):
    """The chain holds one under this id."""

    template = "The case is open to this account already."


def relation_of(who: Standing, known: CaseRelations, territory: str, now: datetime) -> Relation | None:
    """Why the case is open to her at `now`; None: it is not, and nobody tells her that it is there."""
    if who.kept_away or who.roles.isdisjoint(AT_CASES):
        return None
    held = known.held(who.account)
    if held is not None:
        return held
    if coordinates(who, territory):
        return Relation.COORDINATES
    broken = any(one.account == who.account and one.is_open(now) for one in known.glasses.values())
    return Relation.GLASS if broken else None


def coordinates(who: Standing, territory: str) -> bool:
    """Whether she answers for this territory."""
    return Role.COORDINATOR in who.roles and (who.territories is None or territory in who.territories)


def coordinated(directory: Directory, roles: frozenset[Role], person: str) -> frozenset[str]:
    """The territories for which this person of the network answers, where she is a coordinator."""
    if Role.COORDINATOR not in roles:
        return frozenset()
    theirs = (one.territories for one in directory.coordinators.values() if person in one.people)
    return frozenset[str]().union(*theirs)


def is_kept_away(directory: Directory, person: str, exclusions: Collection[str]) -> bool:
    """Whether this person, or a body or service for which she works, is excluded from a case."""
    if person in exclusions:
        return True
    works = [one for one in directory.services.values() if person in _people_of(one)]
    of_them = {name for one in works for name in (one.id, one.body)}
    of_them |= {one.id for one in directory.coordinators.values() if person in one.people}
    of_them |= {one.id for one in directory.desks.values() if person == one.person}
    return not of_them.isdisjoint(exclusions)


def _people_of(service: Service) -> frozenset[str | None]:
    """Whoever stands on its ladder, or ever stood on its rota."""
    return frozenset({service.referent, service.deputy, *(duty.person for duty in service.rota)})


def check_pass(by: Relation | None, giver: str, to: Standing, known: CaseRelations) -> None:
    """Whether `giver`, whose relation is `by`, may give the case to another account.

    Raises:
        NotYoursToPass: she does not have it, or only through a broken glass.
        RelationForOneself: it would be for her.
        UnknownColleague: the other works with no cases, or must be kept away from this one.
        RelationHeld: the other has it.
    """
    if by is None or by is Relation.GLASS:
        raise NotYoursToPass
    if to.account == giver:
        raise RelationForOneself
    if to.kept_away or to.roles.isdisjoint(AT_CASES):
        raise UnknownColleague
    if known.held(to.account) is not None:
        raise RelationHeld


def check_end(
    by: Relation | None,
    ender: str,
    account: str,
    known: CaseRelations,
    *,
    answers: bool,
    working: Collection[str],
) -> None:
    """Whether `ender`, whose relation is `by`, may end the relation of `account`.

    `answers` says whether she co-ordinates the case, `working` who works with cases now.

    Raises:
        NotYoursToPass: it is another's, and she does not co-ordinate the case.
        RelationNotHeld: there is none.
        LastOfCase: nobody would be left who was given it, and she does not co-ordinate it herself.
    """
    if by is None or by is Relation.GLASS or (account != ender and not answers):
        raise NotYoursToPass
    if known.held(account) is None:
        raise RelationNotHeld
    if not answers and (known.holders - {account}).isdisjoint(working):
        raise LastOfCase


def after(known: CaseRelations, act: RelationAct) -> CaseRelations:
    """The relations to a case after one more act about it: what can follow, whoever did it.

    Raises:
        RelationHeld, RelationNotHeld, GlassBrokenAlready: nothing would change.
        UnknownGlass: the review is of no glass, of one that was reviewed, or by the one who broke it.
    """
    match act.kind:
        case RelationActKind.GIVEN:
            if known.held(act.account) is not None:
                raise RelationHeld
            return replace(known, given={**known.given, act.account: True})
        case RelationActKind.ENDED:
            if known.held(act.account) is None:
                raise RelationNotHeld
            return replace(known, given={**known.given, act.account: False})
        case RelationActKind.GLASS_BROKEN:
            if act.glass in known.glasses:
                raise GlassBrokenAlready
            broken = Glass(act.account, act.at, act.said)
            return replace(known, glasses={**known.glasses, act.glass: broken})
        case RelationActKind.GLASS_REVIEWED:
            return replace(known, glasses={**known.glasses, act.glass: _reviewed(known, act)})


def _reviewed(known: CaseRelations, act: RelationAct) -> Glass:
    glass = known.glasses.get(act.glass)
    if glass is None or glass.found or act.actor.endswith(f":{glass.account}") or glass.account != act.account:
        raise UnknownGlass
    return replace(glass, found=act.said)
