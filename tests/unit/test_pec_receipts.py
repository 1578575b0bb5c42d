"""What a receipt of certified mail says, and what no provider writes."""

import hashlib
from dataclasses import replace

import pytest

from notifiers.incoming.receipts import verdict_of
from tests.pec_receipts import Receipt

OURS = Receipt("<0192-alert.0@staffetta.example.org>")
BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><postacert tipo="x">&c;</postacert>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><postacert tipo="avvenuta-consegna"/>'


def test_a_receipt_says_what_of_which_mail_and_when() -> None:
    raw = OURS.raw()
    assert verdict_of(raw) == {
        "key": hashlib.sha256(raw).hexdigest(),
        "kind": "avvenuta-consegna",
        "message_id": OURS.about,
        "error": "nessuno",
        "at": "2026-11-24T21:00:07+01:00",
        "to": "ente@pec.example.org",
    }


@pytest.mark.parametrize(
    "kind",
    [
        "accettazione",
        "non-accettazione",
        "presa-in-carico",
        "preavviso-errore-consegna",
        "errore-consegna",
        "rilevazione-virus",
    ],
)
def test_every_kind_of_the_rules_is_known(kind: str) -> None:
    assert verdict_of(replace(OURS, kind=kind, error="no-dest").raw())["kind"] == kind


@pytest.mark.parametrize(
    "wrong",
    [
        replace(OURS, kind="lettura"),
        replace(OURS, certified_kind="accettazione"),
        replace(OURS, certified_about="<another@example.org>"),
        replace(OURS, about="no id"),
        replace(OURS, signed="mixed"),
        replace(OURS, daticert=BOMB),
        replace(OURS, daticert=OUTSIDE),
        replace(OURS, daticert="<postacert tipo='avvenuta-consegna'><dati>"),
        replace(OURS, daticert="<postacert>" + "<a/>" * 3000 + "</postacert>"),
        replace(OURS, daticert="<a>" * 20_000),
        replace(OURS, daticert="x" * 70_000),
        replace(OURS, daticert=" "),
    ],
)
def test_what_no_provider_writes_is_no_receipt(wrong: Receipt) -> None:
    assert set(verdict_of(wrong.raw())) == {"key"}


@pytest.mark.parametrize(("day", "hour"), [("2026-11-24", "21:00:07"), ("31/02/2026", "21:00:07"), ("24/11/2026", "")])
def test_a_time_that_is_none_is_not_invented(day: str, hour: str) -> None:
    assert verdict_of(replace(OURS, day=day, hour=hour).raw())["at"] == ""


def test_what_hangs_on_a_mail_from_elsewhere_is_not_believed() -> None:
    inner = OURS.raw()
    outer = (
        b'From: ladro@example.net\r\nContent-Type: multipart/signed; boundary="far"\r\n\r\n'
        b"--far\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--far--\r\n"
    )
    assert set(verdict_of(outer)) == {"key"}
    twice = b"X-Ricevuta: accettazione\r\n" + inner
    assert set(verdict_of(twice)) == {"key"}
    nested = inner
    for name, other in ((b'"out"', b'"o2"'), (b"--out", b"--o2"), (b'"in"', b'"i2"'), (b"--in", b"--i2")):
        nested = nested.replace(name, other)
    borrowed = (
        inner.replace(b'Content-Type: application/xml; name="daticert.xml"', b"Content-Type: text/plain", 1)
        .replace(b'Content-Disposition: inline; filename="daticert.xml"\r\n', b"", 1)
        .replace(b"--in--", b"--in\r\nContent-Type: message/rfc822\r\n\r\n" + nested + b"\r\n--in--", 1)
    )
    assert set(verdict_of(borrowed)) == {"key"}


@pytest.mark.parametrize("day", ["01/01/0001", "31/12/9999", "24/11/1999", "32/11/2026"])
def test_a_day_that_no_provider_means_is_no_moment(day: str) -> None:
    assert verdict_of(replace(OURS, day=day, hour="00:00:00").raw())["at"] == ""
