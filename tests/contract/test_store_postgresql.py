"""What only PostgreSQL does: addresses and roles, rows held while they are decided on, a commit that rings."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

import models.tables  # fills the metadata
from flows.deadlines import pass_deadline
from models.columns import Base
from models.composition import open_house
from models.database import Database, engine_for
from models.locking import lock_for
from models.outbox import SettledResult, claim
from models.store_errors import CaseInHand, StoreBusy, StoreFailed, StoreTooNew
from procedures.commands import AcceptHandoff, CancelCase, PassDeadline, Road
from procedures.errors import Refused
from tests.databases import Cluster, said
from tests.houses import CARRIERS, START, Told, only_handoff, open_case

KEY = "[database] url"


@pytest.fixture
def told(tmp_path: Path, cluster: Cluster, postgresql: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + said(cluster.address(postgresql)))
    yield told
    told.close()


@pytest.mark.slow
def test_the_tables_are_those_that_the_migrations_make(told: Told) -> None:
    with told.house.database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@pytest.mark.slow
def test_processes_that_start_together_make_the_tables_once(cluster: Cluster) -> None:
    name = cluster.create()
    databases = [Database(engine_for(cluster.address(name), KEY)) for _ in range(4)]
    failures: list[BaseException] = []

    def migrate(database: Database) -> None:
        try:
            database.migrate()
        except StoreFailed as failure:
            failures.append(failure)

    threads = [threading.Thread(target=migrate, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert {database.revision() for database in databases} == {models.database.REVISION}
    for database in databases:
        database.close()
    cluster.drop(name)


def test_a_later_editions_database_is_left_alone(told: Told) -> None:
    with told.house.database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTooNew):
        open_house(told.house.settings.data, with_vault=True)


def test_the_trail_cannot_be_emptied_at_once(told: Told) -> None:
    told.opened()
    for statement in ("TRUNCATE events", "TRUNCATE cases CASCADE"):
        with (
            pytest.raises(StoreFailed, match="IntegrityConstraintViolation"),
            told.house.database.write() as connection,
        ):
            connection.exec_driver_sql(statement)


def test_a_role_that_may_make_no_tables_is_enough_to_run(tmp_path: Path, cluster: Cluster, postgresql: str) -> None:
    with cluster.connect(postgresql) as owner:
        owner.execute("DROP ROLE IF EXISTS staffetta_runs")
        owner.execute("CREATE ROLE staffetta_runs LOGIN")
        owner.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO staffetta_runs")
        owner.execute("REVOKE UPDATE, DELETE ON events FROM staffetta_runs")
        owner.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO staffetta_runs")
    told = Told(tmp_path / "data", CARRIERS + said(cluster.address(postgresql, "staffetta_runs")))
    ref = only_handoff(told.opened()).ref
    told.sent()
    told.say(AcceptHandoff, ref=ref)
    for statement in ("CREATE TABLE other (id int)", "DROP TABLE events", "UPDATE events SET actor = 'x'"):
        with pytest.raises(StoreFailed, match="InsufficientPrivilege"), told.house.database.write() as connection:
            connection.exec_driver_sql(statement)
    told.close()


@pytest.mark.slow
def test_who_decides_on_a_case_keeps_others_waiting_for_it_alone(told: Told) -> None:
    first, second = told.opened().state.case_id, told.opened().state.case_id
    waiting = threading.Thread(target=lambda: told.say(CancelCase, case_id=first, reason="her_wish"))
    with told.house.database.write() as connection:
        held = CancelCase(id="x" * 22, case_id=first, actor="a", road=Road.DESK, reason="her_wish")
        lock_for(connection, held, waits=True)
        waiting.start()
        told.say(CancelCase, case_id=second, reason="her_wish")
        waiting.join(0.7)
        assert waiting.is_alive()
    waiting.join(5)
    assert not waiting.is_alive()


@pytest.mark.slow
def test_those_who_come_together_share_a_commit(told: Told) -> None:
    told.opened()
    commands = [open_case(told.house) for _ in range(24)]
    threads = [threading.Thread(target=told.house.handling.handle, args=(command,)) for command in commands]
    with told.house.database.write() as connection:
        connection.exec_driver_sql("LOCK TABLE cases IN EXCLUSIVE MODE")  # the first waits, all others behind it
        for thread in threads:
            thread.start()
        threads[0].join(0.7)
    for thread in threads:
        thread.join()
    with told.house.database.read() as connection:
        commits = connection.exec_driver_sql("SELECT count(DISTINCT xmin::text), count(*) FROM cases").one()
    # That of the case before, that of whoever came first, and one for all the others.
    assert tuple(commits) == (3, 25)


def test_a_deadline_is_left_to_whoever_has_the_case_in_hand(told: Told) -> None:
    told.opened()
    told.clock.pass_by(minutes=10)
    held = CancelCase(id="x" * 22, case_id=told.case_id, actor="a", road=Road.DESK, reason="her_wish")
    with told.house.database.write() as connection:
        lock_for(connection, held, waits=True)
        with pytest.raises(CaseInHand):
            pass_deadline(told.house, told.case_id)
    pass_deadline(told.house, told.case_id)
    pass_deadline(told.house, told.case_id)  # another dispatcher was quicker: nothing is due any more
    climbed = [event for event in events(told) if event == "rung_climbed"]
    assert len(climbed) == 1


def events(told: Told) -> list[str]:
    with told.house.database.read() as connection:
        return list(connection.execute(text("SELECT kind FROM events ORDER BY seq")).scalars())


def test_what_another_sender_has_in_hand_is_passed_over(told: Told) -> None:
    for _ in range(6):
        told.opened()
    with told.house.database.write() as connection:
        held = "SELECT delivery_id FROM deliveries ORDER BY queued_at, delivery_id LIMIT 1 FOR UPDATE"
        in_hand = connection.exec_driver_sql(held).scalar_one()
        taken = {delivery.delivery_id for delivery in told.claimed()}
    assert len(taken) == 5
    assert in_hand not in taken


@pytest.mark.slow
def test_senders_that_claim_at_once_never_take_the_same(told: Told) -> None:
    for _ in range(40):
        told.opened()
    together = threading.Barrier(4)
    taken: list[str] = []

    def take(worker: str) -> None:
        for _ in range(12):
            together.wait()
            found = claim(told.house.database, worker=worker, now=told.clock.now(), lease_seconds=60, limit=2)
            taken.extend(delivery.delivery_id for delivery in found)

    threads = [threading.Thread(target=take, args=(f"dispatcher-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 40


@pytest.mark.slow
def test_words_of_carriers_settled_in_opposite_order_never_wait_in_a_circle(told: Told) -> None:
    for _ in range(8):
        told.opened()
    taken = list(told.claimed())
    failures: list[BaseException] = []

    def settle(order: int) -> None:
        try:
            for delivery in taken[::order]:
                told.settled(delivery, SettledResult.ACCEPTED)
        except StoreBusy as failure:
            failures.append(failure)

    threads = [threading.Thread(target=settle, args=(order,)) for order in (1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert events(told).count("alert_settled") == 8


@pytest.mark.slow
def test_two_requests_of_one_id_from_two_machines_open_one_case(told: Told) -> None:
    command = open_case(told.house)
    other = open_case(told.house, id=command.id)
    machine = open_house(told.house.settings.data, with_vault=True, clock=told.clock)
    answers: list[tuple[str, bool]] = []

    def go(house: object, asked: object) -> None:
        handled = house.handling.handle(asked)  # type: ignore[attr-defined]  # the kind is known by the test alone
        answers.append((handled.state.case_id, handled.repeated))

    threads = [threading.Thread(target=go, args=pair) for pair in ((told.house, command), (machine, other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    machine.close()
    assert len({case_id for case_id, _ in answers}) == 1
    assert sorted(repeated for _, repeated in answers) == [False, True]


@pytest.mark.slow
async def test_a_commit_rings_on_every_machine_and_a_refusal_does_not(told: Told) -> None:
    other = open_house(told.house.settings.data, with_vault=True, clock=told.clock)
    async with told.house.bells.listen("dispatcher") as here, other.bells.listen("dispatcher") as there:
        assert await here.wait(5)
        assert await there.wait(5)  # who begins to listen looks
        with pytest.raises(Refused):
            await asyncio.to_thread(told.opened, pathway="nowhere")
        assert not await there.wait(0.2)
        await asyncio.to_thread(told.opened)
        assert await here.wait(5)
        assert await there.wait(5)
    other.close()


@pytest.mark.slow
async def test_a_listener_whose_line_was_cut_listens_again_and_looks(
    told: Told, cluster: Cluster, postgresql: str
) -> None:
    async with told.house.bells.listen("dispatcher") as bell:
        assert await bell.wait(5)
        with cluster.connect() as other:
            listening = "FROM pg_stat_activity WHERE datname = %s AND query LIKE 'LISTEN%%'"
            ended = other.execute(f"SELECT pg_terminate_backend(pid) {listening}", (postgresql,)).fetchall()
        assert ended == [(True,)]
        assert await bell.wait(5)
        await asyncio.to_thread(told.opened)
        assert await bell.wait(5)


@pytest.mark.slow
def test_machines_share_one_key_store(tmp_path: Path, cluster: Cluster, postgresql: str) -> None:
    keys = cluster.create()
    shared = CARRIERS + said(cluster.address(postgresql)) + f'[keys]\nstore_url = "{cluster.address(keys)}"\n'
    told = Told(tmp_path / "one", shared)
    told.opened()
    other = tmp_path / "other"
    other.mkdir()
    (other / "staffetta.toml").write_text(shared.replace("[keys]", f'[keys]\nfolder = "{tmp_path / "one" / "keys"}"'))
    with ExitStack() as opened:
        opened.callback(told.close)
        machine = open_house(other, with_vault=True, clock=told.clock)
        opened.callback(machine.close)
        state = machine.handling.handle(
            CancelCase(id="y" * 22, case_id=told.case_id, actor="a", road=Road.DESK, reason="her_wish")
        ).state
        assert state.ended_at == told.clock.now()
        assert machine.worker("dispatcher") != told.house.worker("dispatcher") != "dispatcher"
        assert told.house.worker("engine") == f"engine-{told.house.place}"
    assert not (other / "keys.sqlite").exists()


def test_time_goes_by_for_a_deadline_as_on_sqlite(told: Told) -> None:
    told.opened()
    told.clock.pass_by(minutes=15)
    expired = told.say(PassDeadline, actor="clock", road=Road.CLOCK)
    assert {event.event.at for event in expired.events} == {START + timedelta(minutes=15)}
