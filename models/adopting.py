"""Proposing, adopting, withdrawing and taking out of force: each in one transaction with its act in the chain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from models.acts import append, editions_in, last_act, take_turn
from models.composition import House
from models.library import declaring_texts, keep_text, pinned_pathway, text_of
from models.store_errors import StoreRaced
from procedures.edition_errors import (
    FactDeclaredOtherwise,
    ProposalChanged,
    SecondDayOfBirth,
    StartedByOthers,
    UnknownEdition,
)
from procedures.editions import Act, ActKind, Edition, Editions, EditionState, in_force, leaving, proposed
from procedures.errors import UnknownPathway
from procedures.faults import Fault, ProcedureFaults, Severity
from procedures.folders import FACTS, pathway_files, vocabulary_files
from procedures.language.consents import Subject
from procedures.language.facts import birthday_of
from procedures.language.pathways import own_facts
from procedures.loading import (
    SHIPPED,
    check_texts,
    content_hash,
    load_kept,
    load_pathway,
    shipped_facts,
    with_facts_beside,
)
from procedures.schema import Pathway, StartStep

FOLDER = "procedures"
"""Where in the data folder the network keeps the files of its own procedures."""


@dataclass(frozen=True, slots=True)
class Acted:
    """What an act led to."""

    edition: Edition
    warnings: tuple[Fault, ...] = ()
    """What the check found that is no fault, to be read by whoever adopts."""


def propose(house: House, text: str, file: str, by: str) -> Acted:
    """Propose this text as an edition; `file` is its name in messages, `by` the actor.

    Raises:
        ProcedureFaults: the text has a fault, alone or beside the procedures in force.
        StoreRaced: somebody else did something with a procedure meanwhile.
        EditionInForce, EditionTaken, EditionNotHigher, AlreadyProposed: not under this number.
    """
    with house.database.read() as connection:
        last, warnings = last_act(connection), check_edition(connection, editions_in(connection), text, file)
    pathway, now = load_kept(text, file), house.clock.now()
    with house.database.write() as connection:
        known = _turn_since(connection, last)
        keep_text(connection, pathway, text, now)
        names = (pathway.name, pathway.edition, pathway.content_hash)
        act = Act(ActKind.PROPOSED, now, by, *names, warnings=len(warnings), file=Path(file).name)
        known = append(connection, known, act)
        edition = proposed(known, pathway.name, pathway.edition)
    return Acted(edition, warnings)


def adopt(house: House, name: str, number: int, by: str) -> Acted:
    """Adopt an open proposal; it comes into force with the second person. Its text is checked again.

    Raises:
        NotProposed, AdoptedAlready, EditionNotHigher: it cannot be adopted, or not by this person.
        ProposalChanged: the house's own file says something else by now.
        ProcedureFaults: beside the procedures that are in force by now it has a fault.
        StoreRaced: somebody else did something with a procedure meanwhile.
    """
    with house.database.read() as connection:
        last, known = last_act(connection), editions_in(connection)
        edition = proposed(known, name, number)
        _refuse_changed(house, edition)
        text = text_of(connection, edition.content_hash)
        warnings = check_edition(connection, known, text, f"{name} ({number})")
    with house.database.write() as connection:
        known = _turn_since(connection, last)
        names = (name, number, edition.content_hash)
        act = Act(ActKind.ADOPTED, house.clock.now(), by, *names, warnings=len(warnings), file=edition.file)
        known = append(connection, known, act)
        made = next(one for one in known[name] if one.content_hash == edition.content_hash and one.edition == number)
    return Acted(made, warnings)


def withdraw(house: House, name: str, number: int, by: str) -> Edition:
    """Take an open proposal back, or the wish of one person that an edition in force leave. Raises NotProposed."""
    with house.database.write() as connection:
        known = take_turn(connection)
        now = in_force(known, name)
        wanted_out = now is not None and now.edition == number and now.leaving
        edition = now if now is not None and wanted_out else proposed(known, name, number)
        names = (name, number, edition.content_hash)
        append(connection, known, Act(ActKind.WITHDRAWN, house.clock.now(), by, *names))
    return edition


def take_out(house: House, name: str, number: int, by: str) -> Edition:
    """Want the pathway out of force, whose edition in force is this; it is, with the second person. What runs goes on.

    Raises:
        UnknownPathway: the network knows none of this name.
        NothingInForce, NotInForce, TakenOutAlready: it is not in force, or the same person wanted it before.
        StartedByOthers: procedures in force start it.
        StoreRaced: somebody else did something with a procedure meanwhile.
    """
    with house.database.read() as connection:
        last, known = last_act(connection), editions_in(connection)
        if name not in known:
            raise UnknownPathway(pathway=name, known=", ".join(sorted(known)))
        edition = leaving(known, name, number)
        starting = sorted(one.name for one in _in_force(connection, known).values() if _starts(one, name))
        if starting:
            raise StartedByOthers(pathway=name, by=", ".join(starting))
    with house.database.write() as connection:
        known = _turn_since(connection, last)
        act = Act(ActKind.TAKEN_OUT, house.clock.now(), by, name, number, edition.content_hash)
        known = append(connection, known, act)
        return next(one for one in known[name] if one.content_hash == edition.content_hash and one.edition == number)


def known_text(house: House, name: str, number: int) -> str:
    """The exact text of an edition that the network knows, whatever became of it; the last that had this number.

    Raises:
        UnknownPathway, UnknownEdition: there is none.
    """
    with house.database.read() as connection:
        known = editions_in(connection)
        if name not in known:
            raise UnknownPathway(pathway=name, known=", ".join(sorted(known)))
        found = [one for one in known[name] if one.edition == number]
        if not found:
            numbers = ", ".join(str(one.edition) for one in known[name])
            raise UnknownEdition(pathway=name, edition=number, known=numbers)
        return text_of(connection, found[-1].content_hash)


def _turn_since(connection: Connection, last: int) -> Editions:
    """The turn to add acts. A check takes about a second: it is done before, so that no alert waits for it.

    Raises:
        StoreRaced: there are acts that the check did not know of.
    """
    known = take_turn(connection)
    if last_act(connection) != last:
        raise StoreRaced
    return known


def check_edition(connection: Connection, known: Editions, text: str, file: str) -> tuple[Fault, ...]:
    """The warnings of this text beside the procedures in force, and of those that start it.

    Raises:
        ProcedureFaults: there is more than warnings.
        FactDeclaredOtherwise, SecondDayOfBirth: a fact of its own clashes with one that was adopted.
    """
    beside, adopted = _in_force(connection, known), _declaring(connection, known)
    shipped = shipped_facts()
    vocabulary = {**shipped, **{name: fact for name, fact in own_facts(adopted).items() if name in shipped}}
    faults = list(check_texts({file: text}, vocabulary, beside=beside))
    if not any(fault.severity is Severity.ERROR for fault in faults):
        new = load_pathway(text, file, vocabulary)
        for pathway in adopted:
            _refuse_otherwise(new, pathway)
        for starting in [one for one in beside.values() if one.name != new.name and _starts(one, new.name)]:
            old = {f"{starting.name} ({starting.edition})": text_of(connection, starting.content_hash)}
            found = check_texts(old, vocabulary, beside={**beside, new.name: new})
            faults += [fault for fault in found if fault.severity is Severity.ERROR]
    if any(fault.severity is Severity.ERROR for fault in faults):
        raise ProcedureFaults(faults)
    return tuple(faults)


def _declaring(connection: Connection, known: Editions) -> list[Pathway]:
    """The texts that were ever in force, the oldest first, as far as they declare facts of their own."""
    return [pinned_pathway(connection, content_hash) for content_hash in declaring_texts(connection, known)]


def _refuse_otherwise(new: Pathway, adopted: Pathway) -> None:
    """A fact means the same in every text that cases may be pinned to: only what it is called may change.

    Raises FactDeclaredOtherwise, SecondDayOfBirth.
    """
    edition: dict[str, object] = {"pathway": adopted.name, "edition": adopted.edition}
    for fact in new.facts.values():
        same = adopted.facts.get(fact.name)
        if same is not None and not fact.means(same):
            raise FactDeclaredOtherwise(fact=fact.name, **edition)
        born = birthday_of(Subject(fact.of), adopted.facts) if fact.birth else None
        if born is not None and born.name != fact.name:
            raise SecondDayOfBirth(fact=fact.name, other=born.name, **edition)


def _in_force(connection: Connection, known: Editions) -> Mapping[str, Pathway]:
    found = [one for name in known if (one := in_force(known, name)) is not None]
    return {one.pathway: pinned_pathway(connection, one.content_hash) for one in found}


def _starts(pathway: Pathway, name: str) -> bool:
    return any(isinstance(step, StartStep) and step.pathway == name for step in pathway.steps.values())


def _refuse_changed(house: House, edition: Edition) -> None:
    """Whoever adopts may have read the file: what is adopted must be what stands there."""
    place = house.settings.data / FOLDER / edition.file
    if not edition.file or not place.is_file():
        return
    if content_hash(with_facts_beside(_read(place), place)) != edition.content_hash:
        raise ProposalChanged(file=edition.file, pathway=edition.pathway, edition=edition.edition)


def _read(path: Path) -> str:
    """As the command line reads it when it is proposed. What is no text has another hash than any that was."""
    return path.read_bytes().decode("utf-8", errors="replace").replace("\r\n", "\n")


@dataclass(frozen=True, slots=True)
class OwnFile:
    """One pathway file of the house's own folder, and whether it is used."""

    file: str
    pathway: str
    """Empty where it cannot be read as a pathway."""
    edition: int
    state: EditionState | None
    """None: nobody proposed this text."""
    is_vocabulary: bool = False
    """It declares facts, or names of competences, of which a house uses those that come with the program alone."""

    @property
    def declares_facts(self) -> bool:
        """Whether it declares facts: each is used from when a procedure that asks about it is adopted."""
        return self.is_vocabulary and self.file == FACTS

    @property
    def is_used(self) -> bool:
        """Whether new pathways begin by it."""
        return self.state is EditionState.IN_FORCE


def own_files(house: House) -> Sequence[OwnFile]:
    """The files of pathways and of vocabularies in the house's own folder."""
    folder = house.settings.data / FOLDER
    if not folder.is_dir():
        return ()
    known = house.procedures.editions()
    words = [OwnFile(path.name, "", 0, None, is_vocabulary=True) for path in vocabulary_files([folder])]
    return [_own_file(path, known) for path in pathway_files([folder]) if path.is_file()] + words


def text_at_hand(house: House, file: str) -> str | None:
    """The text of one of these files, or of a shipped pathway, by the name of its file; None where there is none."""
    for folder in (house.settings.data / FOLDER, SHIPPED):
        for path in pathway_files([folder]) if folder.is_dir() else ():
            if path.name == file and path.is_file():
                return with_facts_beside(_read(path), path)
    return None


def _own_file(path: Path, known: Editions) -> OwnFile:
    try:
        pathway = load_kept(with_facts_beside(_read(path), path), path.name)
    except (ProcedureFaults, OSError):
        return OwnFile(path.name, "", 0, None)
    same = [one for one in known.get(pathway.name, ()) if one.content_hash == pathway.content_hash]
    return OwnFile(path.name, pathway.name, pathway.edition, same[-1].state if same else None)


def not_used(files: Sequence[OwnFile]) -> Sequence[OwnFile]:
    """Those that somebody could believe to be in force, and that are not: all but those that once were."""
    return [one for one in files if not one.is_used and one.state is not EditionState.PAST]


def shipped_beside(known: Editions) -> Sequence[Edition]:
    """Texts that came with a later program and were not adopted."""
    return [one for name in sorted(known) for one in known[name] if one.state is EditionState.BESIDE]
