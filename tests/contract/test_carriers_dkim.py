"""A mail of ours carries a signature that a verifier of other hands believes, and that breaks with the mail."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from cli.demo.mailserver import MailServer
from notifiers.accounts import read_account
from notifiers.carriers import Carriers
from notifiers.dkim import Signer
from notifiers.errors import (
    BadCarrier,
    DkimIncomplete,
    DkimKeyReadableByOthers,
    DkimKeyUnusable,
    UnknownArgument,
)
from notifiers.letters import letter
from notifiers.outcomes import Accepted
from tests.contract.carrier_worlds import UNHURRIED, message

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
KEY = rsa.generate_private_key(65537, 2048)
SENDER = "staffetta@example.org"


def key_file(folder: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = KEY) -> Path:
    file = folder / "dkim.pem"
    pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))
    file.chmod(0o400)
    return file


@dataclass(frozen=True)
class World:
    server: MailServer
    carriers: Carriers


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    with MailServer.start() as server:
        url = f"{server.url}&dkim_selector=st1&dkim_key={key_file(tmp_path)}"
        async with Carriers({"email": url}, patience=UNHURRIED) as carriers:
            yield World(server, carriers)


def believed(text: bytes, signer: Signer) -> bool:
    def published(name: bytes, timeout: int = 5) -> bytes | None:
        return signer.record.encode() if name.decode().rstrip(".") == signer.name else None

    # Its verifier says of a mail that was changed either no, or why.
    try:
        return bool(dkim.verify(text, dnsfunc=published, minkey=2048))
    except dkim.DKIMException:
        return False


SIGNER = Signer("example.org", "st1", KEY)


async def test_what_arrives_is_signed_for_the_senders_domain(world: World) -> None:
    assert isinstance(await world.carriers.send(message("email")), Accepted)

    (arrived,) = world.server.received()
    assert believed(arrived.raw, SIGNER)


async def test_a_signature_covers_what_a_reader_goes_by(world: World) -> None:
    await world.carriers.send(message("email"))

    (arrived,) = world.server.received()
    tags = dict(
        tag.strip().partition("=")[::2] for tag in arrived.raw.partition(b"\r\nMessage-ID")[0].decode().split(";")
    )
    assert tags["c"] == "relaxed/relaxed"
    named = tags["h"].split(":")
    for name in ("from", "to", "subject", "date", "message-id", "auto-submitted", "content-type"):
        assert named.count(name) == 2
    assert not any(name.startswith("list-") for name in named)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"7KM3PX", b"7KM3PY"),
        (b"From: staffetta@", b"From: staffette@"),
        (b"K7QF-2M9T", b"K7QF-2M9S"),
        (b"Subject:", b"Subject: another\r\nSubject:"),
        (b"Subject:", b"Reply-To: somebody@example.net\r\nSubject:"),
        (b"auto-generated", b"no"),
        (b"MIME-Version", b"From: somebody@example.net\r\nMIME-Version"),
    ],
)
def test_what_was_changed_on_the_way_is_no_longer_believed(before: bytes, after: bytes) -> None:
    signed = SIGNER.sign(letter(message("email"), sender=SENDER, at=NOW), at=NOW)
    assert believed(signed, SIGNER)
    assert signed.count(before) == 1

    assert not believed(signed.replace(before, after), SIGNER)


@pytest.mark.parametrize("body", ["", "\n", "\n\n\n", "one  two \t three   \n\n\n", " .\n", "no end", "È così =20 \n"])
def test_every_body_is_signed_as_others_read_it(body: str) -> None:
    assert believed(SIGNER.sign(letter(message("email", body=body), sender=SENDER, at=NOW), at=NOW), SIGNER)


def test_a_relay_that_folds_and_blanks_does_no_harm() -> None:
    signed = SIGNER.sign(letter(message("email"), sender=SENDER, at=NOW), at=NOW)

    assert believed(signed.replace(b"Subject: Staffetta:", b"SUBJECT:  Staffetta:\r\n  "), SIGNER)


@pytest.mark.slow
def test_no_line_of_a_signature_is_too_long_whatever_the_key() -> None:
    long = Signer("example.org", "st1", rsa.generate_private_key(65537, 4096))
    signed = long.sign(letter(message("email"), sender=SENDER, at=NOW), at=NOW)

    assert believed(signed, long)
    assert max(map(len, signed.split(b"\r\n"))) < 998
    pieces = long.zone_line().partition(" TXT ")[2][1:-1].split('" "')
    assert "".join(pieces) == long.record
    assert max(map(len, pieces)) <= 255


def url_with(arguments: str) -> str:
    return f"staffetta-mail://127.0.0.1/?from={SENDER}&tls=none{arguments}"


def test_a_key_that_others_can_read_signs_nothing(tmp_path: Path) -> None:
    file = key_file(tmp_path)
    file.chmod(0o440)

    with pytest.raises(DkimKeyReadableByOthers) as refused:
        Carriers({"email": url_with(f"&dkim_selector=st1&dkim_key={file}")})
    assert str(file) in str(refused.value)


@pytest.mark.parametrize(
    "key",
    [rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256R1())],  # noqa: S505 - refused as such
    ids=["short", "other"],
)
def test_a_key_that_nobody_believes_is_refused_at_the_start(
    tmp_path: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
) -> None:
    with pytest.raises(DkimKeyUnusable):
        Carriers({"email": url_with(f"&dkim_selector=st1&dkim_key={key_file(tmp_path, key)}")})


@pytest.mark.parametrize(
    "content", [b"", b"\xff\x00", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_file_without_a_key_is_refused_at_the_start(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "dkim.pem"
    file.write_bytes(content)
    file.chmod(0o400)

    with pytest.raises(DkimKeyUnusable):
        read_account("email", url_with(f"&dkim_selector=st1&dkim_key={file}"))
    with pytest.raises(DkimKeyUnusable):
        read_account("email", url_with(f"&dkim_selector=st1&dkim_key={tmp_path / 'none.pem'}"))


@pytest.mark.parametrize(
    "arguments",
    [
        "&dkim_selector=st1",
        "&dkim_key=/etc/dkim.pem",
        "&dkim_selector=&dkim_key=/etc/dkim.pem",
        "&dkim_selector=a b&dkim_key=/etc/dkim.pem",
        "&dkim_selector=st1&dkim_key=dkim.pem",
    ],
)
def test_half_a_signature_is_refused(arguments: str) -> None:
    with pytest.raises(DkimIncomplete):
        read_account("email", url_with(arguments))


def test_an_sms_knows_no_signature() -> None:
    with pytest.raises(UnknownArgument):
        read_account("sms", "staffetta-sms://127.0.0.1/?from=Rete&tls=none&dkim_selector=st1")


def test_neither_key_nor_signature_is_shown(tmp_path: Path) -> None:
    account = read_account("email", url_with(f"&dkim_selector=st1&dkim_key={key_file(tmp_path)}"))

    assert account.signer is not None
    assert "signer" not in repr(account)
    assert "key" not in repr(account.signer)
    assert issubclass(DkimKeyUnusable, BadCarrier)
