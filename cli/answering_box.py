"""What `staffetta doctor` says of the box in which answers by mail arrive."""

from datetime import timedelta

from cli.speech import _, failure
from flows.replies import account_of
from models.composition import House
from models.replies import answered_by_machines
from notifiers.accounts import MAIL_SCHEME, read_account
from notifiers.incoming.box import AnsweringBox
from procedures.directory import ContactKind
from procedures.errors import StaffettaError

LATELY = timedelta(days=7)


def box_fault(house: House) -> str | None:
    """Why the box cannot be read; None where it can. Somebody signs in and out again, and nothing is changed."""
    try:
        with AnsweringBox.opened(account_of(house)):
            return None
    except StaffettaError as error:
        return failure(error)


def box_lines(house: House) -> list[str]:
    """What somebody should look at. Raises BoxUnusable."""
    said = []
    folder = house.settings.replies.unclear_folder
    with AnsweringBox.opened(account_of(house)) as box:
        waiting = box.lying_in(folder)
    if waiting:
        line = _("Mails that only a person can make sense of: {count}, in the folder {folder} of the answering box.")
        said.append(line.format(count=waiting, folder=folder))
    sender = _mail_sender(house)
    if sender is not None and sender != house.settings.replies.address:
        line = _("What cannot be delivered comes back to {sender}: have it passed on to the answering box.")
        said.append(line.format(sender=sender))
    away = answered_by_machines(house.database, house.clock.now() - LATELY * house.clock.speed)
    if away:
        line = _("Their mailboxes answered an alert by themselves within a week, perhaps they are away: {names}.")
        said.append(line.format(names=", ".join(away)))
    return said


def _mail_sender(house: House) -> str | None:
    """From whom mails of ours are; None where another service sends them."""
    carrier = house.settings.carriers.get(ContactKind.EMAIL.value)
    url = carrier.read_url() if carrier else ""
    return read_account(ContactKind.EMAIL.value, url).sender if url.startswith(f"{MAIL_SCHEME}://") else None
