"""What must not begin anew because it was lost: the database while its keys are there, the keys while cases are there.

A file that is missing or empty looks like a first start. Going on would hide the loss under a new, empty house.
"""

import os
from pathlib import Path

from sqlalchemy import make_url, select

from models.database import Database
from models.keyring_errors import KeyMissing
from models.keystore import KeyStore
from models.settings import Settings
from models.store_errors import StoreLost
from models.tables import Case

OWNER_ALONE = 0o600
OTHERS = 0o077


def refuse_lost_database(settings: Settings) -> None:
    """See that the database's file is there if the key store holds keys of cases; make a new one for its owner alone.

    Raises:
        StoreLost: the cases' keys are there, the cases are not.
        StoreBusy, StoreFailed: the key store cannot be used.
    """
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    file = Path(url.database)
    if _is_new(file):
        if _holds_keys(settings.key_store):
            raise StoreLost(place=file)
        if not file.exists() and file.parent.is_dir():
            file.touch(mode=OWNER_ALONE)
    found = file.stat() if file.is_file() else None
    if found is not None and found.st_mode & OTHERS and found.st_uid == os.geteuid():
        file.chmod(OWNER_ALONE)


def refuse_lost_keys(settings: Settings, database: Database) -> None:
    """See that the key store's file is there if there are cases.

    Raises:
        KeyMissing: it is not, or it is empty.
    """
    place = settings.key_store
    if not isinstance(place, Path) or not _is_new(place):
        return
    with database.read() as connection:
        if connection.execute(select(Case.case_id).limit(1)).first() is not None:
            raise KeyMissing(path=place)


def _is_new(file: Path) -> bool:
    return not file.exists() or (file.is_file() and file.stat().st_size == 0)


def _holds_keys(place: Path | str) -> bool:
    if not isinstance(place, Path) or _is_new(place):
        return False
    store = KeyStore.open(place)
    try:
        return not store.is_empty()
    finally:
        store.close()
