"""Checks an exported trail: `python3 verify.py trail.zip --anchors MAILS --key KEY`. It needs Python 3.11 alone.

It checks every chain, that each root follows from the ends of the chains, that each was signed (Ed25519, RFC 8032),
that the chains still reach those ends, and that the roots are those that two bodies outside were told, and those that
were stamped; not who signed a time stamp, which openssl does. `--key` is what `staffetta audit key` printed, once;
without it the archive's is believed. Status 0: all holds, 3: not all, 2: unread.
"""

import argparse
import email
import email.policy
import hashlib
import json
import re
import shlex
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FIRST, HOUSE = "0" * 64, "house:"
ANCHOR = re.compile(
    r"\broot\s+(\d{1,12})\s+count\s+(\d{1,15})\s+time\s+([0-9T:.+-]{20,40})\s+hash\s+([0-9a-f]{64})"
    r"\s+signature\s+([0-9a-f]{128})\b"
)
SAID = {
    "chain": ("{chain} {seq}: non è legato a quello prima", "{chain} {seq}: is not chained to what is before it"),
    "hash": ("{chain} {seq}: è stato alterato", "{chain} {seq}: was altered"),
    "tree": ("radice {seq}: non segue da ciò che lega", "root {seq}: does not follow from what it binds"),
    "signature": ("radice {seq}: non è firmata da questa chiave", "root {seq}: was not signed by this key"),
    "gone": ("{chain} {seq}: manca, ma la radice {root} lo lega", "{chain} {seq}: is missing; root {root} binds it"),
    "other": ("{chain} {seq}: non è ciò che lega la radice {root}", "{chain} {seq}: is not what root {root} binds"),
    "rolled": ("radice {seq}: comunicata fuori, e qui non c'è", "root {seq}: was told outside, and is not here"),
    "rewritten": ("radice {seq}: non è quella comunicata fuori", "root {seq}: is not the one that was told outside"),
    "foreign": ("radice {seq}: l'ancora ha un'altra chiave", "root {seq}: the anchor was signed by another key"),
    "counts": ("Catene: {chains}, righe: {rows}, radici: {roots}.", "Chains: {chains}, rows: {rows}, roots: {roots}."),
    "faults": ("Errori: {faults}.", "Faults: {faults}."),
    "after": ("Righe dopo l'ultima radice: {rows}.", "Rows after the last root: {rows}."),
    "earlier": (
        "Righe di un'edizione precedente, il cui contenuto si controlla solo nella casa: {rows}.",
        "Rows of an earlier edition, whose content can be checked in the house alone: {rows}.",
    ),
    "believed": (
        "La chiave è quella dell'archivio: confronta {key} con quella che hai annotato.",
        "The key is the archive's own: compare {key} with the one that you wrote down.",
    ),
    "until": ("Fino al {moment} nulla è stato riscritto.", "Up to {moment} nothing was rewritten."),
    "unknown": (
        "Senza ancore non si può escludere che chi ha le chiavi abbia riscritto tutto.",
        "Without anchors it cannot be excluded that whoever holds the keys rewrote everything.",
    ),
    "stamps": (
        "Marche temporali: {stamps}. Chi le firmò NON si controlla qui, ma così (l'ultima): {how}",
        "Time stamps: {stamps}. Who signed them is NOT checked here, but so (the newest): {how}",
    ),
    "unreadable": ("L'archivio o le ancore non si possono leggere.", "The archive or the anchors cannot be read."),
}

# Ed25519 as RFC 8032 (5.1) has it, in coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
BITS, P = 256, 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]
DOUBLED: dict[Point, list[Point]] = {}


def add(a: Point, b: Point) -> Point:
    """The sum of two points (5.1.4)."""
    u, v = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = v - u, d - c, d + c, v + u
    return e * f % P, g * h % P, f * g % P, e * h % P


def doubled(point: Point) -> list[Point]:
    """It once, twice, four times …: those of the key and of the base are asked for again with each root."""
    found = DOUBLED.setdefault(point, [point])
    while len(found) < BITS:
        found.append(add(found[-1], found[-1]))
    return found


def times(number: int, point: Point) -> Point:
    """A point so many times."""
    found = (0, 1, 1, 0)
    for power in doubled(point):
        found, number = add(found, power) if number & 1 else found, number >> 1
    return found


def point_of(data: bytes) -> Point | None:
    """The point that these 32 bytes stand for (5.1.3); None where they stand for none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(public: bytes, signature: bytes, text: bytes) -> bool:
    """Whether this key signed this text (5.1.7)."""
    if (len(public), len(signature)) != (32, 64):
        return False
    key, first, scalar = point_of(public), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or first is None or BASE is None or scalar >= L:
        return False
    digest = hashlib.sha512(signature[:32] + public + text).digest()
    a, b = times(scalar, BASE), add(first, times(int.from_bytes(digest, "little") % L, key))
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def canonical(value: object) -> bytes:
    """The one JSON text of a value, as the house hashes it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def chained(before: str, record: object) -> str:
    """The hash of a row, over the one before it and its own content."""
    return hashlib.sha256(before.encode() + canonical(record)).hexdigest()


def signed_text(number: int, entries: int, at: str, hash_: str) -> bytes:
    """What the signature of a root is over."""
    moment = datetime.fromisoformat(at).astimezone(UTC).isoformat(timespec="microseconds")
    return f"staffetta root 1\n{number}\n{entries}\n{moment}\n{hash_}\n".encode()


def raised(levels: list[list[bytes]], touched: set[int]) -> bytes:
    """The root of the tree (RFC 6962, 2.1), after these leaves changed."""
    depth = 0
    while len(levels[depth]) > 1:
        below = levels[depth]
        if depth + 1 == len(levels):
            levels.append([])
        touched = {place // 2 for place in touched}
        for place in sorted(touched):
            pair = below[2 * place : 2 * place + 2]
            made = hashlib.sha256(b"\x01" + b"".join(pair)).digest() if len(pair) > 1 else pair[0]
            levels[depth + 1][place : place + 1] = [made]
        depth += 1
    return levels[-1][0]


class Check:
    """The check of one archive. What is wrong is collected, with its place."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.faults: list[tuple[str, dict[str, Any]]] = []
        self.rows = self.earlier = 0
        self.chains: set[str] = set()
        self.roots: dict[int, dict[str, Any]] = {}
        self.heads: dict[str, dict[int, tuple[str, int]]] = {}

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """The lines of one file of the archive."""
        with self.archive.open(name) as file:
            yield from map(json.loads, file)

    def fault(self, code: str, **where: object) -> None:
        """Something does not hold."""
        self.faults.append((code, where))

    def check_roots(self, public: bytes) -> None:
        """Each is chained to the one before, follows from its heads, and is signed."""
        heads: dict[int, list[dict[str, Any]]] = {}
        for head in self.lines("root_heads.jsonl"):
            heads.setdefault(head["root"], []).append(head)
            self.heads.setdefault(head["chain"], {})[head["seq"]] = (head["hash"], head["root"])
        before, levels, ends, bound = FIRST, list[list[bytes]]([[]]), dict[str, int](), 0
        for number, row in enumerate(self.lines("roots.jsonl"), start=1):
            seq, chains, entries, merkle, at = row["record"]
            if (seq, row["prev"]) != (number, before) or chained(row["prev"], row["record"]) != row["hash"]:
                self.fault("chain", chain="root", seq=seq)
            if not is_signed(public, bytes.fromhex(row["signature"]), signed_text(seq, entries, at, row["hash"])):
                self.fault("signature", seq=seq)
            for head in heads.get(seq, ()):
                leaf = hashlib.sha256(b"\x00" + canonical([head["chain"], head["seq"], head["hash"]])).digest()
                levels[0][head["leaf"] : head["leaf"] + 1] = [leaf]
                bound += head["seq"] - ends.get(head["chain"], 0)
                ends[head["chain"]] = head["seq"]
            root = raised(levels, {head["leaf"] for head in heads.get(seq, ())}).hex() if levels[0] else ""
            if (root, len(levels[0]), bound) != (merkle, chains, entries):
                self.fault("tree", seq=seq)
            before, self.roots[seq] = row["hash"], row

    def check_chains(self) -> None:
        """Each row is chained to the one before; each end that a root bound is there, and is what it was."""
        chain, before, seq = "", FIRST, 0
        for row in self.lines("trail.jsonl"):
            if row["chain"] != chain:
                chain, before, seq = row["chain"], FIRST, 0
                self.chains.add(chain)
            self.check_row(row, before, seq + 1)
            bound = self.heads.get(chain, {})
            hash_, root = bound.pop(row["seq"], (row["hash"], 0))
            if hash_ != row["hash"]:
                self.fault("other", chain=chain, seq=row["seq"], root=root)
            before, seq = row["hash"], row["seq"]
        for name, left in self.heads.items():
            for missing, (_hash, root) in left.items():
                self.fault("gone", chain=name, seq=missing, root=root)

    def check_row(self, row: dict[str, Any], before: str, expected: int) -> None:
        """One row, after the one before it."""
        self.rows += 1
        record, chain = row["record"], row["chain"]
        right = [expected] if chain.startswith(HOUSE) else [chain, expected]
        if (record[: len(right)], row["seq"], row["prev"]) != (right, expected, before):
            self.fault("chain", chain=chain, seq=row["seq"])
        if row.get("earlier") and not chain.startswith(HOUSE) and any(record[-2:]):
            self.earlier += 1
        elif chained(row["prev"], record) != row["hash"]:
            self.fault("hash", chain=chain, seq=row["seq"])

    def check_stamps(self, public: bytes) -> list[int]:
        """What was stamped are these roots; their numbers. The signature of a stamp is not looked at."""
        found = {}
        for name in filter(re.compile(r"stamps/\d+\.txt").fullmatch, self.archive.namelist()):
            number = int(name[len("stamps/") : -len(".txt")])
            found[number] = set(ANCHOR.findall(self.archive.read(name).decode()))
            if {int(one[0]) for one in found[number]} != {number}:
                self.fault("rewritten", seq=number)
            self.check_anchors(public, found[number])
        return sorted(found)

    def check_anchors(self, public: bytes, found: set[tuple[str, ...]]) -> str | None:
        """The roots are those that were told outside; the time of the last of them."""
        good = []
        for number, entries, at, hash_, signature in sorted(found):
            seq, row = int(number), self.roots.get(int(number))
            if not is_signed(public, bytes.fromhex(signature), signed_text(seq, int(entries), at, hash_)):
                self.fault("foreign", seq=seq)
            elif row is None:
                self.fault("rolled", seq=seq)
            elif row["hash"] != hash_:
                self.fault("rewritten", seq=seq)
            else:
                good.append(at)
        return max(good, default=None)


def anchors_in(path: Path) -> set[tuple[str, ...]]:
    """Every anchor in a file, or in each file of a folder."""
    found: set[tuple[str, ...]] = set()
    for file in [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path]:
        data = file.read_bytes()
        texts = [data.decode("utf-8", errors="replace")]
        if file.suffix.lower() == ".eml":
            parts = email.message_from_bytes(data, policy=email.policy.default).walk()
            texts += [str(part.get_content()) for part in parts if part.get_content_type() == "text/plain"]
        found |= {one for text in texts for one in ANCHOR.findall(text)}
    if not found:
        raise ValueError(path)
    return found


def checked(arguments: argparse.Namespace, say: Any) -> int:
    """Check it and say what was found; the status.

    Raises:
        OSError, ValueError, LookupError, TypeError: it cannot be read.
    """
    with zipfile.ZipFile(arguments.archive) as archive:
        check = Check(archive)
        public = bytes.fromhex(arguments.key or json.loads(archive.read("house.json"))["public_key"])
        check.check_roots(public)
        check.check_chains()
        stamps = check.check_stamps(public)
    until = None if arguments.anchors is None else check.check_anchors(public, anchors_in(arguments.anchors))
    for code, where in check.faults:
        say(code, **where)
    say("counts", chains=len(check.chains), rows=check.rows, roots=len(check.roots))
    bound = max((row["record"][2] for row in check.roots.values()), default=0)
    say("after", rows=max(0, check.rows - bound))
    if check.earlier:
        say("earlier", rows=check.earlier)
    if not arguments.key:
        say("believed", key=public.hex())
    say("unknown") if until is None else say("until", moment=until)
    if stamps:
        ts = "unzip -o {1} 'stamps/*' && openssl ts -verify -data stamps/{0}.txt -in stamps/{0}.tsr -CAfile CA.pem"
        say("stamps", stamps=len(stamps), how=ts.format(stamps[-1], shlex.quote(str(arguments.archive))))
    say("faults", faults=len(check.faults))
    return 3 if check.faults else 0


def main() -> int:
    """Read what was asked, check, say."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Checks an exported trail of Staffetta.")
    parser.add_argument("archive", type=Path)
    parser.add_argument("--anchors", type=Path, default=None, help="saved mails: a file (.eml), or a folder")
    parser.add_argument("--key", default="", help="what `staffetta audit key` printed")
    parser.add_argument("--language", choices=("it", "en"), default="it")
    arguments = parser.parse_args()

    def say(code: str, **values: object) -> None:
        sys.stdout.write(SAID[code][arguments.language == "en"].format(**values) + "\n")

    try:
        return checked(arguments, say)
    except (OSError, ValueError, LookupError, TypeError, zipfile.BadZipFile):
        say("unreadable")
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
