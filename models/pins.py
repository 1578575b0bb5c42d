"""Personal PINs: drawn by the house, told once, kept as argon2id keeps them, and asked for in imminent danger.

Six digits are enough because they are not tried often: five wrong ones for one handoff, and it takes no more of that
person (trust.md, law 1). Whoever steals the database has to have `token.key` as well before she can try them at home.
"""

import hmac
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from sqlalchemy import select

from models.composition import House
from models.database import Database
from models.done import digest_of_done
from models.encoding import command_digest
from models.passwords import TooManySignIns as TooManyAtOnce
from models.passwords import Turns, fits, hash_of_nobody, hashed_password
from models.standing import digest, drop_pin, keep_pin
from models.standing_tables import PinRecord, PinTries
from models.store_errors import CommandIdReused
from models.tying import UnknownNetworkPerson
from models.upserting import insert
from models.views import case_state
from procedures.case import CaseState
from procedures.commands import AcceptHandoff, AlarmCoordination, Road
from procedures.deciding import decide
from procedures.errors import Refused
from procedures.events import AnswerCameLate
from procedures.haste import is_imminent
from procedures.persons import PERSON
from procedures.standing import StandingAct, StandingActKind

DIGITS = 6
WRONG_PINS = 5
"""For one handoff and one person: after so many no PIN of hers proves anything there, and the coordination is told."""
TURNS = Turns()
"""Their own: answering never waits behind those who sign in."""


def issue_pin(house: House, person: str, actor: str) -> str:
    """A new PIN, shown only now; one from before proves nothing any more. Raises UnknownNetworkPerson."""
    if person not in house.procedures.directory().people:
        raise UnknownNetworkPerson
    pin = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    with TURNS.taken():
        kept = hashed_password(_peppered(house, person, pin))
    act = StandingAct(StandingActKind.PIN_ISSUED, house.clock.now(), actor, person, digest(kept))
    with house.database.write() as connection:
        keep_pin(connection, act, kept)
    return pin


def lose_pin(house: House, person: str, actor: str) -> None:
    """It was lost, or somebody else knows it. Raises NoPin."""
    act = StandingAct(StandingActKind.PIN_LOST, house.clock.now(), actor, person)
    with house.database.write() as connection:
        drop_pin(connection, act)


def issued_pins(db: Database) -> Mapping[str, datetime]:
    """Who has a PIN, and since when."""
    with db.read() as connection:
        return {row.person: row.issued_at for row in connection.execute(select(PinRecord.person, PinRecord.issued_at))}


def is_asked(house: House, case_code: str) -> bool:
    """Whether an acceptance in this case has to be proved now."""
    return is_imminent(case_state(house.database, house.keyring, case_code).facts)


def proven(house: House, case_code: str, command: AcceptHandoff, typed: str) -> bool:
    """Whether the PIN of whoever takes it was typed, where that is asked.

    It is looked at only where the acceptance would count: neither for somebody who is not of the service, nor once it
    was answered. The same command once more is what it was the first time.

    Args:
        house: the house.
        case_code: of the case.
        command: the acceptance as it would be proved, by its id; who takes it is its `person`, or who says so.
        typed: what was typed; nothing is no try.
    """
    told = command.model_copy(update={"proven": True})
    before = digest_of_done(house.database, command.id)
    if before is not None:
        return before == command_digest(house.keyring.command_key, told)
    if not typed.strip():
        return False
    state = case_state(house.database, house.keyring, case_code)
    if not _would_count(house, state, command):
        return False
    if not is_imminent(state.facts):
        _take_as_long(house, command, typed)
        return False
    about = {"case_id": command.case_id, "ref": command.ref, "actor": command.actor}
    return proves(house, about, command.person or command.actor.removeprefix(PERSON), typed)


def proves(house: House, about: Mapping[str, str], person: str, typed: str) -> bool:
    """Whether this is the PIN of the person. A wrong one is counted, also where she has none: the two look alike.

    Where too many are being looked at, it is not proved: the answer is kept all the same, and a coordinator rings.

    Args:
        house: the house.
        about: `case_id`, `ref` and `actor` of the answer.
        person: whose PIN it is to be.
        typed: what was typed; nothing is no try.
    """
    pin = "".join(typed.split())
    if not pin:
        return False
    ref = about["ref"]
    with house.database.read() as connection:
        kept = connection.execute(select(PinRecord.pin_hash).where(PinRecord.person == person)).scalar()
        tried = select(PinTries.wrong).where(PinTries.ref == ref, PinTries.person == person)
        wrong = connection.execute(tried).scalar() or 0
    if wrong >= WRONG_PINS:
        _tell(house, about, person)  # where the machine died, or the store was busy, before it was told
        return False
    try:
        right = fits(kept or hash_of_nobody(), _peppered(house, person, pin), TURNS)
    except TooManyAtOnce:
        return False
    if kept is not None and right:
        # Counted first all the same: many tries at once stand one behind the other.
        return _wrong_after(house, ref, person, more=0) < WRONG_PINS
    if _wrong_after(house, ref, person, more=1) == WRONG_PINS:
        _tell(house, about, person)
    return False


def _take_as_long(house: House, command: AcceptHandoff, typed: str) -> None:
    """As a wrong PIN, which is not looked at: how long an answer takes says nothing of the danger."""
    with suppress(TooManyAtOnce):
        fits(hash_of_nobody(), _peppered(house, command.actor, typed), TURNS)
    _wrong_after(house, command.ref, command.person or command.actor.removeprefix(PERSON), more=0)


def _would_count(house: House, state: CaseState, command: AcceptHandoff) -> bool:
    """What the rules would say to it, asked before any PIN is looked at."""
    procedures, unproven = house.procedures, command.model_copy(update={"proven": False})
    try:
        events = decide(state, procedures.library(), procedures.directory(), unproven, house.clock.now())
    except Refused:
        return False
    return not any(isinstance(event, AnswerCameLate) for event in events)


def _wrong_after(house: House, ref: str, person: str, *, more: int) -> int:
    row = insert(PinTries).values(ref=ref, person=person, wrong=more)
    counted = row.on_conflict_do_update(
        index_elements=[PinTries.ref, PinTries.person], set_={"wrong": PinTries.wrong + more}
    )
    with house.database.write() as connection:
        return int(connection.execute(counted.returning(PinTries.wrong)).scalar_one())


def _tell(house: House, about: Mapping[str, str], person: str) -> None:
    """Once for a handoff, whoever tried and however many people's PINs were tried."""
    told = {"case_id": about["case_id"], "actor": f"{PERSON}{person}", "road": Road.LINK, "purpose": "wrong_pins"}
    with suppress(CommandIdReused):  # told already, of somebody else of the same service
        house.handling.handle(AlarmCoordination.model_validate({**told, "id": f"five-wrong-pins-{about['ref']}"}))


def _peppered(house: House, person: str, pin: str) -> str:
    return hmac.digest(house.keyring.pin_key, f"{person}:{pin}".encode(), "sha256").hex()
