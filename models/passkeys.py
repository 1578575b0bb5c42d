"""Passkeys (WebAuthn): a key that never leaves her device or her security key, and answers no page but this desk's.

It stands beside the app's codes as a second factor after the password. Unlike a code it cannot be read out on the
telephone, nor typed into a page that only looks like ours. Whoever uses it is recognised by the device each time (its
PIN, a finger, a face), and the desk asks that this happened. Where the desk lives comes from the settings alone.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import webauthn
from sqlalchemy import Connection, delete, insert, select, update
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json,
    parse_attestation_object,
    parse_client_data_json,
)
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from models.account_tables import Passkey
from models.challenges import GOOD_FOR, Purpose, challenge, is_ours
from models.database import Database
from models.people import passkey_digest as digest_of
from models.vault import Keyring
from procedures.errors import Refused

NAME_OF_THE_DESK = "Staffetta"
LONGEST_LABEL = 40
MOST_PASSKEYS = 10
MILLISECONDS = 1000
FORMATS = frozenset({AttestationFormat.NONE, AttestationFormat.PACKED})
"""We ask for no attestation. What a device adds by itself is read in no other form: fewer readers of foreign bytes."""


class PasskeyRefused(Refused):
    """What the browser handed over proves nothing. Why is not said: it may be somebody trying."""

    template = "This passkey was not accepted. Try again; else use another factor."


class PasskeyCopied(Refused):
    """Its counter went back, or stood still: somebody may hold a copy."""

    template = "This passkey counts backwards, so it may have been copied. Take it away, and tell an administrator."


class PasskeyThere(Refused):
    """Set before."""

    template = "This passkey was set already."


class TooManyPasskeys(Refused):
    """More than anybody needs."""

    template = "There are {most} passkeys already. Take one away first."


class BadPasskeyName(Refused):
    """It is not repeated."""

    template = "The name of a passkey has 1 to 40 letters, digits, blanks and signs, and no others."


@dataclass(frozen=True, slots=True)
class Site:
    """Where the desk lives, as browsers bind passkeys to it."""

    rp_id: str
    """The host's name, without port."""
    origin: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose sign-in a browser is asked in."""

    site: Site
    operator_id: str
    name: str
    token: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """What a browser handed over in a sign-in."""

    site: Site
    token: str
    answer: str
    """JSON, as the page's script packed it."""
    now: datetime


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """One passkey of somebody."""

    digest: str
    """How acts and forms name it."""
    label: str
    made_at: datetime
    used_at: datetime | None


def passkeys_of(db: Database, operator_id: str) -> Sequence[PasskeyRow]:
    """Hers, the oldest first."""
    query = select(Passkey).where(Passkey.operator_id == operator_id).order_by(Passkey.made_at, Passkey.credential_id)
    with db.read() as connection:
        rows = connection.execute(query).all()
    return [
        PasskeyRow(digest_of(row.credential_id, row.public_key), row.label, row.made_at, row.used_at) for row in rows
    ]


def to_set(db: Database, keyring: Keyring, asked: Asked) -> str:
    """What a browser is told, as JSON, to make a passkey in this sign-in."""
    options = webauthn.generate_registration_options(
        rp_id=asked.site.rp_id,
        rp_name=NAME_OF_THE_DESK,
        user_name=asked.name,
        user_id=hashlib.sha256(asked.operator_id.encode()).digest(),
        challenge=challenge(keyring, Purpose.SET, asked.token, asked.now),
        timeout=round(GOOD_FOR.total_seconds()) * MILLISECONDS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_hers(db, asked.operator_id),
    )
    return options_to_json(options)


def to_prove(db: Database, keyring: Keyring, asked: Asked) -> str:
    """What a browser is told, as JSON, to use one of hers for this sign-in; empty where she has none."""
    hers = _hers(db, asked.operator_id)
    if not hers:
        return ""
    options = webauthn.generate_authentication_options(
        rp_id=asked.site.rp_id,
        challenge=challenge(keyring, Purpose.PROVE, asked.token, asked.now),
        timeout=round(GOOD_FOR.total_seconds()) * MILLISECONDS,
        allow_credentials=hers,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def keep(connection: Connection, keyring: Keyring, operator_id: str, shown: Shown, label: str) -> str:
    """Keep the passkey that a browser made for this sign-in under her name for it; its digest, for the act.

    Raises:
        PasskeyRefused: it does not prove what it must.
        PasskeyThere, TooManyPasskeys, BadPasskeyName: it cannot be kept.
    """
    label = label.strip()
    if not 0 < len(label) <= LONGEST_LABEL or not label.isprintable():
        raise BadPasskeyName
    with _refusing():
        signed = _signed(keyring, Purpose.SET, shown)
        said = base64url_to_bytes(json.loads(shown.answer)["response"]["attestationObject"])
        _refuse_unless(parse_attestation_object(said).fmt in FORMATS)
        made = webauthn.verify_registration_response(
            credential=shown.answer,
            expected_challenge=signed,
            expected_rp_id=shown.site.rp_id,
            expected_origin=shown.site.origin,
            require_user_verification=True,
        )
    known = connection.execute(select(Passkey.operator_id, Passkey.credential_id)).all()
    credential_id = bytes_to_base64url(made.credential_id)
    if any(one.credential_id == credential_id for one in known):
        raise PasskeyThere
    if sum(one.operator_id == operator_id for one in known) >= MOST_PASSKEYS:
        raise TooManyPasskeys(most=MOST_PASSKEYS)
    row = {
        "credential_id": credential_id,
        "operator_id": operator_id,
        "label": label,
        "public_key": made.credential_public_key,
        "sign_count": made.sign_count,
        "made_at": shown.now,
        "used_at": None,
    }
    connection.execute(insert(Passkey), [row])
    return digest_of(credential_id, made.credential_public_key)


def check(connection: Connection, keyring: Keyring, operator_id: str, shown: Shown) -> None:
    """Look whether one of this account's passkeys signed for this sign-in; its counter is kept.

    Raises:
        PasskeyRefused: it proves nothing.
        PasskeyCopied: the counter went back.
    """
    with _refusing():
        signed = _signed(keyring, Purpose.PROVE, shown)
        credential_id = str(json.loads(shown.answer)["id"])
    hers = (Passkey.credential_id == credential_id, Passkey.operator_id == operator_id)
    found = connection.execute(select(Passkey.public_key, Passkey.sign_count).where(*hers).with_for_update()).first()
    if found is None:
        raise PasskeyRefused
    with _refusing():
        proved = webauthn.verify_authentication_response(
            credential=shown.answer,
            expected_challenge=signed,
            expected_rp_id=shown.site.rp_id,
            expected_origin=shown.site.origin,
            credential_public_key=found.public_key,
            credential_current_sign_count=0,  # looked at below, where it says something of its own
            require_user_verification=True,
        )
    counts = proved.new_sign_count > 0 or found.sign_count > 0
    if counts and proved.new_sign_count <= found.sign_count:
        raise PasskeyCopied
    connection.execute(update(Passkey).where(*hers).values(sign_count=proved.new_sign_count, used_at=shown.now))


def forget(connection: Connection, operator_id: str, digest: str | None = None) -> bool:
    """Delete the passkey of that digest, or all of the account; whether there was one."""
    query = select(Passkey.credential_id, Passkey.public_key).where(Passkey.operator_id == operator_id)
    gone = [
        row.credential_id
        for row in connection.execute(query)
        if digest is None or secrets.compare_digest(digest_of(row.credential_id, row.public_key), digest)
    ]
    connection.execute(delete(Passkey).where(Passkey.credential_id.in_(gone)))
    return bool(gone)


def _signed(keyring: Keyring, purpose: Purpose, shown: Shown) -> bytes:
    """The challenge that was signed, where it was ours."""
    data = base64url_to_bytes(json.loads(shown.answer)["response"]["clientDataJSON"])
    signed = parse_client_data_json(data).challenge
    _refuse_unless(is_ours(keyring, purpose, shown.token, signed, shown.now))
    return signed


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever a foreign answer makes its readers stumble over: it proves nothing, and nothing of it is repeated."""
    try:
        yield
    except Exception:  # noqa: BLE001  # the readers raise what they like, RecursionError included
        raise PasskeyRefused from None


def _refuse_unless(holds: bool) -> None:  # noqa: FBT001  # it reads as a sentence
    if not holds:
        raise PasskeyRefused


def _hers(db: Database, operator_id: str) -> list[PublicKeyCredentialDescriptor]:
    query = select(Passkey.credential_id).where(Passkey.operator_id == operator_id).order_by(Passkey.made_at)
    with db.read() as connection:
        return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in connection.scalars(query)]
