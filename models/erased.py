"""What holds for an erased case: nobody reads it, and it has no keys.

A kill between the act and the keys, or an older key store that is put back, leaves some: each start looks.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from models.database import Database
from models.keystore import KeyStore
from models.tables import Case
from procedures.erasures import CaseErased


def replay_erasures(db: Database, store: KeyStore) -> Sequence[str]:
    """Destroy the keys of erased cases that have some again; which cases those were.

    Raises:
        StoreBusy, StoreFailed.
    """
    with db.read() as connection:
        erased = list(connection.execute(select(Case.case_id).where(Case.erased_at.is_not(None))).scalars())
    again = store.having_keys(erased) if erased else ()
    if again:
        store.erase(again)
    return again


def refuse_erased(connection: Connection, case_id: str) -> None:
    """See that this case was not erased. Raises CaseErased."""
    erased_at = connection.execute(select(Case.erased_at).where(Case.case_id == case_id)).scalar()
    if erased_at is not None:
        raise CaseErased(day=f"{erased_at:%Y-%m-%d}")
