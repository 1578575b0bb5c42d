"""Somebody for each step: at every hour of the week, and after a refusal."""

from pathlib import Path
from textwrap import indent

import pytest

from models.network import parse_network, sample_network
from notifiers.language import translator
from procedures.faults import Fault
from procedures.loading import SHIPPED, check_paths
from tests.unit.marked import ESCORT, HEAD, place_of_mark

LADDER = "  escalate: [{after: 20 min, to: next_service}, {after: 1 h, to: coordinator}]\n"
STEP = "»" + ESCORT.replace("escort:", "find_place:").replace("safe_transport", "%s")


def text(competence: str, ladder: str = LADDER) -> str:
    return HEAD + indent(STEP % competence + ladder, "  ")


WRONG_NETWORKS = [
    ("nobody-offers", text("summer_camp"), "In valle_chiara no service offers summer_camp"),
    ("nobody-on-duty", text("night_school"), "from Fri 20:00 to Mon 09:00"),
    ("nobody-on-holidays", text("office_help"), "In valle_chiara nobody can be asked for office_help on a holiday"),
    ("nobody-on-duty", text("office_help"), "from Fri 18:00 to Mon 08:00"),
    ("nobody-after-refusal", text("night_school"), "if scuola_serale declines from Mon 09:00 to Mon 20:00"),
    ("nobody-after-refusal", text("lone_help"), "if aiuto_solo declines, nobody else"),
]
MORE = """\
  scuola_serale:
    body: centro_luna
    name: {it: Scuola, en: School}
    competences: [night_school]
    territories: [valle_chiara]
    phone: "+39 06 5550 298"
    referent: bianca
    hours: [{days: [mon, tue, wed, thu, fri], since: "09:00", until: "20:00"}]
  ufficio:
    body: centro_luna
    name: {it: Ufficio, en: Office}
    competences: [office_help]
    territories: [valle_chiara]
    phone: "+39 06 5550 297"
    referent: bianca
    hours: "Mo-Fr 08:00-18:00; PH off"
  aiuto_solo:
    body: centro_luna
    name: {it: Aiuto, en: Help}
    competences: [lone_help]
    territories: [valle_chiara, costa_serena]
    phone: "+39 06 5550 299"
    referent: bianca
"""


def checked(text: str, folder: Path) -> tuple[Fault, ...]:
    path = folder / "pathway.yaml"
    path.write_text(text, encoding="utf-8")
    network = sample_network().replace("\ncoordinators:", MORE + "\ncoordinators:", 1)
    return check_paths([path], directory=parse_network(network, "network.yaml"))


@pytest.mark.parametrize(("code", "text", "story"), WRONG_NETWORKS)
def test_an_hour_or_a_refusal_after_which_nobody_can_be_asked_is_told(
    code: str, text: str, story: str, tmp_path: Path
) -> None:
    text, line, column = place_of_mark(text)
    found = [
        fault for fault in checked(text, tmp_path) if (fault.code, fault.line, fault.column) == (code, line, column)
    ]
    assert any(story in fault.message for fault in found), [fault.message for fault in found]


def test_the_days_are_told_in_italian_too(tmp_path: Path) -> None:
    faults = checked(text("night_school").replace("»", ""), tmp_path)
    fault = next(fault for fault in faults if fault.code == "nobody-on-duty")
    assert "da ven 20:00 a lun 09:00" in fault.said(translator("it", "procedures").gettext)[0]


def test_a_step_that_promises_no_next_service_is_not_asked_for_one(tmp_path: Path) -> None:
    assert checked(text("lone_help", "").replace("»", ""), tmp_path) == ()


@pytest.mark.slow
def test_the_sample_network_serves_every_shipped_procedure_at_every_hour() -> None:
    assert check_paths([SHIPPED], directory=parse_network(sample_network(), "network.yaml")) == ()
