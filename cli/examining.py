"""The examinations of `staffetta doctor`, each of one thing; the first that fails for good ends the visit."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from cli.carrying import usable_carriers
from cli.editions import unused_lines
from cli.errors import NoFolder, NoHouse
from cli.files import is_there
from cli.signatures import gateway_lines, half_set_lines, signature_lines, unusable_keys
from cli.speech import _, failure, follow_settings
from cli.unreachable import one_channel_line, reach_line, untold_lines, without_carrier
from models.accounts import operators
from models.adopting import shipped_beside
from models.anchors import is_behind
from models.clock import far_astray
from models.composition import House, open_house
from models.glass import broken_glasses
from models.heartbeat import Marks
from models.outbox import next_send_at
from models.pins import issued_pins
from models.reviews import waiting
from models.settings import load_settings
from models.settings_values import is_loopback
from models.since_boot import FILE, is_kept
from models.stamps import PLACE as STAMP
from models.stamps import StampCaUnreadable, trusted
from models.wakeups import next_deadline
from notifiers.probing import probe
from procedures.choosing import coordinator_of
from procedures.errors import StaffettaError
from procedures.marking import N_
from procedures.one_channel import with_one_channel
from procedures.people import Role, is_both

SCARCE = 0.1
"""Of the disk's space: less is told."""
LONGEST_ADDRESS = 35
"""Letters of `[desk] base_url`: so much room do reference, deadline and code leave in one SMS."""
BODIES = 2
"""Outside: one of them may be the one that is employed in the house."""
BEHIND = timedelta(days=1)
SILENCE = timedelta(minutes=1)
"""What should have gone out so long ago shows that nobody sends."""


class Health(StrEnum):
    """How something is."""

    GOOD = N_("good")
    LOOK = N_("look at it")
    BAD = N_("to be mended")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `what` is a key of the catalogue, `said` is in the reader's language already."""

    what: str
    health: Health
    said: str = ""


FOLDER, SETTINGS, STORE, KEYS = N_("data folder"), N_("settings"), N_("keys and database"), N_("place of the keys")
NETWORK, COORDINATORS, CARRIERS, LINKS = N_("network"), N_("coordinators"), N_("carriers"), N_("links")
SENDING, DEADLINES, SPACE, CLOCK = N_("sending"), N_("deadlines"), N_("disk"), N_("clock")
PROCEDURES, ACCOUNTS, ANCHORS, OUTSIDE = N_("procedures"), N_("accounts"), N_("anchors"), N_("outside watcher")
REVIEWS, ANSWERS, BOX, SIGNATURES = N_("reviews"), N_("false answers"), N_("answers by mail"), N_("signed mail")
SECRECY, REACH = N_("encrypted mail"), N_("who is reached")


def examine(data: Path, config: Path | None) -> list[Finding]:
    """Look at everything that can be looked at."""
    if not is_there(data):
        return [Finding(FOLDER, Health.BAD, failure(NoHouse(path=data)))]
    if not data.is_dir():
        return [Finding(FOLDER, Health.BAD, failure(NoFolder(path=data)))]
    findings = [_folder(data), _space(data)]
    try:
        settings = load_settings(data, config)
    except StaffettaError as error:
        return [*findings, Finding(SETTINGS, Health.BAD, failure(error))]
    follow_settings(settings.desk.language)
    findings.append(Finding(SETTINGS, Health.GOOD))
    try:
        house = open_house(data, with_vault=False, config=config)
    except StaffettaError as error:
        return [*findings, Finding(STORE, Health.BAD, failure(error))]
    try:
        return [*findings, Finding(STORE, Health.GOOD), *_inside(house)]
    finally:
        house.close()


def _folder(data: Path) -> Finding:
    if os.access(data, os.R_OK | os.W_OK | os.X_OK):
        return Finding(FOLDER, Health.GOOD, str(data))
    return Finding(FOLDER, Health.BAD, _("This user may not write to {path}.").format(path=data))


def _space(data: Path) -> Finding:
    disk = shutil.disk_usage(data)
    # A file system without blocks of its own says that it has none at all.
    said = _("{percent} % free").format(percent=round(100 * disk.free / max(disk.total, 1)))
    return Finding(SPACE, Health.GOOD if disk.free >= SCARCE * disk.total else Health.LOOK, said)


def _inside(house: House) -> Iterator[Finding]:
    yield _keys(house)
    yield _clock(house)
    directory = house.procedures.directory()
    if not directory.services:
        yield Finding(NETWORK, Health.BAD, _("No network was imported yet: staffetta network import FILE"))
    else:
        yield Finding(NETWORK, Health.GOOD, _("{count} services").format(count=len(directory.services)))
        alone = sorted(one for one in directory.territories() if coordinator_of(directory, one) is None)
        said = _("Nobody coordinates {territories}.").format(territories=", ".join(alone)) if alone else ""
        yield Finding(COORDINATORS, Health.BAD if alone else Health.GOOD, said)
        reach = reach_line(house)
        yield Finding(REACH, Health.LOOK if reach else Health.GOOD, reach)
        yield from _answers(house)
    yield _procedures(house)
    yield _accounts(house)
    yield from unreviewed(house)
    yield _reviews(house)
    yield from _carriers(house)
    yield from _box(house)
    yield _anchors(house)
    yield from _movement(house)
    yield _outside(house)


def _answers(house: House) -> Iterator[Finding]:
    """Whether a false answer is heard by somebody else, and who can prove who she is (trust.md, law 1)."""
    directory, known = house.procedures.directory(), issued_pins(house.database)
    without = sorted(set(directory.people) - set(known))
    said = [one_channel_line(directory)] if with_one_channel(directory) else []
    if without:
        line = _("Without a PIN, so that a coordinator confirms what they take in imminent danger: {names}.")
        said.append(line.format(names=", ".join(without)))
    yield Finding(ANSWERS, Health.LOOK if said else Health.GOOD, " ".join(said))


def _keys(house: House) -> Finding:
    if house.settings.key_folder.parent == house.settings.data:
        said = _("The keys lie beside the data: a copy of the folder can be read. See [keys] folder.")
        return Finding(KEYS, Health.LOOK, said)
    return Finding(KEYS, Health.GOOD, str(house.settings.key_folder))


def _clock(house: House) -> Finding:
    astray = far_astray(house.clock)
    if astray is not None:
        said = _(
            "The machine's wall clock differs from the house's by {seconds} s. Deadlines go on by the time that really "
            "went by. If the wall is right now, stop the house, delete {file} and start it again."
        )
        seconds = f"{astray.total_seconds():+.0f}"
        return Finding(CLOCK, Health.LOOK, said.format(seconds=seconds, file=house.settings.run_folder / FILE))
    if not house.database.shared and not is_kept(house.settings.run_folder):
        said = _("{file} cannot be kept: a process that starts after the wall was set lives in another time.")
        return Finding(CLOCK, Health.LOOK, said.format(file=house.settings.run_folder / FILE))
    if house.clock.speed == 1:
        return Finding(CLOCK, Health.GOOD)
    said = _("It runs {speed} times as fast as the wall: only drills can be opened.").format(speed=house.clock.speed)
    return Finding(CLOCK, Health.LOOK, said)


def _procedures(house: House) -> Finding:
    """A file that nobody adopted, and a text that came with a later program, are not in force: it is said."""
    beside = [
        _("Edition {edition} of {pathway} came with the program and is not adopted.").format(
            edition=one.edition, pathway=one.pathway
        )
        for one in shipped_beside(house.procedures.editions())
    ]
    said = [*unused_lines(house), *beside]
    if said:
        return Finding(PROCEDURES, Health.LOOK, " ".join(said))
    return Finding(PROCEDURES, Health.GOOD, _("{count} in force").format(count=len(house.procedures.library().current)))


def _reviews(house: House) -> Finding:
    """What was done without her consent has to be reviewed in time."""
    found = waiting(house.database, house.clock.now())
    said = _("Done without her consent and not reviewed in time: {count}. Whoever coordinates does so at the desk.")
    return Finding(REVIEWS, Health.LOOK, said.format(count=found.late)) if found.late else Finding(REVIEWS, Health.GOOD)


def _accounts(house: House) -> Finding:
    """Whoever runs the house should not be who sees its cases (trust.md: the insider administrator)."""
    known = operators(house.database, house.clock.now())
    both = [one.name for one in known if is_both(one.roles)]
    nobody = [one.name for one in known if Role.SERVICE_MEMBER in one.roles and not one.person]
    said = []
    if both:
        to_part = _("Runs the house and sees its cases: {names}. Let two people do these.")
        said.append(to_part.format(names=", ".join(both)))
    if nobody:
        to_tie = _("Of a service, and nobody said who in the network: {names}. See `staffetta user tie`.")
        said.append(to_tie.format(names=", ".join(nobody)))
    said += untold_lines(house, known)
    return Finding(ACCOUNTS, Health.LOOK, " ".join(said)) if said else Finding(ACCOUNTS, Health.GOOD)


def unreviewed(house: House) -> Iterator[Finding]:
    """Whoever opened a case in an emergency is looked at by somebody else in time, or the house says so."""
    late = [one.code for one in broken_glasses(house) if one.is_late(house.clock.now())]
    if late:
        said = _("Opened in an emergency and not reviewed in time: {codes}. A coordinator does it under /glass.")
        yield Finding(ACCOUNTS, Health.BAD, said.format(codes=", ".join(late)))


def _outside(house: House) -> Finding:
    """Dead software raises no alarm: somebody outside has to ask (trust.md, law 2)."""
    if Marks(house.settings.run_folder).is_watched():
        return Finding(OUTSIDE, Health.GOOD)
    said = _("No other machine watches this house: if it dies, nobody is told. See `staffetta config watch`.")
    return Finding(OUTSIDE, Health.LOOK, said)


def _carriers(house: House) -> Iterator[Finding]:
    """Every kind of contact in the network needs a carrier that can be used and reached. Nothing is sent."""
    missing = without_carrier(house)
    try:
        urls = usable_carriers(house.settings)
    except StaffettaError as error:
        yield Finding(CARRIERS, Health.BAD, failure(error))
        return
    silent = [Finding(CARRIERS, Health.BAD, failure(why)) for why in map(_silence, urls, urls.values()) if why]
    if missing:
        said = _("No carrier for: {kinds}. Write [carriers.{first}] url_file into staffetta.toml.").format(
            kinds=", ".join(missing), first=missing[0]
        )
        silent.append(Finding(CARRIERS, Health.BAD, said))
    yield from silent or [Finding(CARRIERS, Health.GOOD, ", ".join(urls))]
    yield from (Finding(SIGNATURES, Health.GOOD, line) for line in signature_lines(urls))
    yield from (Finding(CARRIERS, Health.LOOK, line) for line in half_set_lines(house.settings))
    yield from (Finding(CARRIERS, Health.LOOK, line) for line in gateway_lines(house.settings, urls))
    yield from (Finding(SECRECY, Health.BAD, line) for line in unusable_keys(house.procedures.directory(), urls))
    yield from _links(house)


def _box(house: House) -> Iterator[Finding]:
    """Where answers by mail arrive, if anywhere."""
    if not house.settings.replies.is_read:
        return
    from cli.answering_box import box_fault, box_lines

    fault = box_fault(house)
    if fault is not None:
        yield Finding(BOX, Health.BAD, fault)
        return
    said = box_lines(house)
    yield Finding(BOX, Health.LOOK if said else Health.GOOD, " ".join(said))


def _links(house: House) -> Iterator[Finding]:
    """A link leads into every SMS: with a long address the message no longer fits into one. In clear it can be read."""
    address = house.settings.desk.base_url or ""
    if address.startswith("http://") and not is_loopback(urlsplit(address).hostname):
        said = _(
            "[desk] base_url is in clear: what people type can be read on the way. Put TLS in front, write https://."
        )
        yield Finding(LINKS, Health.BAD, said)
    if "sms" in house.settings.carriers and len(address.rstrip("/")) > LONGEST_ADDRESS:
        said = _("[desk] base_url has {length} letters: above {longest} an SMS becomes two. Choose a shorter name.")
        yield Finding(LINKS, Health.LOOK, said.format(length=len(address.rstrip("/")), longest=LONGEST_ADDRESS))


def _silence(kind: str, url: str) -> StaffettaError | None:
    """Why this carrier cannot be reached; None where it can."""
    try:
        probe(kind, url)
    except StaffettaError as error:
        return error
    return None


def _anchors(house: House) -> Finding:
    """Whoever holds the keys can rewrite everything but what two bodies outside were told."""
    settings = house.settings.anchors
    places = [*settings.mailboxes, *([STAMP] if settings.stamp_url is not None else [])]
    said = []
    if len(settings.mailboxes) < BODIES:
        said.append(_("Nobody outside could see that the house was rewritten: set two mailboxes in [anchors]."))
    silent = [place for place in places if is_behind(house.database, place, house.clock.now(), BEHIND)]
    if silent:
        said.append(_("Not told for a day: {places}.").format(places=", ".join(silent)))
    try:
        if settings.stamp_ca is not None:
            trusted(settings.stamp_ca)
    except StampCaUnreadable as error:
        return Finding(ANCHORS, Health.BAD, failure(error))
    return Finding(ANCHORS, Health.LOOK if said else Health.GOOD, " ".join(said))


def _movement(house: House) -> Iterator[Finding]:
    """What should have happened by now shows whether the dispatcher runs."""
    late = house.clock.now() - SILENCE * house.clock.speed
    sending, deadline = next_send_at(house.database), next_deadline(house.database)
    for what, due in ((SENDING, sending), (DEADLINES, deadline)):
        if due is not None and due < late:
            said = _("Something waits for longer than a minute: does `staffetta serve` run?")
            yield Finding(what, Health.BAD, said)
        else:
            yield Finding(what, Health.GOOD)
