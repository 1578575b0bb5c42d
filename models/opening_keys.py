"""What opening the keys of a house begins with: the key store, and the key that finds a case by telephone."""

import os
from pathlib import Path

from models.keyfiles import key_path, read_key, write_key
from models.keyring_errors import KeyStoreUnusable
from models.keystore import KeyStore
from models.sealing import KEY_BYTES
from models.store_errors import StoreFailed


def open_store(place: Path | str) -> KeyStore:
    """The key store; a broken file of it is named, so that it is not taken for the database."""
    try:
        return KeyStore.open(place)
    except StoreFailed as error:
        if not isinstance(place, Path) or "why" not in error.data:
            raise
        raise KeyStoreUnusable(place=place, why=error.data["why"]) from None


def find_key_of(folder: Path, store: KeyStore) -> bytes | None:
    """What cases are found by: a house of before gets it now; where marks are kept, only their own key will do."""
    path = key_path(folder, "find")
    if not path.exists():
        if store.has_marks():
            return None
        write_key(path, os.urandom(KEY_BYTES))
    return read_key(path)
