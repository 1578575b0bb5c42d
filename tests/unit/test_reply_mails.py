"""Reading mails is work with hostile input: whatever comes, what is handed back is small, typed and without a text."""

import json
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.incoming.mails import verdict_of
from notifiers.incoming.reading import MailKind, MailReader, Verdict

ROOT = Path(__file__).parents[2]
CANARY = "Zinnia Quetzal"
TOKEN = "abcdefghijklmnopqrstuvwxyz"


def mail(text: str, **headers: str) -> EmailMessage:
    message = EmailMessage()
    given = {"From": "referente@example.org", "To": f"answers+{TOKEN}@example.org", "Message-ID": "<a@example.org>"}
    for name, value in {**given, **{key.replace("_", "-"): value for key, value in headers.items()}}.items():
        message[name] = value
    message.set_content(text)
    return message


def read(message: EmailMessage | bytes) -> Verdict:
    raw = message if isinstance(message, bytes) else message.as_bytes()
    return Verdict.model_validate(json.loads(json.dumps(verdict_of(raw))))


def test_a_reply_is_read_with_what_proves_it() -> None:
    found = read(mail("1\n", In_Reply_To="<d.1@staffetta.invalid>", Subject="R: riferimento 7KQ4M-9TX2C"))
    assert (found.kind, found.answer, found.tokens) == (MailKind.ANSWER, "accept", (TOKEN,))
    assert (found.ids, found.references) == (("<d.1@staffetta.invalid>",), ("7KQ4M-9TX2C",))


@pytest.mark.parametrize(
    "below",
    [
        "Il giorno mar 24 nov 2026 alle 21:00 Staffetta <s@example.org> ha scritto:\n> Codice: ABC234\n> 2\n",
        "On Tue, 24 Nov 2026 at 21:00, Staffetta <s@example.org> wrote:\n> Codice: ABC234\n> non possiamo\n",
        (
            "Da: Staffetta <s@example.org>\nInviato: martedì 24 novembre 2026 21:00\nA: Maria\nOggetto: richiesta\n\n"
            "Codice: ABC234\nNon possiamo\n"
        ),
        "-----Original Message-----\nFrom: Staffetta\nSent: Tuesday\nTo: Maria\nSubject: x\n\nCode: ABC234\n2\n",
    ],
)
def test_what_is_quoted_is_no_answer_but_its_code_is_seen(below: str) -> None:
    found = read(mail(f"1\n\n{below}"))
    assert (found.answer, found.codes) == ("accept", ("ABC234",))
    assert read(mail(f"\n\n{below}")).answer == ""


def test_html_alone_is_read_without_what_it_quotes() -> None:
    message = mail("x")
    html = (
        "<html><head><style>p{}</style></head><body><p>Accetto</p><p>Grazie</p>"
        "<div class='gmail_quote'>Il giorno ha scritto:<blockquote>2 non possiamo</blockquote></div></body></html>"
    )
    message.set_content(html, subtype="html")
    assert read(message).answer == "accept"


def test_an_answer_in_a_forwarded_mail_or_an_attachment_is_none() -> None:
    message = mail("guardate\n")
    message.add_attachment("1", filename="risposta.txt")
    message.add_attachment(mail("1"))
    assert read(message).kind is MailKind.UNCLEAR


@pytest.mark.parametrize("sender", ["", "a@example.org, b@example.org", "=?utf-8?q?x?=", "a@b@c"])
def test_without_one_plain_sender_nobody_answered(sender: str) -> None:
    raw = f"From: {sender}\r\nMessage-ID: <a@b>\r\n\r\n1\r\n".encode()
    assert read(raw).kind is MailKind.AUTOMATIC
    twice = b"From: a@example.org\r\nFrom: b@example.org\r\n\r\n1\r\n"
    assert read(twice).kind is MailKind.AUTOMATIC


def test_what_a_mail_server_says_in_words_of_its_own_is_for_a_person() -> None:
    found = read(mail("1\nHi. This is the qmail-send program.", From="MAILER-DAEMON@mx.example.org", Return_Path="<>"))
    assert (found.kind, found.answer, found.tokens) == (MailKind.UNCLEAR, "", ())


def test_a_second_thought_below_the_greeting_is_read() -> None:
    assert read(mail("1\n\nCordiali saluti\nMaria\nma solo dopo le 18\n")).kind is MailKind.UNCLEAR


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_give_a_small_verdict(raw: bytes) -> None:
    found = read(raw)
    assert len(found.model_dump_json()) < 4000


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["From", "To", "Subject", "References", "In-Reply-To", "Content-Type", "Action", "Precedence"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=80),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(HEADERS, st.text(max_size=300))
def test_any_headers_and_any_text_give_a_small_verdict(headers: list[tuple[str, str]], text: str) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    found = read(f"{head}\r\n{text}".encode(errors="replace"))
    assert len(found.model_dump_json()) < 8000


def test_no_text_of_a_mail_is_in_the_verdict() -> None:
    raw = mail(f"{CANARY}\n1\n{CANARY}", Subject=CANARY, X_Note=CANARY).as_bytes()
    assert CANARY.split(maxsplit=1)[0] not in json.dumps(verdict_of(raw))
    assert "referente" not in repr(read(raw))


def deep(depth: int) -> bytes:
    """Parts within parts within parts."""
    head = b"From: a@example.org\r\n"
    parts = [f'Content-Type: multipart/mixed; boundary="b{one}"\r\n\r\n--b{one}\r\n'.encode() for one in range(depth)]
    return head + b"".join(parts) + b"\r\n1\r\n"


HOSTILE = {
    "deep": deep(3000),
    "many headers": b"".join(b"X-%d: x\r\n" % one for one in range(30_000)) + b"\r\n1\r\n",
    "one long line": b"From: a@example.org\r\n\r\n" + b"On " + b"a " * 120_000 + b"wrote:\r\n",
    "headers in the text": b"From: a@example.org\r\n\r\n" + b"From: \nSent: \n" * 20_000,
    "many addresses": b"From: " + b"a@b.it, " * 30_000 + b"\r\n\r\n1\r\n",
    "html": b"From: a@example.org\r\nContent-Type: text/html\r\n\r\n" + b"<div><blockquote>" * 15_000,
    "no charset": b"From: a@example.org\r\nContent-Type: text/plain; charset=\x00\xff\r\n\r\n1\r\n",
    "codec": b"From: a@example.org\r\nContent-Type: text/plain; charset=zlib_codec\r\n\r\nx\r\n",
    "nothing": b"",
}


@pytest.mark.slow
def test_hostile_mails_are_read_or_given_up_within_seconds_and_the_next_is_read() -> None:
    with MailReader() as reader:
        for name, raw in HOSTILE.items():
            found = reader.read(raw)
            assert found is None or found.answer == "" or name in {"no charset", "many headers"}, name
        again = reader.read(mail("1").as_bytes())
        assert again is not None
        assert again.answer == "accept"


@pytest.mark.slow
@pytest.mark.parametrize("work", ["time.sleep(60)", "bytearray(300 << 20)", "os._exit(3)", "1 / 0"])
def test_a_reader_without_time_or_room_is_ended_and_says_nothing(work: str) -> None:
    program = (
        f"import os, sys, time\nsys.path.insert(0, {str(ROOT)!r})\nfrom notifiers.incoming import child\n"
        f"child._limit()\nchild.SECONDS = 1\n"
        f"print(child._in_a_child(lambda raw: {{'x': str({work})[:10]}}, b'').decode())\n"
        "print(child._in_a_child(lambda raw: {'x': 'next'}, b'').decode())"
    )
    said = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=20, check=True)
    assert said.stdout.split("\n")[:2] == ["{}", '{"x": "next"}']


@pytest.mark.slow
def test_a_child_that_lies_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    lies = [
        {"key": "x", "kind": "answer"},
        {"key": "0" * 64, "kind": "answer", "answer": "erase"},
        {"key": "0" * 64, "kind": "answer", "more": CANARY},
        {"key": "0" * 64, "kind": "unclear", "sender": "a@b.it\nBcc: c@d.it"},
        {"key": "0" * 64, "kind": "bounce", "reports": [{"message_id": "x"}]},
        [],
    ]
    reader = MailReader()
    for lie in lies:
        monkeypatch.setattr(reader, "_ask", lambda _raw, lie=lie: json.dumps(lie).encode())
        assert reader.read(b"") is None


def test_the_child_has_nothing_of_the_house() -> None:
    with MailReader() as reader:
        reader.read(b"From: a@example.org\r\n\r\n1\r\n")
        assert reader._child is not None
        pid = reader._child.pid
        assert Path(f"/proc/{pid}/environ").read_bytes() == b""
        limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
        assert "Max address space         268435456            268435456" in limits
