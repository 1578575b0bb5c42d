"""Who is signed in. A page that refreshes itself is no sign of life: only what a person does keeps a sign-in awake."""

from collections.abc import Callable
from datetime import UTC, datetime

from models import accounts, factors, failures
from models.accounts import OperatorAccount
from models.database import Database
from models.factors import FRESH, OnTheWay, Proved
from models.vault import Keyring


def wall() -> datetime:
    """The time on the wall, in UTC: somebody is idle for a quarter of an hour of her own, however fast a drill runs."""
    return datetime.now(UTC)


class Sessions:
    """The sign-ins of one desk."""

    def __init__(self, db: Database, keyring: Keyring, now: Callable[[], datetime] = wall) -> None:
        self._db = db
        self._keyring = keyring
        self._key = keyring.command_key
        self.now = now

    def sign_in(self, name: str, password: str, device: str = "") -> str | None:
        """A token for the cookie, good until the second factor is asked for; or None. `device` is that of its cookie.

        Raises:
            TooManySignIns: twenty others are waiting.
            DoorRests: too many wrong passwords came for this name, from devices like this.
        """
        now = self.now()
        asked = failures.counter(self._db, self._key, name, device, now)
        token = accounts.sign_in(self._db, name, password, now)
        if token is None:
            failures.count_wrong(self._db, asked, now)
        else:
            failures.forget(self._db, asked)
        return token

    def know_device(self, token: str, device: str) -> str:
        """The token of the device on which this whole sign-in was made: the one it has, or a new one."""
        who = accounts.signed_in(self._db, token, self.now())
        if who is None:
            return device
        return failures.know_device(self._db, self._key, who, device, self.now())

    def on_the_way(self, token: str) -> OnTheWay:
        """What is asked next after the password. Raises NotOnTheWay."""
        return factors.on_the_way(self._db, self._keyring, token, self.now())

    def prove(self, token: str, code: str) -> Proved:
        """Let in whoever shows the second factor. Raises NotOnTheWay, WrongFactorCode, FactorRests."""
        return factors.prove(self._db, self._keyring, token, code, self.now())

    def is_fresh(self, who: OperatorAccount) -> bool:
        """Whether she showed her second factor in the last five minutes."""
        return who.proved_at is not None and self.now() - who.proved_at <= FRESH

    def prove_again(self, token: str, code: str) -> str:
        """The token that follows, proved now. Raises NotOnTheWay, WrongFactorCode, FactorRests."""
        return factors.prove_again(self._db, self._keyring, token, code, self.now())

    def who(self, token: str, *, acting: bool) -> OperatorAccount | None:
        """Whose token this is. With `acting` false (a refresh by script), an idle one ends instead of living on."""
        return accounts.signed_in(self._db, token, self.now(), acting=acting)

    def sign_out(self, token: str) -> None:
        """End this sign-in."""
        accounts.sign_out(self._db, token, self.now())
