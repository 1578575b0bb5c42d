"""From the bytes of one mail to the few things that count: what kind it is, from whom, to which message, which answer.

Read in the child, so nothing of the house is imported here. Whatever is handed back is looked at again by whoever asked
(`notifiers.incoming.reading`).
"""

import email.policy
import hashlib
import re
from collections.abc import Iterable
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses
from html.parser import HTMLParser

from mailparser_reply import EmailReplyParser

from notifiers.incoming.answer_words import answer_in

LONGEST_TEXT = 8_000
"""Characters of a text that are looked at: an answer stands at its top, and what it quotes below."""
LONGEST_HEADER = 20_000
MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,250}>")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")
TOKEN = re.compile(r"\+([a-z2-7]{26})@", re.IGNORECASE)
REFERENCE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b")
QUOTED_CODE = re.compile(r"(?:codice|code)\s*:\s*\*?([2-9A-HJKMNP-TV-Z]{6})\b", re.IGNORECASE)
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
MOST_IDS, MOST_TOKENS, MOST_REFERENCES, MOST_CODES, MOST_REPORTS = 12, 4, 2, 2, 8
AUTOMATIC = ("x-autoreply", "x-autorespond", "x-auto-response-suppress-reply", "list-id", "x-loop")
BULK = {"bulk", "junk", "list", "auto_reply"}
DAEMONS = {"mailer-daemon", "postmaster"}
"""They write of mails that came back in words of their own, too: that is for a person to read."""
PARSER = BytesParser(policy=email.policy.compat32)
REPLIES = EmailReplyParser(languages=["it", "en"])


def verdict_of(raw: bytes) -> dict[str, object]:
    """What this mail is.

    Args:
        raw: its bytes, cut where it is too large.
    """
    mail = PARSER.parsebytes(raw)
    sender = _sender(mail)
    message_id = _header(mail, "message-id").strip()
    named = f"{sender}\n{message_id}".encode(errors="replace") if message_id else raw
    said: dict[str, object] = {"key": hashlib.sha256(named).hexdigest(), "sender": sender}
    if _is_report(mail):
        return said | {"kind": "bounce", "reports": _reports(mail)}
    said |= {"ids": _ids(mail), "tokens": _tokens(mail), "references": _references(mail)}
    if sender.partition("@")[0].lower() in DAEMONS:
        return {**said, "kind": "unclear", "ids": [], "tokens": [], "references": []}
    if _is_automatic(mail) or not sender:
        return said | {"kind": "automatic"}
    text = _text(mail)[:LONGEST_TEXT]
    answer, code = answer_in(_written(text))
    codes = list(dict.fromkeys(([code] if code else []) + [one.upper() for one in QUOTED_CODE.findall(text)]))
    said["codes"] = codes[:MOST_CODES]
    return said | ({"kind": "answer", "answer": answer} if answer else {"kind": "unclear"})


def _header(mail: Message, name: str) -> str:
    return str(mail.get(name) or "")[:LONGEST_HEADER]


def _every(mail: Message, *names: str) -> str:
    return "\n".join(str(one)[:LONGEST_HEADER] for name in names for one in (mail.get_all(name) or [])[:MOST_IDS])


def _sender(mail: Message) -> str:
    """The one address in the one From; empty where there are several, or none that is plain."""
    given = mail.get_all("from") or []
    if len(given) != 1:
        return ""
    found = [address for _, address in getaddresses([str(given[0])[:LONGEST_HEADER]]) if address]
    return found[0] if len(found) == 1 and ADDRESS.fullmatch(found[0]) else ""


def _ids(mail: Message) -> list[str]:
    """What it answers: the one it names first, then the thread, its end first."""
    thread = MESSAGE_ID.findall(_every(mail, "references"))
    return list(dict.fromkeys([*MESSAGE_ID.findall(_every(mail, "in-reply-to")), *reversed(thread)]))[:MOST_IDS]


def _tokens(mail: Message) -> list[str]:
    addressed = _every(mail, "to", "cc", "delivered-to", "x-original-to", "envelope-to")
    return list(dict.fromkeys(one.lower() for one in TOKEN.findall(addressed)))[:MOST_TOKENS]


def _references(mail: Message) -> list[str]:
    return list(dict.fromkeys(REFERENCE.findall(_header(mail, "subject"))))[:MOST_REFERENCES]


def _is_automatic(mail: Message) -> bool:
    """Whether a machine sent it (RFC 3834, and what older ones write)."""
    marked = _header(mail, "auto-submitted").strip().lower()
    if marked and not marked.startswith("no"):
        return True
    if _header(mail, "precedence").strip().lower() in BULK or any(mail.get(name) for name in AUTOMATIC):
        return True
    if _header(mail, "x-auto-response-suppress").strip().lower() in {"all", "autoreply"} and not mail.get(
        "in-reply-to"
    ):
        return True
    return mail.get("return-path") is not None and _header(mail, "return-path").strip() in {"", "<>"}


def _is_report(mail: Message) -> bool:
    """Whether it is word of a mail server on a mail of ours (RFC 3464)."""
    kind = str(mail.get_param("report-type") or "").lower()
    return mail.get_content_type() == "multipart/report" and kind == "delivery-status"


def _reports(mail: Message) -> list[dict[str, str]]:
    parts = list(mail.walk())[:32]
    original = next((MESSAGE_ID.search(_returned(part)) for part in parts if _is_returned(part)), None)
    if original is None:
        return []
    blocks = [
        block for part in parts if part.get_content_type() == "message/delivery-status" for block in _blocks(part)
    ]
    named = [block for block in blocks if block.get("action")]
    return [{"message_id": original[0], **_report(block)} for block in named[:MOST_REPORTS]]


def _blocks(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []


def _is_returned(part: Message) -> bool:
    return part.get_content_type() in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}


def _returned(part: Message) -> str:
    """The Message-ID of the mail that came back, or of its headers alone."""
    inner = part.get_payload()
    if isinstance(inner, list):
        return _header(inner[0], "message-id") if inner and isinstance(inner[0], Message) else ""
    decoded = part.get_payload(decode=True)
    text = decoded if isinstance(decoded, bytes) else str(inner).encode(errors="replace")
    return _header(PARSER.parsebytes(text[:LONGEST_HEADER], headersonly=True), "message-id")


def _report(block: Message) -> dict[str, str]:
    address = _header(block, "original-recipient") or _header(block, "final-recipient")
    final = _header(block, "final-recipient").rpartition(";")[2].strip()
    status = STATUS.search(_header(block, "status"))
    return {
        "recipient": _plain_address(address.rpartition(";")[2].strip()),
        "final": _plain_address(final),
        "action": _header(block, "action").strip().lower()[:20],
        "status": status[0] if status else "",
    }


def _plain_address(text: str) -> str:
    bare = text.strip("<> ")
    return bare if ADDRESS.fullmatch(bare) else ""


def _text(mail: Message) -> str:
    """The text that a person reads: the plain part, else what is left of the HTML."""
    plain = html = None
    for part in _leaves(mail):
        kind = part.get_content_type()
        if part.get_filename() or part.get_content_disposition() == "attachment":
            continue
        if kind == "text/plain" and plain is None:
            plain = _decoded(part)
        elif kind == "text/html" and html is None:
            html = _decoded(part)
    if plain is not None and plain.strip():
        return plain
    return _from_html(html) if html else ""


def _leaves(mail: Message) -> Iterable[Message]:
    """The parts that are no mail themselves: an answer stands in none that was forwarded."""
    waiting, seen = [mail], 0
    while waiting and seen < 64:  # noqa: PLR2004 - so many parts has no mail that somebody writes
        part, seen = waiting.pop(0), seen + 1
        if part.get_content_maintype() == "message":
            continue
        inner = part.get_payload()
        if part.is_multipart() and isinstance(inner, list):
            waiting = [one for one in inner if isinstance(one, Message)] + waiting
        else:
            yield part


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    content = content[: 16 * LONGEST_TEXT]
    charset = str(part.get_content_charset() or "utf-8")
    try:
        return content.decode(charset, errors="replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", errors="replace")


def _written(text: str) -> str:
    """What its sender wrote, without what she quotes. What stands below a greeting is hers, too: it may be *but*."""
    above = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))
    replies = REPLIES.read(above).replies
    return str(replies[0].full_body) if replies else ""


class _Words(HTMLParser):
    """The words of an HTML mail, without what it quotes."""

    BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "table"})
    LEFT_OUT = frozenset({"style", "script", "head", "title", "blockquote"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._inside = 0
        self.over = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = " ".join(value or "" for name, value in attrs if name in {"class", "id"})
        if any(mark in classes for mark in ("gmail_quote", "divRplyFwdMsg", "appendonsend", "moz-cite-prefix")):
            self.over = True
        if tag in self.LEFT_OUT:
            self._inside += 1
        if tag in self.BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.LEFT_OUT and self._inside:
            self._inside -= 1
        if tag in self.BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._inside and not self.over:
            self.words.append(data.replace("\n", " "))


def _from_html(html: str) -> str:
    words = _Words()
    words.feed(html[: 8 * LONGEST_TEXT])
    return "".join(words.words)
