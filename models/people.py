"""The chain of what was done with accounts, the roles that follow from it, and the check of both."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from models.account_tables import Identity, Operator, Passkey
from models.act_tables import PersonActRecord
from models.chains import ActFault, Chain, followed
from models.database import Database
from models.encoding import canonical
from procedures.people import People, PersonAct, PersonActKind, Role, after, people_of

CHAIN = Chain("people", PersonActRecord, ("seq", "kind", "actor", "account", "payload"))


def read_people(connection: Connection) -> People:
    """What each account holds."""
    return people_of(map(_act, CHAIN.rows(connection)))


def append(connection: Connection, act: PersonAct) -> None:
    """Chain an act on and keep the roles that follow, if it can be done; ties that follow no more are gone.

    Raises:
        Refused: it cannot be done; nothing was kept.
    """
    CHAIN.take_turn(connection)
    held = after(read_people(connection), act)[act.account]
    more = {"passkey": act.passkey} if act.passkey else {}
    more |= {"person": act.person} if act.kind is PersonActKind.TIED else {}
    more |= {"identity": act.identity} if act.identity else {}
    payload = canonical({"roles": sorted(act.roles), **more})
    row = {"at": act.at, "kind": act.kind.value, "actor": act.actor, "account": act.account, "payload": payload}
    CHAIN.add(connection, row)
    if act.kind is not PersonActKind.MADE:
        ours = Operator.operator_id == act.account
        said = {"roles": spelt(held.roles), "person": held.person or None, "shut": held.shut}
        connection.execute(update(Operator).where(ours).values(said))
        over = (Identity.operator_id == act.account, Identity.digest.not_in(held.identities))
        connection.execute(delete(Identity).where(*over))


def last_acts(db: Database, limit: int) -> Sequence[PersonAct]:
    """What was done with accounts, the latest first."""
    with db.read() as connection:
        return [_act(row) for row in reversed(CHAIN.rows(connection)[-limit:])]


def spelt(roles: frozenset[Role]) -> str:
    """Roles as the account's row has them."""
    return " ".join(sorted(roles))


def roles_in(kept: str) -> frozenset[Role]:
    """The roles of an account's row. A word that is no role opens nothing."""
    return frozenset(role for role in Role if role.value in kept.split())


def check_people(connection: Connection) -> tuple[int, Sequence[ActFault]]:
    """How many acts there are, and whatever is wrong in their chain, in their order, and in the roles kept beside."""
    rows = CHAIN.rows(connection)
    return len(rows), [*CHAIN.faults(connection, rows), *_follow(connection, rows)]


def _follow(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[ActFault]:
    """Each act must have been possible after those before it, and no account holds more than they gave it."""
    first: People = {}
    known, impossible = followed(rows, first, lambda known, row: after(known, _act(row)))
    if impossible is not None:
        yield impossible
        return
    kept, tied = passkey_digests(connection), _identities(connection)
    for account in connection.execute(select(Operator.operator_id, Operator.roles, Operator.person, Operator.shut)):
        held = known.get(account.operator_id)
        if held is None or spelt(held.roles) != account.roles:
            yield ActFault(None, "account", f"the roles of the account {account.operator_id} follow from no act")
        elif (held.person or None) != account.person:
            yield ActFault(None, "account", f"who the account {account.operator_id} is follows from no act")
        if (held.shut if held else False) != account.shut:
            yield ActFault(None, "account", f"whether the account {account.operator_id} is shut follows from no act")
        if (held.passkeys if held else frozenset()) != kept.get(account.operator_id, frozenset()):
            yield ActFault(None, "account", f"the passkeys of the account {account.operator_id} follow from no act")
        if (held.identities if held else frozenset()) != tied.get(account.operator_id, frozenset()):
            yield ActFault(None, "account", f"a sign-in elsewhere of {account.operator_id} follows from no act")


def passkey_digests(connection: Connection) -> Mapping[str, frozenset[str]]:
    """The passkeys that are kept, by account: what whoever can write the database could put there."""
    found: dict[str, frozenset[str]] = {}
    for row in connection.execute(select(Passkey.operator_id, Passkey.credential_id, Passkey.public_key)):
        digest = passkey_digest(row.credential_id, row.public_key)
        found[row.operator_id] = found.get(row.operator_id, frozenset()) | {digest}
    return found


def _identities(connection: Connection) -> Mapping[str, frozenset[str]]:
    """The sign-ins elsewhere that let in, by account."""
    found: dict[str, frozenset[str]] = {}
    for row in connection.execute(select(Identity.operator_id, Identity.digest)):
        found[row.operator_id] = found.get(row.operator_id, frozenset()) | {row.digest}
    return found


def passkey_digest(credential_id: str, public_key: bytes) -> str:
    """What the acts say of a passkey: of its id and its key, so that neither can be changed unseen."""
    return hashlib.sha256(credential_id.encode() + b"\n" + public_key).hexdigest()


def _act(row: Row[Any]) -> PersonAct:
    said = json.loads(row.payload)
    roles, more = (
        frozenset(map(Role, said["roles"])),
        [said.get(name, "") for name in ("person", "passkey", "identity")],
    )
    return PersonAct(PersonActKind(row.kind), row.at, row.actor, row.account, roles, *more)
