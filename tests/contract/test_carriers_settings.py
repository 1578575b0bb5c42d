"""A carrier's URL is read at start: what could weaken it is refused, and no message repeats a secret."""

import pytest

from notifiers.accounts import Account, Tls, read_account
from notifiers.carriers import Carriers
from notifiers.errors import (
    BadCarrier,
    ClearText,
    MissingSender,
    NoRecipientPlace,
    RefusedByApprise,
    UnknownArgument,
    UnknownScheme,
    UnknownTls,
    UnreadableCarrier,
)
from notifiers.language import said

SECRET = "s3cr3t-pa55"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", UnreadableCarrier),
        ("mail.example.org", UnreadableCarrier),
        (f"staffetta-mail://user:{SECRET}@/?from=a@b.org&tls=required", UnreadableCarrier),
        (f"staffetta-mail://user:{SECRET}@host:99999/?from=a@b.org&tls=required", UnreadableCarrier),
        (f"staffetta-mail://user:{SECRET}@[::1/?from=a@b.org&tls=required", UnreadableCarrier),
        (f"staffetta-mail://user:{SECRET}@host\n/?from=a@b.org&tls=required", UnreadableCarrier),
        (f"mailto://user:{SECRET}@example.org", UnknownScheme),
        (f"smpp://user:{SECRET}@example.org/+39333", UnknownScheme),
        (f"staffetta-mail://user:{SECRET}@host/?from=a@b.org&tls=required&verify=no", UnknownArgument),
        (f"staffetta-mail://user:{SECRET}@host/?from=a@b.org&tls=required&{SECRET}=1", UnknownArgument),
        (f"staffetta-mail://user:{SECRET}@host/?from=a@b.org&tls=required&tls=none", UnknownArgument),
        (f"staffetta-mail://user:{SECRET}@host/?tls=required", MissingSender),
        (f"staffetta-mail://user:{SECRET}@host/?from=a%0Ab@b.org&tls=required", MissingSender),
        (f"staffetta-sms://user:{SECRET}@host/?from=longer than eleven&tls=required", MissingSender),
        (f"staffetta-mail://user:{SECRET}@host/?from=a@b.org", UnknownTls),
        (f"staffetta-mail://user:{SECRET}@host/?from=a@b.org&tls=maybe", UnknownTls),
        (f"staffetta-sms://user:{SECRET}@host/?from=Staffetta&tls=starttls", UnknownTls),
        (f"staffetta-mail://user:{SECRET}@mail.example.org/?from=a@b.org&tls=none", ClearText),
        (f"staffetta-sms://user:{SECRET}@10.0.0.7/?from=Staffetta&tls=none", ClearText),
        (f"staffetta-mail://user:{SECRET}@mail.example.org/?from=a@b.org&tls=none&dkim_selector=a", ClearText),
        (f"json://user:{SECRET}@example.org/{{address}}", ClearText),
        (f"jsons://user:{SECRET}@example.org/fixed", NoRecipientPlace),
        (f"jsons://user:{SECRET}@example.org/{{address}}?redirect=yes", UnknownArgument),
        (f"vonage://{SECRET}/{{address}}", RefusedByApprise),
    ],
)
def test_a_bad_url_is_refused_at_start_without_repeating_it(url: str, expected: type[BadCarrier]) -> None:
    with pytest.raises(expected) as refused:
        Carriers({"email": url})

    for sentence in (str(refused.value), said(refused.value, "it"), said(refused.value, "en")):
        assert "email" in sentence
        assert SECRET not in sentence
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("pec", f"staffetta-pec://user:{SECRET}@pec.example.org/?from=a@b.org&tls=none"),
        ("voice", f"staffetta-voice://user:{SECRET}@calls.example.org/?from=+390655501001&tls=none"),
    ],
)
def test_certified_mail_and_calls_leave_encrypted_or_not_at_all(name: str, url: str) -> None:
    with pytest.raises(ClearText):
        Carriers({name: url})


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("staffetta-mail://u:p%40ss@mail.example.org/?from=a@b.org&tls=required", 465, Tls.REQUIRED),
        ("staffetta-mail://u:p%40ss@mail.example.org/?from=a@b.org&tls=starttls", 587, Tls.STARTTLS),
        ("staffetta-mail://u:p%40ss@[::1]/?from=a@b.org&tls=none", 25, Tls.NONE),
        ("staffetta-mail://u:p%40ss@localhost:2525?from=a@b.org&tls=none", 2525, Tls.NONE),
        ("staffetta-sms://u:p%40ss@sms.example.org/v1/send?from=+393399957000&tls=required", 443, Tls.REQUIRED),
        ("staffetta-sms://u:p%40ss@127.0.0.1/v1/send?from=%2B393399957000&tls=none", 80, Tls.NONE),
        ("staffetta-pec://u:p%40ss@pec.example.org/?from=a@b.org&tls=required", 465, Tls.REQUIRED),
        ("staffetta-pec://u:p%40ss@pec.example.org/?from=a@b.org&tls=starttls", 587, Tls.STARTTLS),
        ("staffetta-voice://u:p%40ss@calls.example.org/v1?from=+393399957000&tls=required", 443, Tls.REQUIRED),
    ],
)
def test_a_good_url_becomes_an_account(url: str, port: int, tls: Tls) -> None:
    account = read_account("x", url)

    assert (account.port, account.tls) == (port, tls)
    assert (account.user, account.password) == ("u", "p@ss")
    assert account.sender in {"a@b.org", "+393399957000"}


def test_an_account_does_not_show_its_password() -> None:
    account = Account("staffetta-mail", "host", 465, "/", "a@b.org", Tls.REQUIRED, "user", SECRET)
    assert SECRET not in repr(account)
