"""What one command leads to, within a transaction that somebody else holds: decided, chained on, kept, put out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from sqlalchemy import Connection, bindparam, select

from models import store
from models.acts import ask_last_act
from models.addressing import Outgoing
from models.clock import Clock
from models.encoding import command_digest
from models.known_states import KnownStates
from models.locking import see_locked
from models.network import IN_FORCE
from models.outbox import SettledDelivery
from models.prepared import Asked, Prepared, inserting
from models.queueing import queue
from models.recorded import Handled, Recorded
from models.recording import read_events, rows_for
from models.settling import Settling, words_and_cases
from models.store_errors import CommandIdReused, NoNetwork
from models.tables import CommandRecord
from models.vault import Keyring
from models.waking import RUN_OF_ALERT, last_touched, want_wakes, with_runs
from procedures.case import CaseState
from procedures.commands import AnyCommand, NoteReceipt, NoteUncertain, PassDeadline, SettleAlert
from procedures.deciding import decide_fully
from procedures.directory import Directory
from procedures.events import AnyEvent, Event
from procedures.haste import is_imminent
from procedures.schema import Library
from procedures.timing import next_due

KNOWN = Prepared(select(CommandRecord.__table__).where(CommandRecord.id == bindparam("known_id")))
REMEMBERING = inserting(CommandRecord)
OF_ALERT = (SettleAlert, NoteUncertain, NoteReceipt)
FIRST_MOMENT = datetime.min.replace(tzinfo=UTC)


class LibrarySource(Protocol):
    """Where procedures and directory come from, within a transaction."""

    def library_for(self, connection: Connection, state: CaseState, acts: Asked) -> Library:
        """The library, with every text that this case is pinned to, where `acts.ask_last_act` was asked."""
        ...

    def directory_told(self, connection: Connection, asked: Asked) -> Directory | None:
        """The network in force, where `network.IN_FORCE` was asked; None before the first import."""
        ...


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a command needs to know of the database, asked together: on PostgreSQL each answer alone is a journey."""

    known: Asked
    case: Asked
    network: Asked
    acts: Asked
    run: Asked | None
    """Of the alert that it is about."""


@dataclass(frozen=True)
class Doing:
    """Does commands, each once."""

    keyring: Keyring
    source: LibrarySource
    clock: Clock
    outgoing: Outgoing = field(default_factory=Outgoing)
    known: KnownStates = field(default_factory=KnownStates, kw_only=True)

    def once(self, connection: Connection, command: AnyCommand, tried: Asked | None = None) -> Handled:
        """Do it, or say what it did when it came before. `tried` is what `locking.lock_for` gave.

        Raises:
            CaseInHand: somebody else is deciding on the case, and nobody was to wait for them.
            Refused: the rules do not allow it.
            CommandIdReused: the id belongs to another request.
            NoNetwork: nobody could be asked for anything.
        """
        asked = _Asked(
            KNOWN.ask(connection, known_id=command.id),
            store.ask_for(connection, command.case_id),
            IN_FORCE.ask(connection),
            ask_last_act(connection),
            RUN_OF_ALERT.ask(connection, asked=command.alert_id) if isinstance(command, OF_ALERT) else None,
        )
        known = asked.known.first()
        see_locked(connection, command, tried)
        return self._do(connection, command, asked) if known is None else self._repeated(connection, command, known)

    def settling(self, connection: Connection, settled: Sequence[SettledDelivery]) -> Settling:
        """What settling these words works with, now.

        Raises:
            NoNetwork: nobody was ever asked for anything.
        """
        now, network = self.clock.now(), IN_FORCE.ask(connection)
        words, case_of = words_and_cases(connection, settled, now)
        directory = self.source.directory_told(connection, network)
        if directory is None:
            raise NoNetwork

        def imminent(case_id: str) -> bool:
            return is_imminent(store.load(connection, self.keyring, case_id, self.known).state.facts)

        return Settling(connection, directory, self.outgoing, self.keyring.token_key, now, words, case_of, imminent)

    def _repeated(self, connection: Connection, command: AnyCommand, known: Any) -> Handled:
        if known.digest != command_digest(self.keyring.command_key, command):
            raise CommandIdReused
        state = store.load(connection, self.keyring, known.case_id, self.known).state
        events = read_events(connection, self.keyring, known.case_id, first=known.first_seq, last=known.last_seq)
        return Handled(tuple(events), state, repeated=True, at=self.clock.now())

    def _do(self, connection: Connection, command: AnyCommand, asked: _Asked) -> Handled:
        before = store.loaded(asked.case, self.keyring, command.case_id, self.known)
        # Time never goes back behind what was decided before, whatever a clock says.
        now = max(self.clock.now(), before.last_at or FIRST_MOMENT)
        directory = self.source.directory_told(connection, asked.network)
        if directory is None:
            raise NoNetwork
        runs = {row.alert_id: row.run_id for row in ([] if asked.run is None else asked.run.rows())}
        library = self.source.library_for(connection, before.state, asked.acts)
        decision = decide_fully(before.state, library, directory, command, now)
        events, state = decision.events, decision.state
        if not events and isinstance(command, PassDeadline):
            store.keep_next_due(connection, command.case_id, next_due(state))
            return Handled((), state, repeated=False, at=now)
        rows = self._keep(connection, command, before, events, state, runs=runs)
        if rows:
            queue(
                connection,
                events,
                state,
                directory,
                outgoing=self.outgoing,
                token_key=self.keyring.token_key,
            )
        self._remember(connection, command, before.head.seq, len(rows), now)
        return Handled(_recorded(before.head.seq, events, command), state, repeated=False, at=now)

    def _keep(
        self,
        connection: Connection,
        command: AnyCommand,
        before: store.Loaded,
        events: Sequence[Event],
        state: CaseState,
        *,
        runs: Mapping[str, str],
    ) -> Sequence[object]:
        """Chain the events on, save what they made, and ask for the runs they touched to be told."""
        if not events:
            return ()
        with_run = with_runs(connection, events, state, runs)
        rows = rows_for(with_run, command, state.case_id, before.head, self.keyring)
        touched = last_touched(with_run, before.head.seq + 1)
        store.save(connection, self.keyring, before, state, rows=rows, touched=touched, known=self.known)
        want_wakes(connection, touched, events[0].at)
        return rows

    def _remember(self, connection: Connection, command: AnyCommand, seq: int, count: int, now: datetime) -> None:
        row = {
            "id": command.id,
            "case_id": command.case_id,
            "digest": command_digest(self.keyring.command_key, command),
            "first_seq": seq + 1,
            "last_seq": seq + count,
            "at": now,
        }
        REMEMBERING.run(connection, [row])


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
