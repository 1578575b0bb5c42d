"""Knocking at a carrier's door: what it says when nobody is there, and that it repeats no secret."""

import socket
from collections.abc import Iterator

import pytest

from notifiers.language import said
from notifiers.patience import Patience
from notifiers.probing import CarrierUnreachable, probe

SECRET = "s3cr3t-pa55"


def mail(port: int) -> str:
    return f"staffetta-mail://rete:{SECRET}@127.0.0.1:{port}/?from=rete@example.org&tls=none"


def why(url: str, *, patience: Patience | None = None) -> str:
    with pytest.raises(CarrierUnreachable) as refused:
        probe("email", url, patience=patience)
    for sentence in (str(refused.value), said(refused.value, "it")):
        assert "email" in sentence
        assert SECRET not in sentence
    return str(refused.value.data["why"])


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is ours, and where nobody listens."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        yield kept.getsockname()[1]


def test_to_a_server_that_listens_nothing_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        probe("email", mail(server.getsockname()[1]))
        heard, _ = server.accept()
        with heard:
            assert heard.recv(1) == b""


@pytest.mark.parametrize(
    "url",
    [
        f"staffetta-mail://rete:{SECRET}@127.0.0.1:{{port}}/?from=rete@example.org&tls=none",
        f"staffetta-sms://rete:{SECRET}@127.0.0.1:{{port}}/send?from=Rete&tls=none",
        f"json://rete:{SECRET}@127.0.0.1:{{port}}/{SECRET}/{{{{address}}}}",
    ],
)
def test_a_closed_port_is_named(url: str, closed_port: int) -> None:
    assert why(url.format(port=closed_port)) == "nothing listens there"


def test_a_server_that_does_not_answer_is_given_up_in_time() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        port = deaf.getsockname()[1]
        waiting = []
        try:
            for _ in range(4):  # until its queue is full
                knock = socket.socket()
                knock.settimeout(0)
                knock.connect_ex(("127.0.0.1", port))
                waiting.append(knock)
            assert why(mail(port), patience=Patience(probing=0.2)) == "it does not answer"
        finally:
            for knock in waiting:
                knock.close()


def test_a_name_that_nobody_has_is_told() -> None:
    name = f"{'mail' * 16}.invalid"  # too long for a name: no server has to be asked
    url = f"staffetta-mail://rete:{SECRET}@{name}/?from=rete@example.org&tls=required"
    assert why(url) == "no machine has this name"


def test_where_an_account_stands_in_place_of_a_host_nobody_knocks(monkeypatch: pytest.MonkeyPatch) -> None:
    knocks: list[object] = []

    def knock(place: object, **_more: object) -> None:
        knocks.append(place)
        raise OSError("nobody is there")

    monkeypatch.setattr(socket, "create_connection", knock)
    probe("sms", f"vonage://{SECRET}:{SECRET}@393399957000/{{address}}")
    assert knocks == []
