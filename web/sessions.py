"""Who is signed in. A page that refreshes itself is no sign of life: only what a person does keeps a sign-in awake."""

from collections.abc import Callable
from datetime import UTC, datetime

from models import accounts, factors
from models.accounts import OperatorAccount
from models.database import Database
from models.factors import OnTheWay, Proved
from models.vault import Keyring


def wall() -> datetime:
    """The time on the wall, in UTC: somebody is idle for a quarter of an hour of her own, however fast a drill runs."""
    return datetime.now(UTC)


class Sessions:
    """The sign-ins of one desk."""

    def __init__(self, db: Database, keyring: Keyring, now: Callable[[], datetime] = wall) -> None:
        self._db = db
        self._keyring = keyring
        self.now = now

    def sign_in(self, name: str, password: str) -> str | None:
        """A token for the cookie, good until the second factor is asked for; or None. Raises TooManySignIns."""
        return accounts.sign_in(self._db, name, password, self.now())

    def on_the_way(self, token: str) -> OnTheWay:
        """What is asked next after the password. Raises NotOnTheWay."""
        return factors.on_the_way(self._db, self._keyring, token, self.now())

    def prove(self, token: str, code: str) -> Proved:
        """Let in whoever shows the second factor. Raises NotOnTheWay, WrongFactorCode, FactorRests."""
        return factors.prove(self._db, self._keyring, token, code, self.now())

    def who(self, token: str, *, acting: bool) -> OperatorAccount | None:
        """Whose token this is. With `acting` false (a refresh by script), an idle one ends instead of living on."""
        return accounts.signed_in(self._db, token, self.now(), acting=acting)

    def sign_out(self, token: str) -> None:
        """End this sign-in."""
        accounts.sign_out(self._db, token, self.now())
