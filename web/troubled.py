"""Carriers that let their latest messages down. The desk has to know before somebody waits for an answer."""

from dataclasses import dataclass
from datetime import datetime

from models.carrier_troubles import lasting_troubles
from procedures.directory import SECOND_CARRIER
from web.doorkeeper import Visit
from web.pages import say
from web.saying import CHANNELS, N_
from web.spans import day_and_hour

SECOND = N_("{channel} (second carrier)")


@dataclass(frozen=True)
class Troubled:
    """One carrier, as people read it."""

    channel: str
    since: str
    at: datetime


def troubled(visit: Visit) -> list[Troubled]:
    """Those in trouble now; empty where all is well, as far as messages have shown."""
    found: dict[str, datetime] = {}
    for one in lasting_troubles(visit.desk.house.database):
        found[one.carrier] = min(one.since, found.get(one.carrier, one.since))
    return [
        Troubled(_name(visit, carrier), day_and_hour(since, visit.language, visit.desk.now), since)
        for carrier, since in found.items()
    ]


def _name(visit: Visit, carrier: str) -> str:
    kind = carrier.removesuffix(SECOND_CARRIER)
    name = say(visit.language, CHANNELS[kind]) if kind in CHANNELS else kind
    return name if carrier == kind else say(visit.language, SECOND).format(channel=name)
