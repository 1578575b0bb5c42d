"""The one transaction: a command comes in, and everything it leads to is kept, or nothing is."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Protocol, cast

from sqlalchemy import Connection, bindparam, select

from models import store
from models.addressing import Outgoing
from models.bells import Bells
from models.clock import Clock
from models.database import Database
from models.encoding import command_digest
from models.ids import Ids
from models.outbox import SettledDelivery
from models.points import reach
from models.prepared import Prepared, inserting
from models.queueing import queue
from models.recorded import Handled, Recorded
from models.recording import read_events, rows_for
from models.settling import Settling
from models.store_errors import CommandIdReused, NoNetwork, OnlyDrills
from models.tables import CommandRecord
from models.vault import Keyring
from models.waking import last_touched, want_wakes, with_runs
from procedures.case import CaseState
from procedures.commands import AnyCommand, OpenCase, PassDeadline, SettleAlert
from procedures.deciding import decide_fully
from procedures.directory import Directory
from procedures.errors import Refused
from procedures.events import AnyEvent, Event
from procedures.schema import Library
from procedures.timing import next_due

__all__ = ["Handled", "Handling", "LibrarySource", "Recorded"]

KNOWN = Prepared(select(CommandRecord.__table__).where(CommandRecord.id == bindparam("known_id")))
REMEMBERING = inserting(CommandRecord)
FIRST_MOMENT = datetime.min.replace(tzinfo=UTC)


class LibrarySource(Protocol):
    """Where procedures and directory come from, within a transaction."""

    def library_for(self, connection: Connection, state: CaseState) -> Library:
        """The library, with every text that this case is pinned to."""
        ...

    def directory_in(self, connection: Connection) -> Directory | None:
        """The network in force; None before the first import."""
        ...


class Handling:
    """Handles commands."""

    def __init__(  # noqa: PLR0917  # put together in one place alone
        self,
        database: Database,
        keyring: Keyring,
        library_source: LibrarySource,
        clock: Clock,
        ids: Ids,
        bells: Bells,
        *,
        outgoing: Outgoing | None = None,
    ) -> None:
        """`outgoing` says which channels have a carrier; without it, all of them."""
        self._database = database
        self._keyring = keyring
        self._source = library_source
        self._clock = clock
        self.ids = ids
        self._bells = bells
        self._outgoing = outgoing or Outgoing()

    def handle(self, command: AnyCommand) -> Handled:
        """Do what the command asks, once.

        Raises:
            Refused: the rules do not allow it; nothing was changed.
            CommandIdReused: the id belongs to another request.
            NoVaultKey: a case was to be opened by a process that may not.
            StoreBusy, StoreFailed: not saved.
        """
        if isinstance(command, OpenCase):
            self._prepare(command)
        with self._database.write() as connection:
            reach("handling-begun")
            handled = self._repeated(connection, command) or self._do(connection, command)
            reach("handling-saved")
        reach("handling-committed")
        self._ring()
        return handled

    def settle(self, settled: Sequence[SettledDelivery]) -> None:
        """Keep what came of these deliveries, and of those that lapsed twice, all in one commit.

        Raises:
            StoreBusy, StoreFailed: not saved; the leases will lapse.
        """
        with self._database.write() as connection:
            settling = self._settling(connection)
            self._tell(connection, settling.settle([*settled, *settling.lapsed()]))
            reach("settling-saved")
        reach("settling-committed")
        self._ring()

    def settle_lapsed(self) -> int:
        """Give up on deliveries whose second lease lapsed: uncertain, next channel. How many there were.

        Call it at start and whenever `outbox.next_send_at` has come.
        """
        with self._database.read() as connection:
            lapsed = len(self._settling(connection).lapsed())
        if lapsed:
            self.settle(())
        return lapsed

    def _prepare(self, command: OpenCase) -> None:
        """The case's keys are written first, outside of the transaction: a refusal leaves a harmless orphan."""
        if self._clock.speed != 1 and not command.drill:
            raise OnlyDrills
        self._keyring.make_case_keys(command.case_id)
        reach("keys-kept")

    def _repeated(self, connection: Connection, command: AnyCommand) -> Handled | None:
        known = KNOWN.first(connection, known_id=command.id)
        if known is None:
            return None
        if known.digest != command_digest(self._keyring.command_key, command):
            raise CommandIdReused
        events = read_events(connection, self._keyring, known.case_id, first=known.first_seq, last=known.last_seq)
        state = store.load(connection, self._keyring, known.case_id).state
        return Handled(tuple(events), state, repeated=True)

    def _do(self, connection: Connection, command: AnyCommand) -> Handled:
        before = store.load(connection, self._keyring, command.case_id)
        # Time never goes back behind what was decided before, whatever a clock says.
        now = max(self._clock.now(), before.last_at or FIRST_MOMENT)
        directory = self._source.directory_in(connection)
        if directory is None:
            raise NoNetwork
        library = self._source.library_for(connection, before.state)
        decision = decide_fully(before.state, library, directory, command, now)
        events, state = decision.events, decision.state
        if not events and isinstance(command, PassDeadline):
            store.keep_next_due(connection, command.case_id, next_due(state))
            return Handled((), state, repeated=False)
        rows = self._keep(connection, command, before, events, state)
        if rows:
            queue(
                connection,
                events,
                state,
                directory,
                outgoing=self._outgoing,
                token_key=self._keyring.token_key,
            )
        self._remember(connection, command, before.head.seq, len(rows), now)
        return Handled(_recorded(before.head.seq, events, command), state, repeated=False)

    def _keep(
        self,
        connection: Connection,
        command: AnyCommand,
        before: store.Loaded,
        events: Sequence[Event],
        state: CaseState,
    ) -> Sequence[object]:
        """Chain the events on, save what they made, and ask for the runs they touched to be told."""
        if not events:
            return ()
        with_run = with_runs(connection, events, state)
        rows = rows_for(with_run, command, state.case_id, before.head, self._keyring)
        touched = last_touched(with_run, before.head.seq + 1)
        store.save(connection, self._keyring, before, state, rows=rows, touched=touched)
        want_wakes(connection, touched, events[0].at)
        return rows

    def _remember(self, connection: Connection, command: AnyCommand, seq: int, count: int, now: datetime) -> None:
        row = {
            "id": command.id,
            "case_id": command.case_id,
            "digest": command_digest(self._keyring.command_key, command),
            "first_seq": seq + 1,
            "last_seq": seq + count,
            "at": now,
        }
        REMEMBERING.run(connection, [row])

    def _settling(self, connection: Connection) -> Settling:
        directory = self._source.directory_in(connection)
        if directory is None:
            raise NoNetwork
        return Settling(connection, directory, self._outgoing, self._keyring.token_key, self._clock.now())

    def _tell(self, connection: Connection, commands: Iterable[SettleAlert]) -> None:
        """Tell the rules what carriers said. A refusal changes nothing of what the carrier did."""
        for command in commands:
            if self._repeated(connection, command) is None:
                try:
                    self._do(connection, command)
                except Refused:
                    continue

    def _ring(self) -> None:
        self._bells.ring("dispatcher")
        self._bells.ring("engine")


def _recorded(seq: int, events: Sequence[Event], command: AnyCommand) -> tuple[Recorded, ...]:
    return tuple(
        Recorded(
            seq=number,
            event=cast("AnyEvent", event),
            command_id=command.id,
            actor=command.actor,
            road=command.road,
        )
        for number, event in enumerate(events, start=seq + 1)
    )
