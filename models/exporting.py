"""The whole trail as one archive for somebody outside, with what checks it: no name, no fact, no key is in it.

Of what is sealed the archive holds the hash alone, as the trail itself does. It needs no key to be made.
"""

import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from models.chains import Chain
from models.database import Database
from models.recording import earlier_hash, event_hash, hashed_record
from models.root_checks import OF_HOUSE
from models.root_tables import RootHead
from models.roots import CHAIN, OF_THE_HOUSE
from models.settings_values import NOT_A_PATH
from models.stamps import kept_stamps, stamped
from models.tables import EventRecord
from procedures.errors import StaffettaError
from procedures.reasons import reason_of

VERIFIER = Path(__file__).with_name("outside_verifier.py")
AT_ONCE = 5000
"""Rows in memory."""
Line = Mapping[str, Any]
README = """\
Traccia di una casa Staffetta. / The trail of a Staffetta house.

    python3 verify.py QUESTO-FILE.zip --anchors MAIL-SALVATE --key CHIAVE
    python3 verify.py THIS-FILE.zip --anchors SAVED-MAILS --key KEY --language en

Nessun nome, nessun fatto: di ciò che è cifrato c'è solo l'impronta.
No name and no fact: of what is sealed there is the hash alone.
"""


class ExportThere(StaffettaError):
    """Something stands where the archive was to be written."""

    template = "{path} is there already. Name a file that is not."


class ExportUnwritable(StaffettaError):
    """The archive cannot be written there."""

    template = "{path} cannot be written: {why}. Name another place."


def write_archive(
    db: Database, public: bytes | None, target: Path, now: datetime, note: Callable[[], None] = lambda: None
) -> int:
    """Write the archive, for its owner alone; how many rows of all chains are in it.

    `note` is called once it is known that it can be written, and before anything is.

    Raises:
        ExportThere, ExportUnwritable: nothing was written.
        StoreBusy, StoreFailed.
    """
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ExportThere(path=target) from None
    except ValueError:
        raise ExportUnwritable(path=target, why=NOT_A_PATH) from None
    except OSError as error:
        raise ExportUnwritable(path=target, why=reason_of(error)) from None
    try:
        with os.fdopen(handle, "wb") as file:
            note()
            with db.read() as connection:
                return _write(zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED), connection, public, now)
    except BaseException as error:  # also Ctrl-C: half an archive would pass for a whole one
        target.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise ExportUnwritable(path=target, why=reason_of(error)) from None
        raise


def _write(archive: zipfile.ZipFile, connection: Connection, public: bytes | None, now: datetime) -> int:
    house = {"made_at": now.astimezone(UTC).isoformat(), "public_key": "" if public is None else public.hex()}
    with archive:
        archive.writestr("LEGGIMI.txt", README)
        archive.writestr("verify.py", VERIFIER.read_bytes())
        archive.writestr("house.json", json.dumps(house))
        _put(archive, "roots.jsonl", _roots(connection))
        _put(archive, "root_heads.jsonl", _heads(connection))
        _stamps(archive, connection)
        return _put(archive, "trail.jsonl", _trail(connection))


def _stamps(archive: zipfile.ZipFile, connection: Connection) -> None:
    """Each time stamp, and beside it what was stamped, as `openssl ts -verify` takes them."""
    for number, root, answer in kept_stamps(connection):
        archive.writestr(f"stamps/{number}.tsr", answer)
        if root is not None:
            archive.writestr(f"stamps/{number}.txt", stamped(root))


def _put(archive: zipfile.ZipFile, name: str, lines: Iterable[Line]) -> int:
    count = 0
    with archive.open(name, "w", force_zip64=True) as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            count += 1
    return count


def _roots(connection: Connection) -> Iterator[Line]:
    for row in CHAIN.rows(connection):
        yield {**_chained(CHAIN, row), "signature": row.signature}


def _heads(connection: Connection) -> Iterator[Line]:
    for row in _in_pieces(connection, select(RootHead.__table__).order_by(RootHead.root, RootHead.leaf)):
        yield dict(row._mapping)  # noqa: SLF001  # the public way to a row's names


def _trail(connection: Connection) -> Iterator[Line]:
    """Every chain, one after the other."""
    for chain in OF_HOUSE:
        table = chain.table.__table__
        for row in _in_pieces(connection, select(table).order_by(table.c.seq)):
            yield {"chain": OF_THE_HOUSE + chain.name, "seq": row.seq, **_chained(chain, row)}
    for row in _in_pieces(connection, select(EventRecord.__table__).order_by(EventRecord.case_id, EventRecord.seq)):
        values = dict(row._mapping)  # noqa: SLF001  # the public way to a row's names
        line = {"chain": row.case_id, "seq": row.seq, "record": hashed_record(values)}
        earlier = row.hash != event_hash(values) and row.hash == earlier_hash(values)
        yield {**line, "prev": row.prev_hash, "hash": row.hash, **({"earlier": True} if earlier else {})}


def _chained(chain: Chain, row: Row[Any]) -> Line:
    record = list(chain.digested(dict(row._mapping)))  # noqa: SLF001  # the public way to a row's names
    return {"record": record, "prev": row.prev_hash, "hash": row.hash}


def _in_pieces(connection: Connection, query: Select[*tuple[Any, ...]]) -> Iterator[Row[Any]]:
    yield from connection.execution_options(yield_per=AT_ONCE).execute(query)
