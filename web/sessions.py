"""Who is signed in. A page that refreshes itself is no sign of life: only what a person does keeps a sign-in awake."""

from collections.abc import Callable
from datetime import UTC, datetime

from models import accounts
from models.accounts import IDLE, OperatorAccount
from models.database import Database
from models.links import token_hash


def wall() -> datetime:
    """The time on the wall, in UTC: somebody is idle for a quarter of an hour of her own, however fast a drill runs."""
    return datetime.now(UTC)


class Sessions:
    """The sign-ins of one desk."""

    def __init__(self, db: Database, now: Callable[[], datetime] = wall) -> None:
        self._db = db
        self._now = now
        self._acted: dict[str, datetime] = {}
        """When somebody last did something, by the hash of a token that was good."""

    def sign_in(self, name: str, password: str) -> str | None:
        """A token for the cookie, or None. Raises TooManySignIns."""
        return accounts.sign_in(self._db, name, password, self._now())

    def who(self, token: str, *, acting: bool) -> OperatorAccount | None:
        """Whose token this is. With `acting` false (a refresh by script), an idle one ends instead of living on."""
        now, key = self._now(), token_hash(token)
        if not acting and now - self._acted.get(key, now) >= IDLE:
            self.sign_out(token)
            return None
        found = accounts.signed_in(self._db, token, now)
        if found is None:
            self._acted.pop(key, None)
        elif acting or key not in self._acted:
            self._acted[key] = now
        return found

    def sign_out(self, token: str) -> None:
        """End this sign-in."""
        self._acted.pop(token_hash(token), None)
        accounts.sign_out(self._db, token, self._now())
