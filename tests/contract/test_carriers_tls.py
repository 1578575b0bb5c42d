"""Alerts leave encrypted to a server that proves who it is, or not at all."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.demo.gateway import SmsGateway
from cli.demo.mailroom import Stage, Turn
from cli.demo.mailserver import MailServer
from notifiers.carriers import Carriers
from notifiers.outcomes import Accepted, FailedTemporary
from tests.contract.carrier_worlds import HURRIED, UNHURRIED, Certificate, make_certificate, message
from tests.contract.test_carriers import calling, certified

Trust = Callable[[Certificate], None]


@pytest.fixture
def trust(monkeypatch: pytest.MonkeyPatch) -> Trust:
    return lambda certificate: monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))


@pytest.mark.parametrize("starttls", [True, False])
async def test_mail_goes_through_tls_to_a_server_we_trust(tmp_path: Path, trust: Trust, *, starttls: bool) -> None:
    certificate = make_certificate(tmp_path)
    trust(certificate)
    with MailServer.start(tls=certificate.context, starttls=starttls) as server:
        async with Carriers({"email": server.url}, patience=UNHURRIED) as carriers:
            assert isinstance(await carriers.send(message("email")), Accepted)
            assert isinstance(await carriers.send(message("email", "next.1")), Accepted)
        assert server.connections == 1


@pytest.mark.parametrize("starttls", [True, False])
@pytest.mark.parametrize("name", ["127.0.0.2", "mail.example.org"])
async def test_mail_to_a_server_with_another_name_does_not_leave(
    tmp_path: Path, trust: Trust, name: str, *, starttls: bool
) -> None:
    certificate = make_certificate(tmp_path, name)
    trust(certificate)
    with MailServer.start(tls=certificate.context, starttls=starttls) as server:
        async with Carriers({"email": server.url}, patience=UNHURRIED) as carriers:
            assert await carriers.send(message("email")) == FailedTemporary("tls")
        assert server.received() == ()


@pytest.mark.parametrize("starttls", [True, False])
async def test_mail_to_a_server_nobody_vouches_for_does_not_leave(tmp_path: Path, *, starttls: bool) -> None:
    certificate = make_certificate(tmp_path)
    with MailServer.start(tls=certificate.context, starttls=starttls) as server:
        async with Carriers({"email": server.url}, patience=UNHURRIED) as carriers:
            assert await carriers.send(message("email")) == FailedTemporary("tls")
        assert server.received() == ()


@pytest.mark.parametrize("login", ["", "user:secret@"])
@pytest.mark.parametrize("tls", ["starttls", "required"])
async def test_where_encryption_was_stripped_nothing_is_said_in_clear(tls: str, login: str) -> None:
    with MailServer.start() as server:
        url = server.url.replace("tls=none", f"tls={tls}").replace("//", f"//{login}")
        async with Carriers({"email": url}, patience=HURRIED) as carriers:
            outcome = await carriers.send(message("email"))
        assert outcome in {FailedTemporary("tls"), FailedTemporary("timeout")}
        assert server.received() == ()
        assert server.reached() <= {Stage.EHLO}


async def test_certified_mail_to_a_server_nobody_vouches_for_does_not_leave(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    with MailServer.start(tls=certificate.context) as server:
        async with Carriers({"pec": certified(server.url)}, patience=UNHURRIED) as carriers:
            assert await carriers.send(message("pec")) == FailedTemporary("tls")
        assert server.received() == ()


async def test_a_call_goes_through_tls_to_a_gateway_we_trust_alone(tmp_path: Path, trust: Trust) -> None:
    certificate = make_certificate(tmp_path)
    with SmsGateway.start(tls=lambda _config, _default: certificate.context) as gateway:
        async with Carriers({"voice": calling(gateway.url)}, patience=UNHURRIED) as carriers:
            assert await carriers.send(message("voice")) == FailedTemporary("tls")
        trust(certificate)
        async with Carriers({"voice": calling(gateway.url)}, patience=UNHURRIED) as carriers:
            assert isinstance(await carriers.send(message("voice")), Accepted)
        assert len(gateway.received()) == 1


async def test_sms_goes_through_tls_to_a_gateway_we_trust(tmp_path: Path, trust: Trust) -> None:
    certificate = make_certificate(tmp_path)
    trust(certificate)
    with SmsGateway.start(tls=lambda _config, _default: certificate.context) as gateway:
        async with Carriers({"sms": gateway.url}, patience=UNHURRIED) as carriers:
            assert isinstance(await carriers.send(message("sms")), Accepted)


async def test_sms_to_a_gateway_nobody_vouches_for_does_not_leave(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    with SmsGateway.start(tls=lambda _config, _default: certificate.context) as gateway:
        async with Carriers({"sms": gateway.url}, patience=UNHURRIED) as carriers:
            assert await carriers.send(message("sms")) == FailedTemporary("tls")
        assert gateway.requests == 0


def test_certificates_are_read_once_for_a_carrier_and_not_for_each_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[ssl.SSLContext] = []
    real = ssl.create_default_context

    def counted() -> ssl.SSLContext:
        made.append(real())
        return made[-1]

    monkeypatch.setattr(ssl, "create_default_context", counted)
    Carriers({"email": "staffetta-mail://mail.example.org/?from=a@example.org&tls=required"})
    assert len(made) == 1


async def test_the_account_signs_in_before_it_sends(tmp_path: Path, trust: Trust) -> None:
    certificate = make_certificate(tmp_path)
    trust(certificate)
    with MailServer.start(tls=certificate.context, starttls=True) as server:
        url = server.url.replace("//", "//user:secret@")
        async with Carriers({"email": url}, patience=UNHURRIED) as carriers:
            assert isinstance(await carriers.send(message("email")), Accepted)
        assert Stage.AUTH in server.reached()


async def test_an_account_that_may_not_sign_in_says_nothing_of_the_recipient(tmp_path: Path, trust: Trust) -> None:
    certificate = make_certificate(tmp_path)
    trust(certificate)
    with MailServer.start(tls=certificate.context, starttls=True) as server:
        server.misbehave(*[Turn(Stage.AUTH, reply="535 5.7.8 no")] * 3)
        url = server.url.replace("//", "//user:secret@")
        async with Carriers({"email": url}, patience=UNHURRIED) as carriers:
            assert await carriers.send(message("email")) == FailedTemporary("sign-in")
