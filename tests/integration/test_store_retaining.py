"""Cases whose time is over are proposed; they are erased by themselves only where two people signed that."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from models.erasing import (
    certificates,
    confirm_erasure,
    end_rule,
    erasures_in,
    proposed_erasures,
    sign_rule,
    withdraw_erasure,
)
from models.gathering import gather
from models.network import export_network, import_network, parse_network, sample_network
from models.retaining import Retained, retain
from models.trail import verify
from models.views import ended_cases
from procedures.commands import AcceptHandoff, CancelCase, ReopenPathway
from procedures.erasures import Erasures, NoRule, RuleSigned
from procedures.faults import ProcedureFaults
from tests.houses import CARRIERS, Told, open_case

pytestmark = pytest.mark.slow

TEN_DAYS = "[retention]\ndays = 10\n"
NOTHING = Retained(0, 0)
Telling = Callable[[str], Told]


@pytest.fixture
def telling(tmp_path: Path, database_settings: str) -> Iterator[Telling]:
    made: list[Told] = []

    def tell(settings: str) -> Told:
        told = Told(tmp_path / "data", CARRIERS + settings + database_settings)
        made.append(told)
        told.opened()
        told.say(CancelCase, reason="moved_away")
        return told

    yield tell
    for one in made:
        one.close()


def test_by_default_nothing_is_ever_proposed(telling: Telling) -> None:
    told = telling("")
    told.clock.pass_by(days=40_000)
    assert retain(told.house) == NOTHING


def test_when_its_time_is_over_it_is_proposed_once_and_one_person_confirms(telling: Telling) -> None:
    told = telling(TEN_DAYS)
    told.house.handling.handle(open_case(told.house))  # still open: its time has not begun
    told.clock.pass_by(days=9.9)
    assert retain(told.house) == NOTHING
    told.clock.pass_by(days=0.2)
    assert retain(told.house) == Retained(1, 0)
    assert retain(told.house) == NOTHING
    ((code, reason, _at, by),) = proposed_erasures(told.house.database)
    assert (code, reason, by) == (ended_cases(told.house.database, 1)[0].code, "retention_over", "retention")
    confirm_erasure(told.house, code, "operator:one")
    assert verify(told.house.database, told.house.keyring).sound


def test_two_signatures_erase_by_themselves_and_never_earlier_than_signed(telling: Telling) -> None:
    told = telling(TEN_DAYS)
    sign_rule(told.house, 20, "operator:one")
    with pytest.raises(RuleSigned):
        sign_rule(told.house, 20, "operator:one")
    told.clock.pass_by(days=11)
    assert retain(told.house) == Retained(1, 0)
    sign_rule(told.house, 20, "operator:other")
    assert retain(told.house) == NOTHING
    told.clock.pass_by(days=10)
    assert retain(told.house) == Retained(0, 1)
    assert len(certificates(told.house.database)) == 1
    found = verify(told.house.database, told.house.keyring)
    assert (found.sound, found.erased) == (True, 1)


def test_a_rule_that_was_ended_erases_nothing(telling: Telling) -> None:
    told = telling(TEN_DAYS)
    with pytest.raises(NoRule):
        end_rule(told.house, "operator:one")
    for by in ("operator:one", "operator:other"):
        sign_rule(told.house, 1, by)
    end_rule(told.house, "operator:one")
    told.clock.pass_by(days=11)
    assert retain(told.house) == Retained(1, 0)


def test_a_case_that_somebody_keeps_is_not_proposed_again(telling: Telling) -> None:
    told = telling(TEN_DAYS)
    told.clock.pass_by(days=11)
    retain(told.house)
    withdraw_erasure(told.house, ended_cases(told.house.database, 1)[0].code, "operator:one")
    assert retain(told.house) == NOTHING


@pytest.mark.parametrize(
    ("settings", "proposed"),
    [("[retention.pathways.shelter]\ndays = 5\n", 1), ("[retention.pathways.legal]\ndays = 5\n", 0)],
)
def test_a_pathway_has_a_time_of_its_own(telling: Telling, settings: str, proposed: int) -> None:
    told = telling(settings)
    told.clock.pass_by(days=6)
    assert retain(told.house) == Retained(proposed, 0)


def test_the_longest_time_of_its_pathways_counts(telling: Telling) -> None:
    told = telling(TEN_DAYS + "[retention.pathways.shelter]\ndays = 100\n")
    told.clock.pass_by(days=50)
    assert retain(told.house) == NOTHING


def says(told: Told, body: str, retention: str) -> None:
    """The network's file says for how long this body keeps a case."""
    text = export_network(told.house.database) or ""
    found = re.search(rf"^  {body}: {{(.*)}}$", text, re.MULTILINE)
    assert found is not None
    changed = text.replace(found[0], f"  {body}: {{{found[1]}, retention: {{{retention}}}}}")
    import_network(told.house.database, changed, "network.yaml", told.clock.now())


def helped(tmp_path: Path, settings: str = "") -> tuple[Told, str]:
    """A case that is over, in which one service took what it was asked; and the body of that service."""
    told = Told(tmp_path / "data", CARRIERS + settings)
    first = min(told.opened().state.handoffs.values(), key=lambda one: one.requested_at)
    told.say(AcceptHandoff, ref=first.ref)
    told.say(CancelCase, reason="moved_away")
    service = told.house.procedures.directory().services[first.service or ""]
    return told, service.body


def test_a_body_states_its_own_time_by_the_calendar(tmp_path: Path) -> None:
    told, body = helped(tmp_path)
    with closing(told):
        says(told, body, "years: 1, months: 2, basis: protocollo art. 9")
        told.clock.pass_by(days=365 + 50)
        assert retain(told.house) == NOTHING
        told.clock.pass_by(days=12)
        assert retain(told.house) == Retained(1, 0)


def test_of_the_houses_time_and_the_bodies_the_longest_counts(tmp_path: Path) -> None:
    told, body = helped(tmp_path, TEN_DAYS)
    with closing(told):
        says(told, body, "months: 1, basis: protocollo art. 9")
        told.clock.pass_by(days=20)
        assert retain(told.house) == NOTHING
        told.clock.pass_by(days=12)
        assert retain(told.house) == Retained(1, 0)


def test_a_body_that_took_no_part_keeps_nothing_longer(tmp_path: Path) -> None:
    told, body = helped(tmp_path, TEN_DAYS)
    with closing(told):
        other = next(one for one in told.house.procedures.directory().bodies if one != body)
        says(told, other, "years: 30, basis: D.P.R. 1409/1963")
        told.clock.pass_by(days=11)
        assert retain(told.house) == Retained(1, 0)


def test_where_a_body_says_nothing_and_the_house_neither_it_is_kept_for_ever(tmp_path: Path) -> None:
    told, body = helped(tmp_path)
    with closing(told):
        other = next(one for one in told.house.procedures.directory().bodies if one != body)
        says(told, other, "months: 1, basis: protocollo art. 9")
        told.clock.pass_by(days=40_000)
        assert retain(told.house) == NOTHING


def test_what_is_held_of_her_says_until_when(tmp_path: Path) -> None:
    told, body = helped(tmp_path)
    with closing(told):
        code = ended_cases(told.house.database, 1)[0].code
        assert gather(told.house, code, "shell").kept_until is None
        says(told, body, "years: 10, basis: protocollo art. 9")
        until = gather(told.house, code, "shell").kept_until
        assert until is not None
        assert until.year == told.clock.now().year + 10


@pytest.mark.parametrize(
    ("retention", "code"),
    [
        ("years: 10", "missing"),
        ("basis: protocollo", "bad-retention"),
        ("years: 0, basis: protocollo", "bad-retention"),
        ("years: 51, basis: protocollo", "bad-retention"),
        ("years: ten, basis: protocollo", "expected"),
        ("years: 10, basis: ''", "expected"),
        ("days: 10, basis: protocollo", "unknown-word"),
    ],
)
def test_a_time_without_a_basis_or_that_is_none_is_refused(retention: str, code: str) -> None:
    text = sample_network().replace("centro_luna: {", f"centro_luna: {{retention: {{{retention}}}, ")
    with pytest.raises(ProcedureFaults) as refused:
        parse_network(text, "network.yaml")
    assert code in {fault.code for fault in refused.value.faults}


def test_a_case_that_is_opened_anew_in_that_moment_keeps_its_keys(
    telling: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = telling(TEN_DAYS)
    for by in ("operator:one", "operator:other"):
        sign_rule(told.house, 1, by)
    told.clock.pass_by(days=11)

    def opened_anew(connection: Connection) -> Erasures:
        told.say(ReopenPathway, run="shelter", reason="new_incident")
        return erasures_in(connection)

    monkeypatch.setattr("models.retaining.erasures_in", opened_anew)
    assert retain(told.house) == NOTHING
    assert told.house.keyring.store.wrapped(told.case_id, "vault") is not None
