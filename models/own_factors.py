"""What somebody does with her own second factors: lets herself in by a passkey, proves herself, sets and takes them."""

import secrets
from datetime import datetime

from sqlalchemy import Connection, update

from models import passkeys
from models.account_tables import Operator
from models.accounts import LONGEST, end_sign_ins
from models.database import Database
from models.factors import PASSKEY, Proved, draw_recovery, follow, waiting
from models.passkeys import Shown
from models.people import append
from models.vault import Keyring
from procedures.errors import Refused
from procedures.people import OPERATOR_PREFIX, PersonAct, PersonActKind


class FactorThere(Refused):
    """Somebody set one meanwhile."""

    template = "This account has a second factor. Sign in with it."


def let_in(db: Database, keyring: Keyring, shown: Shown) -> Proved:
    """The whole sign-in of whoever shows a passkey after her password.

    Raises:
        NotOnTheWay, PasskeyRefused, PasskeyCopied: she is not let in.
    """
    with db.write() as connection:
        found = waiting(connection, shown.token, shown.now, to_use=True)
        passkeys.check(connection, keyring, found.operator_id, shown)
        proved = Proved(secrets.token_urlsafe(32), by=PASSKEY)
        follow(connection, shown.token, found, proved, shown.now, until=shown.now + LONGEST)
    return proved


def prove_by_passkey(db: Database, keyring: Keyring, shown: Shown) -> str:
    """The token of the same sign-in, proved anew by a passkey. Raises as `let_in`."""
    with db.write() as connection:
        found = waiting(connection, shown.token, shown.now, to_use=True, whole=True)
        passkeys.check(connection, keyring, found.operator_id, shown)
        proved = Proved(secrets.token_urlsafe(32), by=PASSKEY)
        follow(connection, shown.token, found, proved, shown.now, until=found.ends_at)
    return proved.token


def set_first(db: Database, keyring: Keyring, shown: Shown, label: str) -> Proved:
    """Let in whoever has no second factor yet and sets a passkey as her first, with recovery codes.

    Raises:
        NotOnTheWay, FactorThere: it is not the time for that.
        PasskeyRefused, PasskeyThere, BadPasskeyName: it cannot be set.
    """
    with db.write() as connection:
        found = waiting(connection, shown.token, shown.now, to_use=True)
        if found.factor is not None or found.passkeys:
            raise FactorThere
        _keep(connection, keyring, found.operator_id, shown, label)
        codes = draw_recovery(connection, keyring, found.operator_id)
        proved = Proved(secrets.token_urlsafe(32), codes, by=PASSKEY)
        follow(connection, shown.token, found, proved, shown.now, until=shown.now + LONGEST)
    return proved


def set_another(db: Database, keyring: Keyring, shown: Shown, label: str) -> str:
    """Set one more passkey; the token of her sign-in, which is proved by it from now on.

    Raises:
        NotOnTheWay, PasskeyRefused, PasskeyThere, TooManyPasskeys, BadPasskeyName: it cannot be set.
    """
    with db.write() as connection:
        found = waiting(connection, shown.token, shown.now, to_use=True, whole=True)
        _keep(connection, keyring, found.operator_id, shown, label)
        proved = Proved(secrets.token_urlsafe(32), by=PASSKEY)
        follow(connection, shown.token, found, proved, shown.now, until=found.ends_at)
    return proved.token


def take_passkey(db: Database, operator_id: str, digest: str, token: str, now: datetime) -> None:
    """Take one of her own passkeys; her other sign-ins end, for whoever has it may have made one.

    Raises:
        UnknownPasskey, LastFactor: it cannot be taken.
    """
    with db.write() as connection:
        append(connection, _own(PersonActKind.PASSKEY_TAKEN, operator_id, now, digest))
        passkeys.forget(connection, operator_id, digest)
        end_sign_ins(connection, operator_id, now, but=token)


def take_app(db: Database, operator_id: str, token: str, now: datetime) -> None:
    """Take her own app for codes; her other sign-ins end. Raises LastFactor."""
    with db.write() as connection:
        append(connection, _own(PersonActKind.APP_TAKEN, operator_id, now))
        ours = update(Operator).where(Operator.operator_id == operator_id)
        connection.execute(ours.values(factor=None, factor_step=None))
        end_sign_ins(connection, operator_id, now, but=token)


def new_recovery(db: Database, keyring: Keyring, operator_id: str, now: datetime) -> tuple[str, ...]:
    """New recovery codes, shown once; those before are good no more."""
    with db.write() as connection:
        append(connection, _own(PersonActKind.RECOVERY_DRAWN, operator_id, now))
        return draw_recovery(connection, keyring, operator_id)


def _keep(connection: Connection, keyring: Keyring, operator_id: str, shown: Shown, label: str) -> None:
    digest = passkeys.keep(connection, keyring, operator_id, shown, label)
    append(connection, _own(PersonActKind.PASSKEY_SET, operator_id, shown.now, digest))


def _own(kind: PersonActKind, operator_id: str, now: datetime, digest: str = "") -> PersonAct:
    return PersonAct(kind, now, f"{OPERATOR_PREFIX}{operator_id}", operator_id, passkey=digest)
