"""Sign-ins elsewhere (OpenID Connect): which account one lets into, and that each way there is gone once.

An identity is the pair of issuer and subject, never an address (trust.md, second factor). A subject may be the number
of a person in a register, so only a keyed hash of the pair is kept. It stands in the place of the password alone: the
second factor is asked for as after a password (decision 57).
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from models.account_tables import Identity, Operator, SignIn, UsedState
from models.accounts import TO_PROVE, end_sign_ins, sign_in_row, token_hash
from models.database import Database
from models.people import append
from models.store_errors import StoreRaced
from models.vault import Keyring
from procedures.errors import Refused
from procedures.people import PersonAct, PersonActKind

LONGEST_SUBJECT = 255
"""ASCII characters (OpenID Connect Core 1.0, section 2)."""


class UnknownIdentity(Refused):
    """Nobody is tied to it: no account is made by itself."""

    template = (
        "Nobody at this desk is tied to that sign-in. Sign in with your password and tie it under Your account, or "
        "ask an administrator."
    )


class StateOver(Refused):
    """The way to the provider took too long, came back before, or was begun in another browser."""

    template = "That took too long, or was used already. Begin again at the sign-in page."


class BadSubject(Refused):
    """What was typed cannot be what a provider calls somebody. It is not repeated."""

    template = "A provider calls somebody by 1 to 255 plain characters. Ask there for the subject (sub) of that person."


@dataclass(frozen=True, slots=True, repr=False)
class Elsewhere:
    """Who somebody is at a provider. Kept nowhere, and shown by nothing."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """A sign-in elsewhere that lets into an account."""

    digest: str
    made_at: datetime
    used_at: datetime | None


def identity_of(keyring: Keyring, who: Elsewhere) -> str:
    """The digest under which this identity is kept: of a stolen database no register's number can be guessed.

    Raises:
        BadSubject: no provider calls anybody so.
    """
    if not 0 < len(who.subject) <= LONGEST_SUBJECT or not who.subject.isascii() or not who.subject.isprintable():
        raise BadSubject
    said = f"identity {len(who.issuer)} {who.issuer} {who.subject}"
    return hmac.new(keyring.people_key, said.encode(), hashlib.sha256).hexdigest()


def identities_of(db: Database, operator_id: str) -> Sequence[IdentityRow]:
    """Those that let into this account, the oldest first."""
    columns = (Identity.digest, Identity.made_at, Identity.used_at)
    query = select(*columns).where(Identity.operator_id == operator_id).order_by(Identity.made_at, Identity.digest)
    with db.read() as connection:
        return [IdentityRow(*row) for row in connection.execute(query)]


def tied_accounts(db: Database) -> frozenset[str]:
    """The accounts that a sign-in elsewhere lets into."""
    with db.read() as connection:
        return frozenset(connection.scalars(select(Identity.operator_id).distinct()))


def tie_identity(db: Database, account: str, digest: str, now: datetime, by: str) -> None:
    """Let whoever has this identity in as the account, after its second factor; `by` the actor.

    Raises:
        NotYoursToGive, UnknownAccount, IdentityTied: it cannot be tied.
    """
    act = PersonAct(PersonActKind.IDENTITY_TIED, now, by, account, identity=digest)
    with db.write() as connection:
        append(connection, act)
        connection.execute(insert(Identity).values(digest=digest, operator_id=account, made_at=now, used_at=None))


def take_identity(db: Database, account: str, digest: str, now: datetime, by: str, *, but: str = "") -> None:
    """It lets in no more, and the account's sign-ins end but that of the token `but`; `by` the actor.

    Raises:
        NotYoursToGive, UnknownAccount, UnknownTie: it cannot be taken.
    """
    with db.write() as connection:
        append(connection, PersonAct(PersonActKind.IDENTITY_TAKEN, now, by, account, identity=digest))
        end_sign_ins(connection, account, now, but=but)


def use_state(db: Database, state: str, now: datetime, until: datetime) -> None:
    """Go this way once. `until` its cookie opens something; what is older is forgotten. Raises StateOver."""
    if now >= until:
        raise StateOver
    try:
        with db.write() as connection:
            connection.execute(delete(UsedState).where(UsedState.ends_at <= now))
            used = select(UsedState.state_hash).where(UsedState.state_hash == token_hash(state))
            if connection.execute(used).first() is not None:
                raise StateOver
            connection.execute(insert(UsedState).values(state_hash=token_hash(state), ends_at=until))
    except StoreRaced:
        raise StateOver from None


def sign_in_by(db: Database, digest: str, now: datetime) -> str:
    """The token of a new sign-in of whoever this identity is tied to; as after a password it waits for the factor.

    Raises:
        UnknownIdentity: nobody is.
    """
    token = secrets.token_urlsafe(32)
    query = select(Operator.operator_id).join(Identity, Identity.operator_id == Operator.operator_id)
    with db.write() as connection:
        found = connection.execute(query.where(Identity.digest == digest).with_for_update()).first()
        if found is None:
            raise UnknownIdentity
        row = sign_in_row(token, found.operator_id, now, until=now + TO_PROVE)
        connection.execute(insert(SignIn), [{**row, "elsewhere": True}])
        connection.execute(update(Identity).where(Identity.digest == digest).values(used_at=now))
    return token
