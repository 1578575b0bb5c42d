"""What rooms of auditors and coordinators read, on both kinds of database."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from models.audit_acts import exports, note_export
from models.audited import audited_case
from models.coordination import coordination, within
from models.derived import Difference
from models.reach import EVERYTHING
from models.reads import Asked, ReadKind, reads_asked
from models.sampling import draw_sample, note_look, sample_view, samples
from models.trail import verify
from models.verify_jobs import VerifyState, claim_job, do_slice, last_job, start_job
from procedures.auditing import AuditAct, AuditActKind
from procedures.commands import AcceptHandoff
from tests.houses import CARRIERS, Told, only_handoff

AUDITOR = "operator:auditor"


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    ref = only_handoff(told.opened()).ref
    told.sent()
    told.say(AcceptHandoff, ref=ref)
    yield told
    told.close()


def code_of(told: Told) -> str:
    with told.house.database.read() as connection:
        code: str = connection.execute(text("SELECT code FROM cases")).scalar_one()
    return code


def test_a_case_that_nobody_touched_differs_in_nothing(told: Told) -> None:
    case = audited_case(told.house, code_of(told), AUDITOR)
    assert case.wrong == 0
    assert [one.seq for one in case.events] == list(range(1, len(case.events) + 1))
    assert all(one.derived for one in case.events)
    ((_seq, look),) = reads_asked(told.house.database, Asked(code=case.code), 5)
    assert (look.kind, look.actor) == (ReadKind.TRAIL, AUDITOR)


def test_a_field_that_somebody_changed_is_told_at_the_last_event_about_it(told: Told) -> None:
    with told.house.database.write() as connection:
        connection.execute(text("UPDATE handoffs SET state = 'completed'"))
    case = audited_case(told.house, code_of(told), AUDITOR)
    accepted = next(one.seq for one in case.events if one.kind == "handoff_accepted")
    (found,) = [one for event in case.events for one in event.differences]
    assert found == Difference(accepted, "handoff", found.which, "state", "accepted", "completed")
    assert case.wrong == 1


def test_a_sample_a_look_and_what_was_handed_out_are_chained(told: Told) -> None:
    number = draw_sample(told.house, "seed-1", 3, AUDITOR)
    note_look(told.house, number, code_of(told), AUDITOR, ("fault", "said"))
    now = told.house.clock.now()
    note_export(told.house.database, AuditAct(AuditActKind.EXPORTED, now, AUDITOR, what="reads", of=2))
    view = sample_view(told.house, number, AUDITOR)
    assert view is not None
    assert [(one.code, one.note) for one in view.cases] == [(code_of(told), "said")]
    assert view.left == 0
    assert [one for one, _sample in samples(told.house.database)] == [number]
    assert [one.of for one in exports(told.house.database, 5)] == [2]
    assert verify(told.house.database, told.house.keyring).audit_acts == 3


def test_a_check_goes_on_from_slice_to_slice(told: Told) -> None:
    start_job(told.house, AUDITOR)
    assert claim_job(told.house, "one")
    while do_slice(told.house, "one"):
        pass
    job = last_job(told.house.database, told.house.clock.now())
    assert job is not None
    assert (job.state, job.cases, job.fault_count) == (VerifyState.DONE, 1, 0)


def test_the_load_of_a_service_is_counted(told: Told) -> None:
    now = told.house.clock.now()
    found = coordination(told.house.database, now, EVERYTHING)
    (load,) = [one for one in found.loads if one.taken]
    assert (load.open, load.asked, load.silent, load.answers, load.median) == (1, 0, 0, 1, None)
    assert found.declined == []
    later = coordination(told.house.database, now + timedelta(days=9), EVERYTHING)
    assert later.late_in_all == len(later.late) == 1
    assert within(told.house.database, ["x"], EVERYTHING) == {"x"}
