"""What has to stand in the DNS so that the signatures of our mails are believed."""

from collections.abc import Iterator, Mapping

from cli.speech import _
from notifiers.accounts import read_account
from notifiers.carriers import OUR_SCHEMES


def signature_lines(urls: Mapping[str, str]) -> Iterator[str]:
    """The record of each carrier that signs. Its key was looked at when the carriers were read."""
    for name, url in urls.items():
        signer = read_account(name, url).signer if url.partition("://")[0] in OUR_SCHEMES else None
        if signer is not None:
            said = _("{carrier}: publish this record of the DNS, or readers believe no signature: {record}")
            yield said.format(carrier=name, record=signer.zone_line())
