"""Editions of procedures: what the network's own acts make of them. Pure: acts in, editions out, or a named refusal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from procedures.edition_errors import (
    AdoptedAlready,
    AlreadyProposed,
    EditionInForce,
    EditionLowerThanLast,
    EditionNotHigher,
    EditionTaken,
    NothingInForce,
    NotInForce,
    NotProposed,
    TakenOutAlready,
)

PRODUCT = "product"
"""Who acts where a text came with the program."""
ADOPTERS = 2
"""So many different people make an edition the network's own."""


class ActKind(StrEnum):
    """What the network, or the program, did with an edition."""

    SHIPPED = "shipped"
    """It came with the program."""
    PROPOSED = "proposed"
    ADOPTED = "adopted"
    """One person adopted it; it is in force with the second."""
    WITHDRAWN = "withdrawn"
    """The proposal was taken back; or the wish of one person that an edition in force leave."""
    TAKEN_OUT = "taken_out"
    """One person wants the pathway out of force; with the second it is."""


class EditionState(StrEnum):
    """Where an edition stands."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    PAST = "past"
    """It was in force, or was overtaken by a higher edition."""
    BESIDE = "beside"
    """It came with a later program, and was not adopted yet."""
    WITHDRAWN = "withdrawn"
    OUT_OF_FORCE = "out_of_force"
    """It was in force last, and two people took its pathway out."""


WAITING = frozenset({EditionState.PROPOSED, EditionState.BESIDE})


@dataclass(frozen=True, slots=True)
class Act:
    """One act about one edition."""

    kind: ActKind
    at: datetime
    actor: str
    """An opaque id, `operator:…`, or `PRODUCT`. Never a name."""
    pathway: str
    edition: int
    content_hash: str
    warnings: int = 0
    """How many warnings the check gave. A fault lets nothing be proposed or adopted."""
    file: str = ""
    """The name of the file in the house's own folder that was proposed, without its folders."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of one pathway, as the acts made it."""

    pathway: str
    edition: int
    content_hash: str
    state: EditionState
    shipped: bool = False
    proposed_by: str = ""
    proposed_at: datetime | None = None
    adopted: tuple[tuple[str, datetime], ...] = ()
    """Who adopted it, and when."""
    in_force_since: datetime | None = None
    leaving: tuple[tuple[str, datetime], ...] = ()
    """Who wants it out of force, and since when."""
    warnings: int = 0
    file: str = ""

    @property
    def out_since(self) -> datetime | None:
        """Since when it is out of force."""
        return self.leaving[-1][1] if len(self.leaving) == ADOPTERS else None


Editions = Mapping[str, tuple[Edition, ...]]
"""By pathway, in the order in which they became known."""


def editions_of(acts: Iterable[Act]) -> Editions:
    """What these acts made, from the first one on. Raises a Refused where one of them could not be done."""
    known: Editions = {}
    for act in acts:
        known = after(known, act)
    return known


def in_force(known: Editions, pathway: str) -> Edition | None:
    """The edition of this pathway that is in force by these acts."""
    found = (edition for edition in known.get(pathway, ()) if edition.state is EditionState.IN_FORCE)
    return next(found, None)


def ever_in_force(known: Editions) -> list[Edition]:
    """Every edition that a case can be pinned to, in the order in which they came into force."""
    found = [(one.in_force_since, one) for editions in known.values() for one in editions if one.in_force_since]
    return [one for _since, one in sorted(found, key=lambda each: each[0])]


def last_in_force(known: Editions, pathway: str) -> Edition | None:
    """The edition that was in force last, where two people took the pathway out of force."""
    out = [(one.out_since, one) for one in known.get(pathway, ()) if one.out_since is not None]
    return max(out, key=lambda found: found[0])[1] if out else None


def leaving(known: Editions, pathway: str, edition: int) -> Edition:
    """The edition in force, to be taken out. Raises NothingInForce, NotInForce."""
    now = in_force(known, pathway)
    if now is None:
        raise NothingInForce(pathway=pathway)
    if now.edition != edition:
        raise NotInForce(pathway=pathway, edition=edition, in_force=now.edition)
    return now


def proposed(known: Editions, pathway: str, edition: int) -> Edition:
    """The open proposal of this edition. Raises NotProposed."""
    waiting = [one for one in known.get(pathway, ()) if one.state is EditionState.PROPOSED]
    for one in waiting:
        if one.edition == edition:
            return one
    open_ones = ", ".join(str(one.edition) for one in waiting) or "-"
    raise NotProposed(pathway=pathway, edition=edition, known=open_ones)


def after(known: Editions, act: Act) -> Editions:
    """The editions after one more act.

    Raises:
        EditionInForce, EditionTaken, EditionNotHigher, AlreadyProposed: it cannot be proposed, or not adopted any more.
        NotProposed, AdoptedAlready: there is no such proposal, or the same person adopted it before.
        NothingInForce, NotInForce, TakenOutAlready: nothing can be taken out, or the same person wanted it before.
    """
    match act.kind:
        case ActKind.SHIPPED:
            return _shipped(known, act)
        case ActKind.PROPOSED:
            return _proposed(known, act)
        case ActKind.ADOPTED:
            return _adopted(known, act)
        case ActKind.TAKEN_OUT:
            return _taken_out(known, act)
        case ActKind.WITHDRAWN:
            now = in_force(known, act.pathway)
            if now is not None and now.edition == act.edition and now.leaving:
                return _put(known, replace(now, leaving=()))
            back = proposed(known, act.pathway, act.edition)
            state = EditionState.BESIDE if back.shipped else EditionState.WITHDRAWN
            state = EditionState.OUT_OF_FORCE if back.out_since else state
            return _put(known, replace(back, state=state, adopted=()))


def _shipped(known: Editions, act: Act) -> Editions:
    """The first text of a name that ships is in force; a later one waits to be adopted, like any other."""
    before = _same(known, act)
    if before is not None:
        return _put(known, replace(before, shipped=True))
    # A name that two people took out of force does not come back with the next release.
    first = in_force(known, act.pathway) is None and last_in_force(known, act.pathway) is None
    state = EditionState.IN_FORCE if first else EditionState.BESIDE
    since = act.at if first else None
    names = (act.pathway, act.edition, act.content_hash)
    return _put(known, Edition(*names, state, shipped=True, in_force_since=since))


def _same(known: Editions, act: Act) -> Edition | None:
    """What is known of this very text under this number."""
    same = (act.edition, act.content_hash)
    found = (one for one in known.get(act.pathway, ()) if (one.edition, one.content_hash) == same)
    return next(found, None)


def check_number(known: Editions, pathway: str, edition: int, content_hash: str) -> None:
    """Whether this text may be proposed under this number.

    Raises EditionInForce, EditionTaken, EditionNotHigher, AlreadyProposed.
    """
    now = in_force(known, pathway)
    if now is not None and now.content_hash == content_hash:
        raise EditionInForce(pathway=pathway, edition=edition)
    for one in known.get(pathway, ()):
        if one.edition != edition or one.state is EditionState.WITHDRAWN:
            continue
        if one.content_hash != content_hash:
            raise EditionTaken(pathway=pathway, edition=edition)
        if one.state is EditionState.PROPOSED:
            raise AlreadyProposed(pathway=pathway, edition=edition)
    if now is not None and edition <= now.edition:
        raise EditionNotHigher(pathway=pathway, edition=edition, in_force=now.edition)
    last = last_in_force(known, pathway)
    if now is None and last is not None and edition < last.edition:
        raise EditionLowerThanLast(pathway=pathway, last=last.edition)


def _proposed(known: Editions, act: Act) -> Editions:
    check_number(known, act.pathway, act.edition, act.content_hash)
    before = _same(known, act)
    edition = Edition(
        act.pathway,
        act.edition,
        act.content_hash,
        EditionState.PROPOSED,
        shipped=before is not None and before.shipped,
        leaving=before.leaving if before is not None and before.out_since else (),
        proposed_by=act.actor,
        proposed_at=act.at,
        warnings=act.warnings,
        file=act.file,
    )
    return _put(known, edition)


def _adopted(known: Editions, act: Act) -> Editions:
    edition = proposed(known, act.pathway, act.edition)
    if edition.content_hash != act.content_hash:
        raise NotProposed(pathway=act.pathway, edition=act.edition, known=edition.edition)
    if any(actor == act.actor for actor, _at in edition.adopted):
        raise AdoptedAlready(pathway=act.pathway, edition=act.edition)
    now = in_force(known, act.pathway)
    if now is not None and edition.edition <= now.edition:
        raise EditionNotHigher(pathway=act.pathway, edition=act.edition, in_force=now.edition)
    edition = replace(edition, adopted=(*edition.adopted, (act.actor, act.at)), warnings=act.warnings)
    if len(edition.adopted) < ADOPTERS:
        return _put(known, edition)
    # A proposal with a lower number can never be adopted any more.
    for one in known[act.pathway]:
        overtaken = one.state in WAITING and one.edition < edition.edition
        if one.state in {EditionState.IN_FORCE, EditionState.OUT_OF_FORCE} or overtaken:
            known = _put(known, replace(one, state=EditionState.PAST, leaving=()))
    return _put(known, replace(edition, state=EditionState.IN_FORCE, in_force_since=act.at, leaving=()))


def _taken_out(known: Editions, act: Act) -> Editions:
    edition = leaving(known, act.pathway, act.edition)
    if edition.content_hash != act.content_hash:
        raise NotInForce(pathway=act.pathway, edition=act.edition, in_force=edition.edition)
    if any(actor == act.actor for actor, _at in edition.leaving):
        raise TakenOutAlready(pathway=act.pathway)
    edition = replace(edition, leaving=(*edition.leaving, (act.actor, act.at)))
    if len(edition.leaving) == ADOPTERS:
        edition = replace(edition, state=EditionState.OUT_OF_FORCE)
    return _put(known, edition)


def _put(known: Editions, edition: Edition) -> Editions:
    """With this edition in the place of what was known of the same text under the same number."""
    same = (edition.edition, edition.content_hash)
    others = known.get(edition.pathway, ())
    kept = [edition if (one.edition, one.content_hash) == same else one for one in others]
    if edition not in kept:
        kept.append(edition)
    return {**known, edition.pathway: tuple(kept)}
