"""The one transaction: a command comes in, and everything it leads to is kept, or nothing is."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from models.addressing import Outgoing
from models.asking_again import asked_again
from models.bells import Bells
from models.clock import Clock
from models.combining import Combiner
from models.database import Database
from models.doing import Doing, LibrarySource
from models.ids import Ids
from models.keyring_errors import CaseKeyMissing, NoVaultKey
from models.locking import lock_for
from models.outbox import SettledDelivery
from models.points import reach
from models.recorded import CaseStuck, Handled, Recorded
from models.settling import OfAlert, note_taken
from models.sqlite import BUSY_SECONDS
from models.store_errors import CaseInHand, OnlyDrills, StoreBusy, StoreFailed
from models.telephones import telephones_of
from models.vault import Keyring
from procedures.case import is_own_work
from procedures.commands import AnyCommand, OpenCase, PassDeadline
from procedures.errors import Refused

__all__ = ["CaseStuck", "Handled", "Handling", "LibrarySource", "Recorded"]


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
        self._clock = clock
        self.ids = ids
        self._bells = bells
        self._doing = Doing(keyring, library_source, clock, outgoing or Outgoing())
        self._together: Combiner[AnyCommand, Handled] = Combiner(self._handle_again)
        self._stills: dict[int, Callable[[Connection], None]] = {}  # by the identity of a command

    def handle_while(self, command: AnyCommand, still: Callable[[Connection], None]) -> Handled:
        """The same as `handle`, if `still` lets it pass in the very transaction. Raises what that raises, too."""
        self._stills[id(command)] = still
        try:
            return self.handle(command)
        finally:
            del self._stills[id(command)]

    def handle(self, command: AnyCommand) -> Handled:
        """Do what the command asks, once.

        Raises:
            Refused: the rules do not allow it; nothing was changed.
            CommandIdReused: the id belongs to another request.
            NoVaultKey: a case was to be opened by a process that may not.
            StoreBusy, StoreFailed: not saved.
            StoreUnreachable: the database stayed away; the same command tells later what became of it.
        """
        if isinstance(command, OpenCase):
            self._may_open(command)
        try:
            return self._together.ask(command, BUSY_SECONDS)
        except TimeoutError:
            raise StoreBusy from None
        except CaseInHand:
            if isinstance(command, PassDeadline):
                raise
        # Whoever has this case in hand is waited for here, alone: nobody else's case stands behind it.
        (handled,) = asked_again(self._database, lambda: self._handle([command], waits=True))
        return _told(handled)

    def handle_all(self, commands: Sequence[AnyCommand]) -> Sequence[Handled | Exception]:
        """Do what each of these commands asks, once, all in one commit; a failure stands where its answer would.

        For what comes in crowds, such as deadlines: one alone need not wait for the disk a hundred times.

        Raises:
            StoreBusy, StoreFailed, StoreUnreachable: of all of them nothing was saved, or nobody can say.
        """
        if len(commands) != 1:
            return self._handle_again(commands)
        outside: tuple[type[Exception], ...] = (StoreBusy, StoreFailed, *self._database.errors)
        try:
            return [self.handle(commands[0])]
        except CaseInHand as failure:
            return [failure]
        except outside:
            raise
        except Exception as failure:  # noqa: BLE001  # its asker's, who is told
            return [failure]

    def _handle_again(self, commands: Sequence[AnyCommand]) -> Sequence[Handled | Exception]:
        return asked_again(self._database, lambda: self._handle(commands))

    def _handle(self, commands: Sequence[AnyCommand], *, waits: bool = False) -> Sequence[Handled | Exception]:
        new = [command.case_id for command in commands if isinstance(command, OpenCase)]
        making = (
            self._keyring.making_case_keys(*new, nameless=_nameless(commands), marks=self._marks(commands))
            if new
            else None
        )
        try:
            return self._write(commands, making, partial(self._handle_together, waits=waits))
        except CaseInHand:
            if len(commands) == 1:
                raise
        except (StoreBusy, StoreFailed):
            raise
        except Exception:  # whoever is at fault raises it again below
            if len(commands) == 1:
                raise
        # One of them is at fault, which is rare: only now each is made to be undone by itself, which takes longer.
        return self._write(commands, making, self._handle_apart)

    def _write(
        self,
        commands: Sequence[AnyCommand],
        making: "Future[None] | None",
        work: Callable[[Connection, Sequence[AnyCommand]], Sequence[Handled | Exception]],
    ) -> Sequence[Handled | Exception]:
        with self._database.write() as connection:
            reach("handling-begun")
            try:
                handled = work(connection, commands)
            except CaseKeyMissing:
                if making is not None:
                    # Its keys were taken back while it was being sealed, since they could not be kept: that is told.
                    making.result()
                raise
            if making is not None:
                # Before the commit: a case whose key is not kept could never be read; a key without a case is harmless.
                making.result()
                reach("keys-kept")
            self._bells.ring_at_commit(connection)
            reach("handling-saved")
        reach("handling-committed")
        self._ring()
        return handled

    def _handle_together(
        self, connection: Connection, commands: Sequence[AnyCommand], *, waits: bool
    ) -> Sequence[Handled]:
        """All of them; the failure of one ends the transaction."""
        return [self._once(connection, command, waits=waits) for command in commands]

    def _once(self, connection: Connection, command: AnyCommand, *, waits: bool) -> Handled:
        tried = lock_for(connection, command, waits=waits)
        if id(command) in self._stills:
            self._stills[id(command)](connection)
        return self._doing.once(connection, command, tried)

    def _handle_apart(self, connection: Connection, commands: Sequence[AnyCommand]) -> Sequence[Handled | Exception]:
        return [self._handle_one(connection, command) for command in commands]

    def _handle_one(self, connection: Connection, command: AnyCommand) -> Handled | Exception:
        """One command, undone as a whole where it fails: others stand in the same transaction."""
        errors = self._database.errors
        try:
            with connection.begin_nested():
                return self._once(connection, command, waits=False)
        except errors:
            raise
        except Exception as failure:  # noqa: BLE001  # its asker's, who is told
            return failure

    def note_taken(self, taken: Sequence[SettledDelivery], until: datetime) -> None:
        """Keep that carriers took these, in one cheap commit. Nobody sends them again; `settle` tells the rules later.

        Whoever dies before leaves them to `settle_lapsed`, at `until` at the latest.

        Raises:
            StoreBusy, StoreFailed: not saved.
        """

        def work() -> None:
            with self._database.write() as connection:
                note_taken(connection, taken, until)

        asked_again(self._database, work)

    def settle(self, settled: Sequence[SettledDelivery]) -> Sequence[CaseStuck]:
        """Keep what came of these deliveries, and of those that lapsed for good, all in one commit.

        Of a case that cannot be read or decided on, the outcomes alone are kept: its messages must not go out again,
        and no other case waits for it. Which cases those were.

        Raises:
            StoreBusy, StoreFailed: not saved; the leases will lapse.
        """
        try:
            asked_again(self._database, lambda: self._settle(settled))
            stuck: Sequence[CaseStuck] = ()
        except (StoreBusy, StoreFailed):
            raise
        except Exception:  # noqa: BLE001  # one of them is at fault: each on its own says which
            stuck = asked_again(self._database, lambda: self._settle_apart(lambda _connection: settled))
        reach("settling-committed")
        self._ring()
        return stuck

    def settle_with(self, work: Callable[[Connection], Sequence[SettledDelivery]]) -> Sequence[CaseStuck]:
        """As `settle`, of what this work gives up, in its own commit. Raises what the work raises, too."""
        stuck = asked_again(self._database, lambda: self._settle_apart(work))
        self._ring()
        return stuck

    def _settle(self, settled: Sequence[SettledDelivery]) -> None:
        with self._database.write() as connection:
            settling = self._doing.settling(connection, settled)
            self._keyring.open_ahead("route", settling.lock())
            for word in settling.words:
                self._tell(connection, settling.settle(word))
            self._bells.ring_at_commit(connection)
            reach("settling-saved")

    def _settle_apart(self, work: Callable[[Connection], Sequence[SettledDelivery]]) -> Sequence[CaseStuck]:
        """The same, each delivery for itself: what goes wrong with one is undone, but for its outcome."""
        stuck: list[CaseStuck] = []
        outside: tuple[type[Exception], ...] = (StoreBusy, StoreFailed, *self._database.errors)
        with self._database.write() as connection:
            settling = self._doing.settling(connection, work(connection))
            settling.lock()
            for word in settling.words:
                try:
                    with connection.begin_nested():
                        self._tell(connection, settling.settle(word))
                except outside:
                    raise
                except Exception as error:  # noqa: BLE001  # whatever it was: kept, and said by the caller
                    case_id = settling.keep_alone(word)
                    stuck.append(CaseStuck(word.delivery_id, case_id, type(error).__name__))
            self._bells.ring_at_commit(connection)
            reach("settling-saved")
        return stuck

    def settle_lapsed(self) -> int:
        """Give up on deliveries whose second lease lapsed: uncertain, next channel. How many there were.

        Call it at start and whenever `outbox.next_send_at` has come.
        """
        with self._database.read() as connection:
            lapsed = len(self._doing.settling(connection, ()).words)
        if lapsed:
            self.settle(())
        return lapsed

    def _marks(self, commands: Sequence[AnyCommand]) -> Mapping[str, Collection[int]]:
        if not self._keyring.finds:
            return {}
        numbers = {one.case_id: telephones_of(one.person) for one in commands if isinstance(one, OpenCase)}
        return {case_id: [self._keyring.mark_of(one) for one in found] for case_id, found in numbers.items()}

    def _may_open(self, command: OpenCase) -> None:
        if self._clock.speed != 1 and not command.drill:
            raise OnlyDrills
        if not self._keyring.has_vault and not is_own_work(command.code):
            raise NoVaultKey

    def _tell(self, connection: Connection, commands: Iterable[OfAlert]) -> None:
        """Tell the rules what carriers said. A refusal changes nothing of what the carrier did."""
        for command in commands:
            with suppress(Refused):
                self._doing.once(connection, command)

    def _ring(self) -> None:
        if not self._bells.rings_at_commit:
            self._bells.ring("dispatcher")
            self._bells.ring("engine")


def _nameless(commands: Sequence[AnyCommand]) -> frozenset[str]:
    """What begins here as the network's own work: by their codes the rules refuse whatever is about somebody."""
    return frozenset(one.case_id for one in commands if isinstance(one, OpenCase) and is_own_work(one.code))


def _told(handled: Handled | Exception) -> Handled:
    if isinstance(handled, Exception):
        raise handled
    return handled
