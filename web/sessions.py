"""Who is signed in. A page that refreshes itself is no sign of life: only what a person does keeps a sign-in awake."""

from collections.abc import Callable
from datetime import UTC, datetime

from models import accounts
from models.accounts import OperatorAccount
from models.database import Database


def wall() -> datetime:
    """The time on the wall, in UTC: somebody is idle for a quarter of an hour of her own, however fast a drill runs."""
    return datetime.now(UTC)


class Sessions:
    """The sign-ins of one desk."""

    def __init__(self, db: Database, now: Callable[[], datetime] = wall) -> None:
        self._db = db
        self._now = now

    def sign_in(self, name: str, password: str) -> str | None:
        """A token for the cookie, or None. Raises TooManySignIns."""
        return accounts.sign_in(self._db, name, password, self._now())

    def who(self, token: str, *, acting: bool) -> OperatorAccount | None:
        """Whose token this is. With `acting` false (a refresh by script), an idle one ends instead of living on."""
        return accounts.signed_in(self._db, token, self._now(), acting=acting)

    def sign_out(self, token: str) -> None:
        """End this sign-in."""
        accounts.sign_out(self._db, token, self._now())
