"""What somebody sees of her own account, and does with it: her sign-ins, her factors, her password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from models.account_tables import Operator, RecoveryCode, SignIn
from models.accounts import IDLE, OperatorAccount, end_sign_ins, token_hash
from models.database import Database
from models.passwords import fits, hashed_password
from models.people import append
from procedures.errors import Refused
from procedures.passwords import check_password
from procedures.people import PersonAct, PersonActKind

ID_LETTERS = 16
"""Of a sign-in's hash so many name it in a form: the token does not follow from them."""


class UnknownSignIn(Refused):
    """Over already, or never hers."""

    template = "This sign-in is over. Look at the list of them."


class WrongCurrentPassword(Refused):
    """Not the one that she has."""

    template = "The password of now is not right. Type it again."


@dataclass(frozen=True, slots=True)
class SignInRow:
    """One of her sign-ins that are still good."""

    id: str
    device: str
    since: datetime
    seen_at: datetime
    own: bool
    """Whether it is the one that asks."""
    elsewhere: bool
    """Whether it began at the provider of sign-ins."""


@dataclass(frozen=True, slots=True)
class Factors:
    """What she can prove herself with, beside passkeys."""

    app: bool
    recovery: int
    """Recovery codes that are left."""


def sign_ins_of(db: Database, operator_id: str, token: str, now: datetime) -> Sequence[SignInRow]:
    """Hers that are still good, the latest first."""
    query = select(SignIn).where(
        SignIn.operator_id == operator_id,
        SignIn.revoked_at.is_(None),
        SignIn.ends_at > now,
        SignIn.proved_at.is_not(None),
        SignIn.seen_at > now - IDLE,
    )
    with db.read() as connection:
        rows = connection.execute(query.order_by(SignIn.seen_at.desc(), SignIn.token_hash)).all()
    ours = token_hash(token)
    return [
        SignInRow(
            row.token_hash[:ID_LETTERS],
            row.device or "",
            row.signed_in_at,
            row.seen_at,
            row.token_hash == ours,
            row.elsewhere,
        )
        for row in rows
    ]


def factors_of(db: Database, operator_id: str) -> Factors:
    """Her app, and the recovery codes that are left."""
    left = select(func.count()).select_from(RecoveryCode)
    with db.read() as connection:
        app = connection.execute(select(Operator.factor).where(Operator.operator_id == operator_id)).scalar()
        unused = left.where(RecoveryCode.operator_id == operator_id, RecoveryCode.used_at.is_(None))
        return Factors(app is not None, connection.execute(unused).scalar_one())


def note_device(db: Database, token: str, device: str) -> None:
    """Keep what a browser called itself in this sign-in."""
    with db.write() as connection:
        connection.execute(update(SignIn).where(SignIn.token_hash == token_hash(token)).values(device=device))


def end_sign_in(db: Database, who: OperatorAccount, sign_in: str, now: datetime) -> None:
    """End one of her sign-ins, at once. Raises UnknownSignIn."""
    with db.write() as connection:
        hers = (SignIn.operator_id == who.operator_id, SignIn.revoked_at.is_(None))
        found = connection.scalars(select(SignIn.token_hash).where(*hers))
        ending = [one for one in found if one[:ID_LETTERS] == sign_in]
        if not ending:
            raise UnknownSignIn
        append(connection, PersonAct(PersonActKind.SIGN_INS_ENDED, now, who.actor, who.operator_id))
        connection.execute(update(SignIn).where(SignIn.token_hash.in_(ending)).values(revoked_at=now))


def end_other_sign_ins(db: Database, who: OperatorAccount, token: str, now: datetime) -> None:
    """End all of hers but the one of this token."""
    with db.write() as connection:
        append(connection, PersonAct(PersonActKind.SIGN_INS_ENDED, now, who.actor, who.operator_id))
        end_sign_ins(connection, who.operator_id, now, but=token)


def change_password(db: Database, who: OperatorAccount, token: str, typed: tuple[str, str], now: datetime) -> None:
    """Set her password, `typed` being the one of now and the new one; all her other sign-ins end.

    Raises:
        WrongCurrentPassword: it is not the one of now.
        PasswordTooShort, PasswordTooLong, PasswordGuessed: another one is needed.
        TooManySignIns: twenty others are waiting.
    """
    current, password = typed
    ours = Operator.operator_id == who.operator_id
    with db.read() as connection:
        kept: str = connection.execute(select(Operator.password_hash).where(ours)).scalar_one()
    if not fits(kept, current):
        raise WrongCurrentPassword
    check_password(password, who.name)
    hashed = hashed_password(password)
    with db.write() as connection:
        append(connection, PersonAct(PersonActKind.PASSWORD_SET, now, who.actor, who.operator_id))
        connection.execute(update(Operator).where(ours).values(password_hash=hashed))
        end_sign_ins(connection, who.operator_id, now, but=token)


def person_of(db: Database, operator_id: str) -> str:
    """Which person of the network's file she is; empty where nobody has said so."""
    query = select(Operator.person).where(Operator.operator_id == operator_id, Operator.shut.is_(False))
    with db.read() as connection:
        return connection.execute(query).scalar() or ""
