"""What the mails of a house need beside a carrier: a record in the DNS, and the keys of those who alone may read."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from cli.speech import _, failure
from notifiers.accounts import read_account
from notifiers.carriers import OUR_SCHEMES
from notifiers.pgp import KeyNotUsable, PublicKeys
from procedures.directory import ContactKind, Directory

NO_KEYS = PublicKeys(Path("pgp_keys=…"))
"""Where the carrier names no folder, it is told how to name one."""


def signature_lines(urls: Mapping[str, str]) -> Iterator[str]:
    """The record of each carrier that signs. Its key was looked at when the carriers were read."""
    for name, url in urls.items():
        signer = read_account(name, url).signer if url.partition("://")[0] in OUR_SCHEMES else None
        if signer is not None:
            said = _("{carrier}: publish this record of the DNS, or readers believe no signature: {record}")
            yield said.format(carrier=name, record=signer.zone_line())


def unusable_keys(directory: Directory, urls: Mapping[str, str]) -> Iterator[str]:
    """Why somebody who is to read alone cannot be written to: nothing goes to her in clear instead."""
    kind = ContactKind.EMAIL.value
    wanted = {one.pgp for person in directory.people.values() for one in person.contacts if one.pgp}
    ours = kind in urls and urls[kind].partition("://")[0] in OUR_SCHEMES
    keys = read_account(kind, urls[kind]).pgp_keys if ours else None
    for fingerprint in sorted(wanted):
        try:
            (keys or NO_KEYS).check(fingerprint)
        except KeyNotUsable as error:
            yield failure(error)
