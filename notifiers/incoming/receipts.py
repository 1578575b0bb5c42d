"""From the bytes of a receipt of certified mail to the few things that count: what it says, of which mail, and when.

Read in the child (`notifiers.incoming.child`), so nothing of the house is imported here. The format is RFC 6109,
appendix A, and the technical rules of the Italian decree of 2 November 2005: headers `X-Ricevuta` and
`X-Riferimento-Message-ID`, and beside them `daticert.xml`, which must say the same.
"""

import email.policy
import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from email.message import Message
from email.parser import BytesParser
from xml.parsers import expat

PARSER = BytesParser(policy=email.policy.compat32)
KINDS = {
    "accettazione",
    "non-accettazione",
    "presa-in-carico",
    "avvenuta-consegna",
    "preavviso-errore-consegna",
    "errore-consegna",
    "rilevazione-virus",
}
ERRORS = {"nessuno", "no-dest", "no-dominio", "virus", "altro"}
MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,250}>")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}")
ZONE = re.compile(r"[+-]\d{4}")
DEEPEST = 4
SANE_YEARS = range(2000, 2200)
LARGEST_XML = 64 * 1024
LONGEST_VALUE = 400
MOST_ELEMENTS = 2_000


class _Hostile(Exception):
    """What no provider writes: a document type, entities, thousands of elements."""


def verdict_of(raw: bytes) -> dict[str, object]:
    """What this receipt says; its `kind` is empty where it is none, or where its two parts differ.

    Args:
        raw: its bytes, whole.
    """
    key = hashlib.sha256(raw).hexdigest()
    mail = PARSER.parsebytes(raw)
    kind, about = _header(mail, "X-Ricevuta"), _header(mail, "X-Riferimento-Message-ID")
    if kind not in KINDS or not MESSAGE_ID.fullmatch(about) or mail.get_content_type() != "multipart/signed":
        return {"key": key}
    said = _certified(mail)
    if said.get("tipo") != kind or said.get("msgid") != about:
        return {"key": key}
    to = said.get("consegna", "")
    return {
        "key": key,
        "kind": kind,
        "message_id": about,
        "error": said.get("errore", "") if said.get("errore") in ERRORS else "",
        "at": _moment(said),
        "to": to if ADDRESS.fullmatch(to) else "",
    }


def _header(mail: Message, name: str) -> str:
    """A header that stands there once, at the top: what a mail within the mail says is nobody's word."""
    found = mail.get_all(name, [])
    return str(found[0]).strip() if len(found) == 1 else ""


def _certified(mail: Message) -> dict[str, str]:
    for part in _parts(mail, 0):
        if (part.get_filename() or "").casefold() == "daticert.xml":
            text = part.get_payload(decode=True)
            return _read(text) if isinstance(text, bytes) and len(text) <= LARGEST_XML else {}
    return {}


def _parts(mail: Message, depth: int) -> Iterator[Message]:
    """The parts of the receipt itself, never those of the mail that may hang on it."""
    if depth > DEEPEST:
        return
    inside = mail.get_payload()
    if mail.get_content_maintype() == "multipart" and isinstance(inside, list):
        for part in inside:
            if isinstance(part, Message):
                yield from _parts(part, depth + 1)
    else:
        yield mail


def _read(xml: bytes) -> dict[str, str]:
    """The values of the certification, by the names of their elements; nothing where it is not as it must be."""
    reading = _Reading()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(xml, True)  # noqa: FBT003 - its own parameter has no name
    except (expat.ExpatError, _Hostile, ValueError, LookupError):
        return {}
    return reading.found


def _refuse(*_args: object) -> None:
    raise _Hostile


class _Reading:
    """Puts together what the parser says."""

    def __init__(self) -> None:
        """Nothing was read."""
        self.found: dict[str, str] = {}
        self._inside: list[str] = []
        self._elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise _Hostile
        self._inside.append(name)
        if self._inside == ["postacert"]:
            self.found |= {key: attributes.get(key, "")[:LONGEST_VALUE] for key in ("tipo", "errore")}
        if self._inside == ["postacert", "dati", "data"]:
            self.found["zona"] = attributes.get("zona", "")[:LONGEST_VALUE]

    def end(self, _name: str) -> None:
        """An element ends."""
        self._inside.pop()

    def text(self, text: str) -> None:
        """Text between two tags."""
        if self._inside[:2] == ["postacert", "dati"]:
            name = self._inside[-1]
            self.found[name] = (self.found.get(name, "") + text.strip())[:LONGEST_VALUE]


def _moment(said: dict[str, str]) -> str:
    """When the provider says it was: `giorno` and `ora`, with the zone of their element; empty where it is none."""
    written = f"{said.get('giorno', '')} {said.get('ora', '')} {said.get('zona', '')}"
    try:
        known = ZONE.fullmatch(said.get("zona", "")) is not None
        at = datetime.strptime(written, "%d/%m/%Y %H:%M:%S %z") if known else None
    except ValueError:
        return ""
    # A moment at the edge of the calendar is none in another zone.
    return at.isoformat() if at is not None and at.year in SANE_YEARS else ""
