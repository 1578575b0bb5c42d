"""The stage of the demo: a data folder, a mail server, an SMS gateway, and the whole house on free ports."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cli.demo.gateway import SmsGateway
from cli.demo.mailserver import MailServer
from cli.demo.received import Received
from cli.demo.signing import first_sign_in
from flows.serving import claim_port, find_ports, prepare, programs, start_in_order
from flows.stopping import ToldToStop
from flows.supervising import STOP_WITHIN, Supervisor
from models.composition import House, open_house
from models.network import import_network, sample_network
from models.pins import issue_pin
from models.settings import FILE_NAME, load_settings
from procedures.commands import OpenCase, Person, Road
from procedures.directory import Directory
from procedures.language.consents import Subject
from procedures.values import moment_text

LOOPBACK = "127.0.0.1"
TERRITORY = "valle_chiara"
FACTS: dict[str, bool | str] = {
    "risk": "imminent",
    "injuries": True,
    "needs_shelter": True,
    "wants_legal_help": True,
    "wants_to_report": True,
    "wants_psychological_help": True,
    "children_present": True,
    "relationship": "former_partner",
}
"""A case that needs all four pathways."""


@dataclass(frozen=True)
class Stage:
    """Everything that the demo looks at while the house works."""

    house: House
    supervisor: Supervisor
    mail: MailServer
    sms: SmsGateway
    desk: str
    password: str
    codes: tuple[str, ...]
    """Of the first operator, each good once in the place of her telephone."""
    pins: Mapping[str, str]
    """Of the network's people, by each of their addresses; in imminent danger they are asked for."""
    speed: float

    def received(self) -> tuple[Received, ...]:
        """All that arrived so far, in the order of arrival."""
        both: tuple[Received, ...] = (*self.mail.received(), *self.sms.received())
        return tuple(sorted(both, key=lambda message: message.at))

    @property
    def directory(self) -> Directory:
        """The sample network."""
        return self.house.procedures.directory()

    def open_case(self, person: Person | None = None) -> str:
        """An operator opens the sample case, a drill; its code."""
        house = self.house
        facts = FACTS | {"incident_at": moment_text(house.clock.now())}
        command = OpenCase(
            id=house.ids.new_id(),
            case_id=house.ids.new_id(),
            actor="operator:demo",
            road=Road.CLI,
            code=house.ids.case_code(),
            seed=house.ids.seed(),
            pathway="intake",
            territory=TERRITORY,
            desk=next(iter(sorted(self.directory.desks)), None),
            drill=True,
            facts=facts,
            consents=house.procedures.library().consents_of(Subject.SURVIVOR),
            person=person,
        )
        return house.handling.handle(command).state.code


def _settings(mail: MailServer, sms: SmsGateway, speed: float, ports: tuple[int, int]) -> str:
    desk, prefect = ports
    origin = datetime.now(UTC).isoformat()
    return (
        f'[desk]\nport = {desk}\nbase_url = "http://{LOOPBACK}:{desk}"\n\n'
        f"[prefect]\nport = {prefect}\n\n"
        f'[carriers.email]\nurl = "{mail.url}"\n\n[carriers.sms]\nurl = "{sms.url}"\n\n'
        f"[clock]\nspeed = {speed}\norigin = {origin}\n"
    )


def _pins(house: House) -> Mapping[str, str]:
    """A PIN for everybody, as an administrator draws them before the first case."""
    people = house.procedures.directory().people.values()
    drawn = {person.id: issue_pin(house, person.id, "operator:demo") for person in people}
    return {contact.address: drawn[person.id] for person in people for contact in person.contacts}


@contextmanager
def set_up(data: Path, speed: float) -> Iterator[Stage]:
    """Start everything in `data`, which must be new or empty; stop it all on leaving.

    Raises:
        StaffettaError: whatever `staffetta serve` would raise.
    """
    with MailServer.start() as mail, SmsGateway.start() as sms:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = (claim_port(LOOPBACK, 0, ""), claim_port(LOOPBACK, 0, ""))
        (data / FILE_NAME).write_text(_settings(mail, sms, speed, free), encoding="utf-8")
        settings = load_settings(data)
        password = prepare(data, None) or ""
        house = open_house(data, with_vault=True)
        import_network(house.database, sample_network(), "network.yaml", house.clock.now())
        pins = _pins(house)
        ports = find_ports(settings, None, None)
        supervisor = Supervisor(programs(settings, ports, None, None), data / "log")
        try:
            start_in_order(supervisor, settings, ports, ToldToStop())
            desk = f"http://{LOOPBACK}:{ports.desk}"
            codes = first_sign_in(desk, password)
            yield Stage(house, supervisor, mail, sms, desk, password, codes, pins, speed)
        finally:
            supervisor.stop(within=STOP_WITHIN)
            house.close()
