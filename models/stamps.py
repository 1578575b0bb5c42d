"""Time stamps of a third party over roots (RFC 3161): what is asked for, whether an answer holds, and those kept.

What is stamped is a root as it is told outside (`models.anchors.written`): its time, hash and signature. A stamp tells
that the root was there at a moment of which somebody else is sure, and whoever takes all keys of the house cannot make
one of earlier. Which servers are believed, the settings say: `[anchors] stamp_ca`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client.verify import SHA256_OID
from sqlalchemy import Connection, select

from models.anchors import written
from models.root_checks import RootFault
from models.root_tables import AnchorRecord, RootRecord
from models.roots import Root, root_of
from procedures.errors import StaffettaError

PLACE = "stamp"
"""Its name among the places that are told."""
LARGEST_CA = 1024 * 1024
"""Bytes of the file of certificates."""
AT_ONCE = 500
"""Stamps in memory."""


class StampCaUnreadable(StaffettaError):
    """There is no certificate by which a time stamp could be believed."""

    template = "{path} holds no certificates that can be read. Name a file of them (PEM) in [anchors] stamp_ca."


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp that holds."""

    answer: bytes
    """As it came."""
    at: datetime
    """The moment that the third party names."""


@dataclass(frozen=True, slots=True)
class NoStamp:
    """Why there is none, in a word of ours."""

    code: str


def trusted(path: Path) -> Sequence[Certificate]:
    """The certificates in this file.

    Raises:
        StampCaUnreadable: there are none, or it cannot be read.
    """
    try:
        with path.open("rb") as file:
            found = load_pem_x509_certificates(file.read(LARGEST_CA))
    except (OSError, ValueError):
        raise StampCaUnreadable(path=path) from None
    return found


def stamped(root: Root) -> bytes:
    """What is stamped of a root."""
    return written(root).encode("ascii")


def asked_for(root: Root) -> TimeStampRequest:
    """A request for a stamp: over SHA-256, with a number used once, and with the certificate of whoever stamps."""
    builder = TimestampRequestBuilder(data=stamped(root), hash_algorithm=HashAlgorithm.SHA256)
    return builder.nonce(nonce=True).cert_request(cert_request=True).build()


def examined(answer: bytes, root: Root, believed: Sequence[Certificate], nonce: int | None = None) -> Stamp | NoStamp:
    """Whether this is a stamp over that root by somebody who is believed.

    Its signature, its chain to a certificate of `believed` at the moment that it names, and that whoever signed may
    stamp (RFC 3161, 2.3), are looked at; with a `nonce`, that it answers that request and no other.
    """
    try:
        found = decode_timestamp_response(answer)
        if found.status != PKIStatus.GRANTED:
            return NoStamp("refused")
        return _examined(found, answer, root, believed, nonce)
    except ValueError:
        return NoStamp("unreadable")


def _examined(
    found: TimeStampResponse, answer: bytes, root: Root, believed: Sequence[Certificate], nonce: int | None
) -> Stamp | NoStamp:
    info = found.tst_info
    if nonce is not None and info.nonce != nonce:
        return NoStamp("other-nonce")
    if info.message_imprint.hash_algorithm.dotted_string != SHA256_OID:
        return NoStamp("other-hash")
    if info.message_imprint.message != asked_for(root).message_imprint.message:
        return NoStamp("other-root")
    try:
        VerifierBuilder(roots=list(believed)).build().verify_message(found, stamped(root))
    except VerificationError:
        return NoStamp("not-believed")
    return Stamp(answer, info.gen_time)


def kept_stamps(connection: Connection, newest: int | None = None) -> Iterator[tuple[int, Root | None, bytes]]:
    """The first stamp of each root that has one: number, the root as the house has it now, and the stamp.

    With `newest` these alone: roots are chained, so the last of them binds all those before.
    """
    kept = (AnchorRecord.place == PLACE, AnchorRecord.taken.is_(True), AnchorRecord.stamp.is_not(None))
    query = (
        select(AnchorRecord.root.label("number"), AnchorRecord.stamp, RootRecord.__table__)
        .join(RootRecord, RootRecord.seq == AnchorRecord.root, isouter=True)
        .where(*kept)
        .order_by(AnchorRecord.root, AnchorRecord.at)
    )
    if newest is not None:
        before = select(AnchorRecord.root).where(*kept).order_by(AnchorRecord.root.desc()).offset(newest).limit(1)
        query = query.where(AnchorRecord.root > (connection.execute(before).scalar() or 0))
    last = None
    for row in connection.execution_options(yield_per=AT_ONCE).execute(query):
        if row.number != last:
            yield row.number, None if row.seq is None else root_of(row), row.stamp
        last = row.number


@dataclass(frozen=True, slots=True)
class StampsChecked:
    """What was found in the stamps that the house keeps."""

    stamps: int
    """How many were looked at."""
    faults: Sequence[RootFault] = ()
    unchecked: int = 0
    """For nobody said who is believed."""
    reaches: datetime | None = None
    """The time of the last root with a stamp that holds."""
    since: datetime | None = None
    """The moment of that stamp: since then that root, and what it bound, is proven by a third party."""


def check_stamps(
    connection: Connection, believed: Sequence[Certificate] | None, newest: int | None = None
) -> StampsChecked:
    """Check the stamps that are kept, or the newest, against the roots as they are now. None: nobody is believed."""
    faults: list[RootFault] = []
    count, last = 0, None
    for number, root, answer in kept_stamps(connection, newest):
        count += 1
        if believed is None:
            continue
        found = NoStamp("root-missing") if root is None else examined(answer, root, believed)
        if isinstance(found, NoStamp):
            faults.append(RootFault("", number, "stamp", f"root: its time stamp does not hold: {found.code}"))
        elif root is not None:
            last = (root.at, found.at)
    reaches, since = last or (None, None)
    return StampsChecked(count, faults, count if believed is None else 0, reaches, since)
