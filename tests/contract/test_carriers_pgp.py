"""What is written to somebody with a key goes out so that she alone can open it, or not at all."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest
from pysequoia import Cert, Tsk, decrypt

from cli.demo.mailserver import MailServer
from cli.signatures import unusable_keys
from models.network import parse_network, sample_network
from notifiers.accounts import read_account
from notifiers.carriers import Carriers
from notifiers.errors import PgpFolderUnusable, UnknownArgument
from notifiers.outcomes import Accepted, RejectedPermanent
from tests.contract.carrier_worlds import UNHURRIED, message
from tests.contract.test_carriers_dkim import SIGNER, believed, key_file

HER_KEY = Tsk.generate("Turno <turno@example.org>")
HERS = HER_KEY.extract_certificate()
FINGERPRINT = HERS.fingerprint.upper()


@dataclass(frozen=True)
class World:
    server: MailServer
    carriers: Carriers
    folder: Path

    def keep(self, cert: Cert, name: str = FINGERPRINT) -> None:
        (self.folder / f"{name}.asc").write_text(str(cert), encoding="ascii")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    folder = tmp_path / "pgp"
    folder.mkdir()
    with MailServer.start() as server:
        url = f"{server.url}&pgp_keys={folder}&dkim_selector=st1&dkim_key={key_file(tmp_path)}"
        async with Carriers({"email": url}, patience=UNHURRIED) as carriers:
            yield World(server, carriers, folder)


async def test_she_alone_reads_it_and_the_rest_is_a_mail_as_ever(world: World) -> None:
    world.keep(HERS)
    asked = message("email", pgp=FINGERPRINT)
    assert isinstance(await world.carriers.send(asked), Accepted)

    (arrived,) = world.server.received()
    assert (arrived.message_id, arrived.subject) == (asked.message_id, asked.subject)
    for secret in (b"7KM3PX", b"desk.example.org", b"per Lei"):
        assert secret not in arrived.raw
    assert believed(arrived.raw, SIGNER)

    mail = BytesParser(policy=default).parsebytes(arrived.raw)
    assert (mail.get_content_type(), mail.get_param("protocol")) == ("multipart/encrypted", "application/pgp-encrypted")
    control, sealed = mail.iter_parts()
    assert control.get_content_type() == "application/pgp-encrypted"
    assert b"Version: 1" in control.get_content()
    opened = decrypt(sealed.get_content(), decryptor=HER_KEY.decryptor()).bytes
    assert opened is not None
    inner = BytesParser(policy=default).parsebytes(opened)
    assert inner.get_content_type() == "text/plain"
    assert inner.get_content().replace("\r\n", "\n") == asked.body


async def test_without_a_usable_key_nothing_goes_out_in_clear(world: World) -> None:
    refused = RejectedPermanent("pgp-key")
    asked = message("email", pgp=FINGERPRINT)
    assert await world.carriers.send(asked) == refused
    world.keep(Tsk.generate("Altra <altra@example.org>").extract_certificate())  # another's, under her name
    assert await world.carriers.send(asked) == refused
    (world.folder / f"{FINGERPRINT}.asc").write_bytes(b"-----BEGIN PGP PUBLIC KEY BLOCK-----\nAAAA\n")
    assert await world.carriers.send(asked) == refused
    assert world.server.received() == ()


async def test_a_key_that_is_over_or_called_back_is_not_used(world: World) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    over = HERS.set_expiration(past, certifier=HER_KEY.certifier())
    world.keep(over)
    assert await world.carriers.send(message("email", pgp=FINGERPRINT)) == RejectedPermanent("pgp-key")
    revoked = Cert.from_bytes(bytes(HERS) + bytes(HERS.revoke(certifier=HER_KEY.certifier())))
    world.keep(revoked)
    assert await world.carriers.send(message("email", pgp=FINGERPRINT)) == RejectedPermanent("pgp-key")
    assert world.server.received() == ()


async def test_a_carrier_without_keys_sends_her_nothing_in_clear() -> None:
    with MailServer.start() as server:
        async with Carriers({"email": server.url}, patience=UNHURRIED) as carriers:
            assert await carriers.send(message("email", pgp=FINGERPRINT)) == RejectedPermanent("pgp-key")
            assert isinstance(await carriers.send(message("email", "other.1")), Accepted)


def test_the_doctor_says_whose_key_is_missing(tmp_path: Path) -> None:
    written = sample_network().replace(
        "{email: ada.fontana@example.org}", f'{{email: ada.fontana@example.org, pgp: "{FINGERPRINT}"}}'
    )
    directory = parse_network(written, "network.yaml")
    url = f"staffetta-mail://127.0.0.1/?from=a@b.org&tls=none&pgp_keys={tmp_path}"
    for urls in ({}, {"email": url}, {"email": "jsons://gateway.example.org/{address}"}):
        (said,) = unusable_keys(directory, urls)
        assert FINGERPRINT in said
    (tmp_path / f"{FINGERPRINT}.asc").write_text(str(HERS), encoding="ascii")
    assert list(unusable_keys(directory, {"email": url})) == []


def test_the_folder_must_be_there(tmp_path: Path) -> None:
    for folder in ("pgp", str(tmp_path / "none")):
        with pytest.raises(PgpFolderUnusable):
            read_account("email", f"staffetta-mail://127.0.0.1/?from=a@b.org&tls=none&pgp_keys={folder}")
    with pytest.raises(UnknownArgument):
        read_account("pec", f"staffetta-pec://127.0.0.1/?from=a@b.org&tls=none&pgp_keys={tmp_path}")
