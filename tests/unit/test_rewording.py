"""A remedy shows, in the words of whoever wrote it, how the language says the same."""

import pytest

from procedures.loading import check_texts
from tests.unit.marked import find_place

REMEDIES = [
    ("4 h", "4 h after case.opened", "4 h of case.opened"),
    ("4 h", "3 working days from case.opened", "3 working days of case.opened"),
    ("4 h", "1.5 h", "90 min"),
    ("4 h", "0.5 days", "12 h"),
    ("complete_within", "needs: a or b\n  complete_within", "{any_of: [a, b]}"),
    ("complete_within", "needs: a.done and not b.done\n  complete_within", "[a.done, {not: b.done}]"),
    ("complete_within", "when: [{risk: high}, {injuries: true}]\n  complete_within", "{all: [{risk: high}, …]}"),
    ("complete_within", "when: {or: [{risk: high}, {injuries: true}]}\n  complete_within", "any"),
    ("complete_within", "when: {violence: {at_least: physical}}\n  complete_within", "violence: …"),
]


@pytest.mark.parametrize(("old", "new", "remedy"), REMEDIES, ids=[new for _old, new, _remedy in REMEDIES])
def test_the_remedy_is_what_was_meant(old: str, new: str, remedy: str) -> None:
    helps = [fault.help for fault in check_texts({"a.yaml": find_place(old, new)})]
    assert any(remedy in said for said in helps), helps


def test_a_list_of_results_is_shown_as_the_mapping_that_it_should_be() -> None:
    housed = "{housed: {evidence: {confirmed_at: datetime, searched: integer}}, no_place: {}}"
    listed = find_place(housed, "[housed, no_place]")
    assert any("{housed: …, no_place: …}" in fault.help for fault in check_texts({"a.yaml": listed}))
