"""An auditor who is excluded from a case is shown it nowhere: not in lists, samples, files, nor in others' notes."""

from models.audited import audited_case
from models.sampling import draw_sample, note_look
from procedures.people import Role
from tests.integration.test_web_kept_away import tied
from tests.integration.test_web_relations import opened_by, somebody
from tests.integration.webhouse import WebHouse

OTHER, NOTE = "operator:other", "invented words of a colleague"


def test_of_a_case_from_which_she_is_excluded_nothing_is_shown_in_any_list(desk: WebHouse) -> None:
    browser = tied(desk, "anna", "ada", frozenset({Role.AUDITOR}))
    somebody(desk, "berta")
    hidden = opened_by(desk, "berta", exclusions=frozenset({"ada"}))
    shown = opened_by(desk, "berta")
    for code in (hidden, shown):
        audited_case(desk.house, code, OTHER)
    number = draw_sample(desk.house, "seed-1", 3, OTHER)
    note_look(desk.house, number, hidden, OTHER, ("fault", NOTE))
    sample = browser.get(f"/audit/samples/{number}")
    assert sample.status_code == 200
    assert NOTE not in sample.text
    for page in (sample, *(browser.get(where) for where in ("/audit", "/audit/reads", f"/audit/reads?code={shown}"))):
        assert hidden not in page.text
        assert shown in page.text
    asked = browser.post("/audit/reads", data={"format": "csv", "code": "", "person": "", "day": ""})
    assert shown in asked.text
    assert hidden not in asked.text
