"""What the channels of a house need beside a carrier: a record in the DNS, keys of readers, a box, a secret."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from cli.speech import _, failure
from models.settings import Settings
from notifiers.accounts import SMS_SCHEME, gateway_in, has_number, read_account
from notifiers.carriers import OUR_SCHEMES
from notifiers.loopback import is_loopback
from notifiers.pgp import KeyNotUsable, PublicKeys
from procedures.directory import PUSH, ContactKind, Directory

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


def gateway_lines(settings: Settings, urls: Mapping[str, str]) -> Iterator[str]:
    """What an SMS provider's driver cannot promise, and what Italy asks of a sender (AGCOM, Del. 42/13/CIR)."""
    for name, url in urls.items():
        gateway = gateway_in(name, url)
        if gateway is not None:
            line = _(
                "{carrier}: the driver for {company} was written from its public documentation ({page}) and never run "
                "against the live service. Send a test to every number before you rely on it."
            )
            yield line.format(carrier=name, company=gateway.company, page=gateway.page)
        account = read_account(name, url) if url.startswith(f"{SMS_SCHEME}://") else None
        if account is None or has_number(account.sender) or is_loopback(account.host):
            continue
        yield _("{carrier}: a name as sender has to be registered with AGCOM by the provider.").format(carrier=name)
        if settings.sms.answers:
            yield _("{carrier}: a name as sender cannot be answered. Set [sms] answers = false.").format(carrier=name)


def half_set_lines(settings: Settings) -> Iterator[str]:
    """What goes out, and of which nobody hears what comes back."""
    if ContactKind.PEC.value in settings.carriers and not settings.pec.is_read:
        yield _("Certified copies go out and nobody keeps their receipts: name their box in [pec].")
    if ContactKind.VOICE.value in settings.carriers and not settings.voice.is_heard:
        yield _("People are called and no key is believed: set [voice] secret_file.")
    if PUSH in settings.carriers and not _is_secure(settings.desk.web_address):
        yield _("No browser takes messages from a page without https: set [desk] base_url = https://…")


def _is_secure(address: str) -> bool:
    """Whether a browser trusts pages from there: by https, or of its own machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")
