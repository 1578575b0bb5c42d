"""Editions in a house: adopted in one process, in force in all; what runs keeps its text; the chain shows all."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from models.act_tables import ActHead, ActRecord
from models.acts import CHAIN, append, take_turn
from models.adopting import adopt, not_used, own_files, propose, take_out, withdraw
from models.composition import House, open_house
from models.encoding import chained
from models.trail import verify
from procedures.commands import AcceptHandoff, CancelCase, ReopenPathway
from procedures.edition_errors import AdoptedAlready, ProposalChanged, StartedByOthers, TakenOutAlready
from procedures.editions import Act, ActKind, EditionState
from procedures.errors import UnknownPathway
from procedures.faults import ProcedureFaults
from procedures.loading import SHIPPED
from tests.houses import Told

pytestmark = pytest.mark.slow

ANNA, BERTA = "operator:anna", "operator:berta"
SHELTER = (SHIPPED / "shelter.yaml").read_text(encoding="utf-8").replace("edition: 1\n", "edition: 2\n")
assert "edition: 2\n" in SHELTER


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    told = Told(tmp_path / "house")
    yield told
    told.close()


def in_force(house: House) -> int:
    return house.procedures.library().current["shelter"].edition


def adopted(house: House) -> None:
    propose(house, SHELTER, "shelter.yaml", ANNA)
    adopt(house, "shelter", 2, ANNA)
    adopt(house, "shelter", 2, BERTA)


def test_an_edition_is_in_force_in_every_process_as_soon_as_the_second_person_adopted_it(told: Told) -> None:
    other = open_house(told.house.settings.data, with_vault=False, clock=told.clock)
    propose(told.house, SHELTER, "shelter.yaml", ANNA)
    adopt(told.house, "shelter", 2, ANNA)
    assert (in_force(told.house), in_force(other)) == (1, 1)
    adopt(told.house, "shelter", 2, BERTA)
    assert (in_force(told.house), in_force(other)) == (2, 2)
    other.close()


def test_a_case_that_runs_keeps_its_text_and_a_new_one_begins_by_the_new(told: Told) -> None:
    before = told.opened().state
    adopted(told.house)
    after = told.opened().state
    texts = [next(iter(state.runs.values())).content_hash for state in (before, after)]
    by_hash = told.house.procedures.library().by_hash
    assert [by_hash[text].edition for text in texts] == [1, 2]


def test_what_was_adopted_is_still_in_force_when_the_house_is_opened_again(told: Told) -> None:
    adopted(told.house)
    again = open_house(told.house.settings.data, with_vault=False, clock=told.clock)
    assert in_force(again) == 2
    assert len([one for one in again.procedures.editions()["shelter"] if one.shipped]) == 1
    again.close()


def test_a_text_with_a_fault_cannot_be_proposed(told: Told) -> None:
    with pytest.raises(ProcedureFaults):
        propose(told.house, SHELTER.replace("pathway: shelter", "pathway: shelter\nnonsense: 1"), "f.yaml", ANNA)
    assert [one.edition for one in told.house.procedures.editions()["shelter"]] == [1]


def test_a_text_that_takes_an_outcome_away_from_whoever_starts_it_cannot_be_proposed(told: Told) -> None:
    broken = SHELTER.replace("outcomes:\n", "outcomes:\n", 1)
    name = broken.rpartition("outcomes:\n")[2].strip().partition(":")[0]
    head, outcomes, tail = broken.rpartition("outcomes:\n")
    with pytest.raises(ProcedureFaults) as refused:
        propose(told.house, head + outcomes + tail.replace(f"{name}:", "renamed:", 1), "f.yaml", ANNA)
    assert {fault.code for fault in refused.value.faults} == {"unknown-result"}


def test_a_file_that_changed_since_it_was_proposed_cannot_be_adopted(told: Told) -> None:
    folder = told.house.settings.data / "procedures"
    folder.mkdir()
    (folder / "shelter.yaml").write_text(SHELTER, encoding="utf-8")
    propose(told.house, SHELTER, str(folder / "shelter.yaml"), ANNA)
    (folder / "shelter.yaml").write_text(SHELTER + "# and one word more\n", encoding="utf-8")
    with pytest.raises(ProposalChanged):
        adopt(told.house, "shelter", 2, ANNA)


def test_a_file_of_the_house_is_used_only_once_it_is_adopted(told: Told) -> None:
    folder = told.house.settings.data / "procedures"
    folder.mkdir()
    (folder / "shelter.yaml").write_text(SHELTER, encoding="utf-8")
    (folder / "broken.yaml").write_text("pathway: [", encoding="utf-8")
    assert [(one.file, one.state, one.is_used) for one in own_files(told.house)] == [
        ("broken.yaml", None, False),
        ("shelter.yaml", None, False),
    ]
    adopted(told.house)
    assert [one.is_used for one in own_files(told.house)] == [False, True]


def test_facts_in_the_folder_of_the_house_are_not_used_and_that_is_said(told: Told) -> None:
    folder = told.house.settings.data / "procedures"
    folder.mkdir()
    (folder / "facts.yaml").write_text("facts: {a: {type: boolean, title: {it: A, en: A}}}\n", encoding="utf-8")
    assert [(one.file, one.is_vocabulary) for one in not_used(own_files(told.house))] == [("facts.yaml", True)]


def test_a_withdrawn_proposal_is_not_adopted(told: Told) -> None:
    propose(told.house, SHELTER, "shelter.yaml", ANNA)
    withdraw(told.house, "shelter", 2, BERTA)
    assert told.house.procedures.editions()["shelter"][-1].state is EditionState.WITHDRAWN


def test_the_same_person_twice_is_refused_and_leaves_no_act(told: Told) -> None:
    propose(told.house, SHELTER, "shelter.yaml", ANNA)
    adopt(told.house, "shelter", 2, ANNA)
    acts = verify(told.house.database, told.house.keyring).acts
    with pytest.raises(AdoptedAlready):
        adopt(told.house, "shelter", 2, ANNA)
    assert verify(told.house.database, told.house.keyring).acts == acts


TAMPERED = [
    ("UPDATE acts SET actor = 'operator:carla' WHERE seq = (SELECT max(seq) FROM acts)", {"hash"}),
    ("DELETE FROM acts WHERE seq = (SELECT max(seq) FROM acts)", {"tail"}),
    ("DELETE FROM acts WHERE seq = 3", {"chain"}),
    ("UPDATE act_heads SET seq = seq + 1 WHERE name = 'acts'", {"tail"}),
    ("UPDATE pathway_texts SET text = text || '#' WHERE edition = 2", {"text"}),
]


@pytest.mark.parametrize(("damage", "codes"), TAMPERED)
def test_whoever_changes_the_acts_or_a_text_behind_our_back_is_seen(damage: str, codes: set[str], told: Told) -> None:
    adopted(told.house)
    assert verify(told.house.database, told.house.keyring).sound
    with sqlite3.connect(told.house.settings.data / "staffetta.sqlite") as raw:
        raw.execute("DROP TRIGGER acts_no_update")
        raw.execute("DROP TRIGGER acts_no_delete")
        raw.execute(damage)
    raw.close()
    assert {fault.code for fault in verify(told.house.database, told.house.keyring).faults} == codes


def test_an_edition_that_one_person_adopted_twice_does_not_pass_though_its_hashes_fit(told: Told) -> None:
    adopted(told.house)
    with sqlite3.connect(told.house.settings.data / "staffetta.sqlite") as raw:
        raw.execute("DROP TRIGGER acts_no_update")
        raw.execute("UPDATE acts SET actor = ? WHERE seq = (SELECT max(seq) FROM acts)", (ANNA,))
    raw.close()
    with told.house.database.write() as connection:
        row = dict(
            connection.execute(select(ActRecord.__table__).order_by(ActRecord.seq.desc()).limit(1)).one()._mapping
        )
        anew = chained(row["prev_hash"], CHAIN.digested(row))
        connection.execute(update(ActRecord).where(ActRecord.seq == row["seq"]).values(hash=anew))
        connection.execute(update(ActHead).where(ActHead.name == CHAIN.name).values(hash=anew))
    faults = verify(told.house.database, told.house.keyring).faults
    assert [(fault.code, fault.seq) for fault in faults] == [("act", row["seq"])]
    assert "adopted-already" in faults[0].message


@pytest.mark.parametrize("damage", ["UPDATE acts SET edition = 9", "DELETE FROM acts"])
def test_the_database_itself_refuses_to_change_an_act(damage: str, told: Told) -> None:
    raw = sqlite3.connect(told.house.settings.data / "staffetta.sqlite")
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(damage)
    raw.close()


def out(house: House, name: str) -> None:
    for by in (ANNA, BERTA):
        take_out(house, name, 1, by)


def test_nothing_begins_by_what_two_people_took_out_in_any_process_and_what_runs_goes_on(told: Told) -> None:
    state = told.opened(pathway="intake", consents=frozenset({"intake"})).state
    other = open_house(told.house.settings.data, with_vault=False, clock=told.clock)
    out(told.house, "intake")
    for house in (told.house, other):
        assert "intake" not in house.procedures.library().current
    other.close()
    with pytest.raises(UnknownPathway):
        told.opened(pathway="intake", consents=frozenset({"intake"}))
    (handoff,) = [one for one in state.handoffs.values() if one.is_open]
    assert told.say(AcceptHandoff, ref=handoff.ref).state.handoffs[handoff.ref].accepted_at
    assert verify(told.house.database, told.house.keyring).sound
    again = open_house(told.house.settings.data, with_vault=False, clock=told.clock)
    assert "intake" not in again.procedures.library().current
    again.close()


def test_what_procedures_in_force_start_stays_until_they_do_not(told: Told) -> None:
    with pytest.raises(StartedByOthers) as refused:
        take_out(told.house, "shelter", 1, ANNA)
    assert refused.value.data["by"] == "intake"
    out(told.house, "intake")
    out(told.house, "shelter")
    assert "shelter" not in told.house.procedures.library().current


def test_what_runs_starts_the_text_that_was_in_force_last_and_no_proposal(told: Told) -> None:
    out(told.house, "intake")
    propose(told.house, SHELTER, "shelter.yaml", ANNA)
    out(told.house, "shelter")
    library = told.house.procedures.library()
    assert library.named("shelter").edition == 1
    assert any(one.name == "shelter" and one.edition == 2 for one in library.by_hash.values())


def test_a_pathway_that_is_out_of_force_is_not_reopened(told: Told) -> None:
    state = told.opened(pathway="intake", consents=frozenset({"intake"})).state
    run = next(iter(state.runs.values()))
    told.say(CancelCase, reason="opened_by_mistake")
    out(told.house, "intake")
    with pytest.raises(UnknownPathway):
        told.say(ReopenPathway, run=run.run_id, reason="new_incident")


def test_who_takes_a_pathway_out_alone_by_a_forged_act_is_found(told: Told) -> None:
    take_out(told.house, "intake", 1, ANNA)
    with told.house.database.write() as connection:
        known = take_turn(connection)
        edition = known["intake"][0]
        with pytest.raises(TakenOutAlready):
            append(connection, known, Act(ActKind.TAKEN_OUT, told.clock.now(), ANNA, "intake", 1, edition.content_hash))
