"""A case as lanes: the table has every event, what is late and what escalated is drawn and said."""

import re

import pytest

from procedures.people import Role
from tests.integration.test_web_people import only
from tests.integration.webhouse import CANARY, WebHouse, text_of

pytestmark = pytest.mark.slow


def test_the_table_has_every_event_and_folds_what_is_routine(desk: WebHouse) -> None:
    code = desk.open_case()
    desk.wait_for_coordinator(code)
    page = only(desk, Role.AUDITOR).get(f"/audit/cases/{code}/lanes")
    assert page.status_code == 200
    assert CANARY not in page.text
    assert "style=" not in page.text
    rows = page.text.partition("<tbody>")[2].partition("</tbody>")[0]
    numbers = {int(one) for one in re.findall(r"<td data-label=\"N\.\">(\d+)</td>", rows)}
    numbers |= {int(one) for one in re.findall(r"<li>(\d+) ·", rows)}
    assert numbers >= {entry.seq for entry in desk.view(code).timeline}
    assert "<details><summary>" in rows
    assert 'class="mark-escalation"' in page.text
    assert 'class="mark-late"' in page.text
    assert "passaggio ad altri" in text_of(page)


def test_a_lane_stands_for_each_who_was_asked(desk: WebHouse) -> None:
    code = desk.open_case("intake")
    page = only(desk, Role.AUDITOR).get(f"/audit/cases/{code}/lanes")
    owners = {row.service or row.owner_id for row in desk.view(code).handoffs}
    assert page.text.count('class="who"') == len(owners) + 1
    assert page.text.count('class="bar-asked"') == len(desk.view(code).handoffs)
    assert only(desk, Role.COORDINATOR).get(f"/audit/cases/{code}/lanes").status_code == 404
