"""The second factor: the codes of an authenticator app, and ten codes for the day on which the telephone is lost.

Between the right password and the right code a sign-in opens nothing but the page that asks for it. Whoever has no
factor yet sets one there: nobody gets in without. The secret is sealed under a key of the desk alone, each code is good
once (RFC 6238, 5.2), and after ten wrong ones the account's codes rest for a quarter of an hour; only whoever knows the
password can bring that about. Before a dangerous act it is shown once more (`prove_again`).
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from pyotp.totp import TOTP
from sqlalchemy import Connection, Row, delete, insert, select, update

from models.account_tables import Operator, Passkey, RecoveryCode, SignIn
from models.accounts import LONGEST, sign_in_row, token_hash
from models.database import Database
from models.links import CODE_LETTERS
from models.people import append
from models.sealing import Place, seal, unseal
from models.vault import Keyring
from procedures.errors import Refused
from procedures.people import OPERATOR_PREFIX, PersonAct, PersonActKind

ISSUER = "Staffetta"
STEP_SECONDS = 30
STEPS_ASIDE = 1
"""Steps by which a telephone's clock may be early or late."""
MOST_WRONG = 10
REST = timedelta(minutes=15)
APP, RECOVERY, PASSKEY = "app", "recovery", "passkey"
FRESH = timedelta(minutes=5)
"""So old a proof may be when something dangerous is done (trust.md, sign-in cookie)."""
RECOVERY_CODES = 10
RECOVERY_LETTERS = 12
"""Of 30 letters: 58 bits."""


class NotOnTheWay(Refused):
    """No sign-in waits for a second factor: it took too long, or was done already."""

    template = "This took too long. Sign in again."


class WrongFactorCode(Refused):
    """Not the code of this moment, or one that was used."""

    template = "This code is not right, or was used already. Wait for the next one."


class PasskeyAsked(Refused):
    """Whoever has a passkey proves herself with it: a code can be read out to somebody."""

    template = "This account has a passkey. Use it, or type a recovery code."


class FactorRests(Refused):
    """Too many wrong codes."""

    template = "Too many wrong codes. Wait a quarter of an hour, or ask an administrator for a new start."


Waiting = Row[
    str, str, bytes | None, int | None, int, datetime | None, bytes | None, datetime, datetime, str | None, bool, bool
]
"""An account and a sign-in of it that shows a code."""


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """A sign-in that waits for its second factor."""

    operator_id: str
    name: str
    secret: str | None
    """What an app is shown to set one with; None where the account has one."""

    @property
    def uri(self) -> str:
        """The same for a QR code. Only where there is a secret."""
        assert self.secret is not None
        return TOTP(self.secret).provisioning_uri(name=self.name, issuer_name=ISSUER)


@dataclass(frozen=True, slots=True)
class Proved:
    """A sign-in that is whole."""

    token: str
    """In the place of the one before: whoever saw that has nothing."""
    recovery: tuple[str, ...] = ()
    """Where a factor was set just now; shown once."""
    by: str = APP
    """What was shown."""


def on_the_way(db: Database, keyring: Keyring, token: str, now: datetime) -> OnTheWay:
    """What is asked next of this sign-in; a secret is drawn once for it. Raises NotOnTheWay."""
    with db.read() as connection:
        found = waiting(connection, token, now)
    if _has_one(found):
        return OnTheWay(found.operator_id, found.name, None)
    if found.drawn is not None:
        return OnTheWay(found.operator_id, found.name, _open(keyring, found.operator_id, found.drawn))
    secret = pyotp.random_base32()
    sealed = _sealed(keyring, found.operator_id, secret)
    ours = SignIn.token_hash == token_hash(token)
    with db.write() as connection:
        connection.execute(update(SignIn).where(ours, SignIn.drawn.is_(None)).values(drawn=sealed))
        kept: bytes = connection.execute(select(SignIn.drawn).where(ours)).scalar_one() or sealed
    return OnTheWay(found.operator_id, found.name, _open(keyring, found.operator_id, kept))


def prove(db: Database, keyring: Keyring, token: str, code: str, now: datetime) -> Proved:
    """Let in whoever shows the code of this moment, or a recovery code; where there was no factor, it is set by that.

    Raises:
        NotOnTheWay: no such sign-in waits.
        WrongFactorCode: another code is needed; it is counted.
        FactorRests: too many were wrong.
    """
    shown = "".join(code.split()).replace("-", "").upper()
    with db.write() as connection:
        found = waiting(connection, token, now, to_use=True)
        proved = _counted(connection, keyring, found, shown, now)
        if proved is not None:
            follow(connection, token, found, proved, now, until=now + LONGEST)
    if proved is None:
        raise WrongFactorCode
    return proved


def prove_again(db: Database, keyring: Keyring, token: str, code: str, now: datetime) -> str:
    """The token of the same sign-in, proved anew: it lives no longer for that, and the one before is over.

    Raises:
        NotOnTheWay: the sign-in is not whole, or is over.
        WrongFactorCode: another code is needed; it is counted.
        PasskeyAsked: not by the app, for there is a passkey.
        FactorRests: too many were wrong.
    """
    shown = "".join(code.split()).replace("-", "").upper()
    with db.write() as connection:
        found = waiting(connection, token, now, to_use=True, whole=True)
        proved = _counted(connection, keyring, found, shown, now) if _has_one(found) else None
        if proved is not None:
            if proved.by == APP and found.passkeys:
                raise PasskeyAsked
            follow(connection, token, found, proved, now, until=found.ends_at)
    if proved is None:
        raise WrongFactorCode
    return proved.token


def take_factor(db: Database, operator_id: str, now: datetime, by: str) -> None:
    """Take the account's second factor: with the next sign-in it sets a new one. `by` is the actor.

    Raises:
        NotYoursToGive, UnknownAccount: it cannot be done.
    """
    ours = Operator.operator_id == operator_id
    with db.write() as connection:
        append(connection, PersonAct(PersonActKind.FACTOR_TAKEN, now, by, operator_id))
        connection.execute(update(Operator).where(ours).values(factor=None, factor_step=None, factor_wrong=0))
        connection.execute(delete(RecoveryCode).where(RecoveryCode.operator_id == operator_id))
        connection.execute(delete(Passkey).where(Passkey.operator_id == operator_id))
        ending = update(SignIn).where(SignIn.operator_id == operator_id, SignIn.revoked_at.is_(None))
        connection.execute(ending.values(revoked_at=now, drawn=None))


def _counted(connection: Connection, keyring: Keyring, found: Waiting, shown: str, now: datetime) -> Proved | None:
    """What the code proves; a wrong one is counted. Raises FactorRests."""
    if found.factor_wrong >= MOST_WRONG and found.factor_wrong_at + REST > now:
        raise FactorRests
    proved = _proved(connection, keyring, found, shown, now)
    if proved is None:
        since = found.factor_wrong if found.factor_wrong < MOST_WRONG else 0
        ours = update(Operator).where(Operator.operator_id == found.operator_id)
        connection.execute(ours.values(factor_wrong=since + 1, factor_wrong_at=now))
        if since + 1 == MOST_WRONG:
            append(connection, PersonAct(PersonActKind.CODES_WRONG, now, "program", found.operator_id))
    return proved


def follow(
    connection: Connection, token: str, found: Waiting, proved: Proved, now: datetime, *, until: datetime
) -> None:
    """A sign-in in the place of the one before: whoever saw that has nothing."""
    ending = update(SignIn).where(SignIn.token_hash == token_hash(token))
    connection.execute(ending.values(revoked_at=now, drawn=None))
    row = sign_in_row(proved.token, found.operator_id, now, until=until, proved_at=now)
    before = {"signed_in_at": found.signed_in_at, "device": found.device, "elsewhere": found.elsewhere}
    connection.execute(insert(SignIn), [{**row, **before, "proved_by": proved.by}])


def _has_one(found: Waiting) -> bool:
    """Whether the account has a second factor, of whichever kind."""
    return found.factor is not None or bool(found.passkeys)


def waiting(connection: Connection, token: str, now: datetime, *, to_use: bool = False, whole: bool = False) -> Waiting:
    """The sign-in of that token which waits for its code, or the whole one. Raises NotOnTheWay."""
    query = (
        select(
            Operator.operator_id,
            Operator.name,
            Operator.factor,
            Operator.factor_step,
            Operator.factor_wrong,
            Operator.factor_wrong_at,
            SignIn.drawn,
            SignIn.signed_in_at,
            SignIn.ends_at,
            SignIn.device,
            SignIn.elsewhere,
            select(Passkey.operator_id).where(Passkey.operator_id == Operator.operator_id).exists().label("passkeys"),
        )
        .join(SignIn, SignIn.operator_id == Operator.operator_id)
        .where(
            SignIn.token_hash == token_hash(token),
            SignIn.proved_at.is_not(None) if whole else SignIn.proved_at.is_(None),
            SignIn.revoked_at.is_(None),
            SignIn.ends_at > now,
        )
    )
    found = connection.execute(query.with_for_update() if to_use else query).first()
    if found is None:
        raise NotOnTheWay
    return found


def _proved(connection: Connection, keyring: Keyring, found: Waiting, shown: str, now: datetime) -> Proved | None:
    """The whole sign-in, where the code is right; what follows for the account is kept."""
    ours = update(Operator).where(Operator.operator_id == found.operator_id)
    # A secret that was drawn earlier sets no factor beside a passkey that came meanwhile.
    sealed = found.factor if _has_one(found) else found.drawn
    step = None if sealed is None else _step_of(_open(keyring, found.operator_id, sealed), shown, now)
    if step is not None and (found.factor_step is None or step > found.factor_step):
        connection.execute(ours.values(factor=sealed, factor_step=step, factor_wrong=0))
        setting = found.factor is None
        return Proved(secrets.token_urlsafe(32), _set(connection, keyring, found.operator_id, now) if setting else ())
    if _has_one(found) and _recovered(connection, keyring, found.operator_id, shown, now):
        connection.execute(ours.values(factor_wrong=0))
        _noted(connection, PersonActKind.RECOVERY_USED, found.operator_id, now)
        return Proved(secrets.token_urlsafe(32), by=RECOVERY)
    return None


def _set(connection: Connection, keyring: Keyring, operator_id: str, now: datetime) -> tuple[str, ...]:
    """The act, and new recovery codes."""
    _noted(connection, PersonActKind.FACTOR_SET, operator_id, now)
    return draw_recovery(connection, keyring, operator_id)


def _noted(connection: Connection, kind: PersonActKind, operator_id: str, now: datetime) -> None:
    """An act of hers about her own account."""
    append(connection, PersonAct(kind, now, f"{OPERATOR_PREFIX}{operator_id}", operator_id))


def draw_recovery(connection: Connection, keyring: Keyring, operator_id: str) -> tuple[str, ...]:
    """New recovery codes in the place of those before, to be shown once."""
    connection.execute(delete(RecoveryCode).where(RecoveryCode.operator_id == operator_id))
    drawn = tuple("".join(secrets.choice(CODE_LETTERS) for _ in range(RECOVERY_LETTERS)) for _ in range(RECOVERY_CODES))
    rows = [{"code_hash": _digest(keyring, operator_id, code), "operator_id": operator_id} for code in drawn]
    connection.execute(insert(RecoveryCode), rows)
    return tuple("-".join(code[at : at + 4] for at in range(0, RECOVERY_LETTERS, 4)) for code in drawn)


def _recovered(connection: Connection, keyring: Keyring, operator_id: str, shown: str, now: datetime) -> bool:
    ours = (RecoveryCode.code_hash == _digest(keyring, operator_id, shown), RecoveryCode.used_at.is_(None))
    used = connection.execute(update(RecoveryCode).where(*ours).values(used_at=now))
    return bool(used.rowcount)


def _step_of(secret: str, shown: str, now: datetime) -> int | None:
    """The step of time that this code belongs to, among those near."""
    here, codes = int(now.timestamp()) // STEP_SECONDS, TOTP(secret)
    near = range(here - STEPS_ASIDE, here + STEPS_ASIDE + 1)
    return next((at for at in near if hmac.compare_digest(codes.generate_otp(at).encode(), shown.encode())), None)


def _digest(keyring: Keyring, operator_id: str, code: str) -> str:
    """Keyed: of a stolen database no code can be guessed."""
    return hmac.new(keyring.people_key, f"{operator_id} {code}".encode(), hashlib.sha256).hexdigest()


def _place(operator_id: str) -> Place:
    return Place("operators", "", operator_id, "factor", "people")


def _sealed(keyring: Keyring, operator_id: str, secret: str) -> bytes:
    return seal(keyring.people_key, secret.encode(), _place(operator_id))


def _open(keyring: Keyring, operator_id: str, sealed: bytes) -> str:
    return unseal(keyring.people_key, sealed, _place(operator_id)).decode()
