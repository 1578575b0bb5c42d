"""A network's own fact: declared beside its procedure, adopted with it by two people, and met from then on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.adopting import FOLDER, adopt, known_text, propose, text_at_hand
from models.composition import House, open_house
from models.store import load
from models.trail import verify
from procedures.commands import AcceptHandoff, ChangeFact, CompleteHandoff, Road
from procedures.declaring import declared
from procedures.edition_errors import FactDeclaredOtherwise, ProposalChanged
from procedures.errors import FactNotChangedBy, WrongFactValue
from procedures.faults import ProcedureFaults
from procedures.loading import SHIPPED, load_facts, load_pathway, shipped_facts
from procedures.schema import Library
from tests.houses import CARRIERS, Told, only_handoff

pytestmark = pytest.mark.slow

ANNA, BERTA = "operator:anna", "operator:berta"
WHEN = "when: {any: [{risk: [high, imminent]}, {needs_transport: true}]}"
SHELTER = (SHIPPED / "shelter.yaml").read_text(encoding="utf-8")
HOLDS = "when: {pets: {at_least: 1}}"
PETS = "facts: {pets: {type: integer, title: {it: Animali, en: Pets}, range: {at_most: 9}, changed_by: [police]}}\n"


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "house", CARRIERS + database_settings)
    yield told
    told.close()


def asking(edition: int = 2) -> str:
    """The shipped shelter, whose transport hangs on the network's own fact."""
    assert WHEN in SHELTER
    changed = SHELTER.replace(WHEN, "when: {pets: {at_least: 1}}")
    return changed.replace("edition: 1\n", f"edition: {edition}\n")


def written(house: House, facts: str = PETS, edition: int = 2) -> str:
    """The file of the house's own folder, with its facts beside it, as it is proposed."""
    folder = house.settings.data / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / "facts.yaml").write_text(facts, encoding="utf-8")
    (folder / "shelter.yaml").write_text(asking(edition), encoding="utf-8")
    text = text_at_hand(house, "shelter.yaml")
    assert text is not None
    return text


def adopted(house: House, facts: str = PETS, edition: int = 2) -> None:
    propose(house, written(house, facts, edition), "shelter.yaml", ANNA)
    adopt(house, "shelter", edition, ANNA)
    adopt(house, "shelter", edition, BERTA)


def asked(library: Library) -> set[str]:
    return set(library.facts_asked(no_case=False)) - set(shipped_facts())


def test_a_fact_is_asked_for_in_every_process_from_when_two_people_adopted_it(told: Told) -> None:
    other = open_house(told.house.settings.data, with_vault=False, clock=told.clock)
    propose(told.house, written(told.house), "shelter.yaml", ANNA)
    adopt(told.house, "shelter", 2, ANNA)
    assert asked(told.house.procedures.library()) == asked(other.procedures.library()) == set()
    adopt(told.house, "shelter", 2, BERTA)
    assert asked(told.house.procedures.library()) == asked(other.procedures.library()) == {"pets"}
    other.close()


def test_the_declaration_is_part_of_the_text_that_is_adopted(told: Told) -> None:
    adopted(told.house)
    text = known_text(told.house, "shelter", 2)
    pathway = load_pathway(text, "shelter (2)")
    assert (pathway.facts["pets"].title.en, pathway.facts["pets"].changed_by) == ("Pets", ("police",))
    assert text.startswith(asking())


def test_a_fact_changed_beside_the_file_since_it_was_proposed_is_not_adopted(told: Told) -> None:
    propose(told.house, written(told.house), "shelter.yaml", ANNA)
    written(told.house, PETS.replace("at_most: 9", "at_most: 3"))
    with pytest.raises(ProposalChanged):
        adopt(told.house, "shelter", 2, BERTA)


def test_a_later_edition_may_call_it_otherwise_and_a_case_keeps_its_words(told: Told) -> None:
    adopted(told.house)
    first = told.house.procedures.library().current["shelter"].content_hash
    adopted(told.house, PETS.replace("Pets", "Animals"), edition=3)
    library = told.house.procedures.library()
    assert library.facts["pets"].title.en == "Animals"
    assert library.seen_by([first]).facts["pets"].title.en == "Pets"


def test_a_fact_that_was_adopted_cannot_come_to_mean_something_else(told: Told) -> None:
    adopted(told.house)
    with pytest.raises(FactDeclaredOtherwise):
        propose(told.house, written(told.house, PETS.replace("at_most: 9", "at_most: 3"), 3), "shelter.yaml", ANNA)


def test_a_fact_that_identifies_her_is_refused_in_a_procedure_as_in_a_vocabulary(told: Told) -> None:
    text = f"{asking()}{PETS.replace('changed_by: [police]', 'class: identity')}"
    with pytest.raises(ProcedureFaults) as refused:
        propose(told.house, text, "shelter.yaml", ANNA)
    assert [fault.code for fault in refused.value.faults] == ["too-secret"]


def test_what_a_shipped_fact_means_is_not_changed_by_a_procedure(told: Told) -> None:
    own = "facts: {stalking: {type: integer, title: {it: S, en: S}}}\n"
    text = SHELTER.replace("edition: 1\n", "edition: 2\n") + own
    with pytest.raises(ProcedureFaults) as refused:
        propose(told.house, text, "shelter.yaml", ANNA)
    assert "declared-otherwise" in {fault.code for fault in refused.value.faults}


def test_a_case_is_opened_with_the_fact_and_it_is_typed(told: Told) -> None:
    adopted(told.house)
    assert told.opened(facts={"pets": 2}).state.facts["pets"] == 2
    with pytest.raises(WrongFactValue):
        told.opened(facts={"pets": 10})


def test_a_case_lives_by_the_fact_from_its_opening_to_the_trail_and_another_process_reads_the_same(told: Told) -> None:
    adopted(told.house)
    handoff = only_handoff(told.opened(facts={"pets": 0}))
    with pytest.raises(FactNotChangedBy):
        told.say(ChangeFact, road=Road.DESK, fact="pets", value=2, by="operator", reason="she_said")
    told.say(ChangeFact, road=Road.DESK, fact="pets", value=2, by="police", reason="something_happened")
    told.say(AcceptHandoff, ref=handoff.ref)
    shown = {"place_confirmed_at": told.clock.now()}
    state = told.say(CompleteHandoff, ref=handoff.ref, result="housed", evidence=shown).state
    assert "escort" in {one.step for one in state.handoffs.values()}, "what hangs on the fact begins"
    found = verify(told.house.database, told.house.keyring)
    assert (found.cases, found.faults) == (1, ())
    other = open_house(told.house.settings.data, with_vault=False, clock=told.clock)
    with other.database.read() as connection:
        assert load(connection, other.keyring, state.case_id).state.facts["pets"] == 2
    assert other.procedures.library().facts["pets"].title.it == "Animali"
    other.close()


def test_a_condition_holds_by_the_fact(told: Told) -> None:
    text = (
        asking().replace("when: {pets: {at_least: 1}}", "").replace("find_place:\n", f"find_place:\n    {HOLDS}\n", 1)
    )
    assert text.rstrip().splitlines()[-1].startswith("  "), "the outcomes stand last"
    text += "  over: find_place\n"
    folder = told.house.settings.data / FOLDER
    folder.mkdir()
    (folder / "facts.yaml").write_text(PETS, encoding="utf-8")
    (folder / "shelter.yaml").write_text(text, encoding="utf-8")
    kept = text_at_hand(told.house, "shelter.yaml")
    assert kept is not None
    propose(told.house, kept, "shelter.yaml", ANNA)
    adopt(told.house, "shelter", 2, ANNA)
    adopt(told.house, "shelter", 2, BERTA)
    begun = [bool(told.opened(facts={"pets": pets}).state.handoffs) for pets in (0, 2)]
    assert begun == [False, True]


def test_every_shipped_fact_written_into_a_text_is_read_again_as_it_was() -> None:
    lines = "".join(f"  {declared(fact)}\n" for fact in shipped_facts().values())
    assert load_facts(f"facts:\n{lines}", "facts.yaml") == shipped_facts()
