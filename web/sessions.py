"""Who is signed in. A page that refreshes itself is no sign of life: only what a person does keeps a sign-in awake."""

from datetime import UTC, datetime

from models import accounts
from models.accounts import IDLE, OperatorAccount
from models.database import Database
from models.links import token_hash


class Sessions:
    """The sign-ins of one desk.

    Time is the wall's: somebody is idle for a quarter of an hour of her own, at whatever speed a drill runs.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._acted: dict[str, datetime] = {}

    def sign_in(self, name: str, password: str) -> str | None:
        """A token for the cookie, or None. Raises TooManySignIns."""
        token = accounts.sign_in(self._db, name, password, _wall())
        if token is not None:
            self._acted[token_hash(token)] = _wall()
        return token

    def who(self, token: str, *, acting: bool) -> OperatorAccount | None:
        """Whose token this is. With `acting` false (a refresh by script), an idle one ends instead of living on."""
        now = _wall()
        acted = self._acted.setdefault(token_hash(token), now)
        if not acting and now - acted > IDLE:
            self.sign_out(token)
            return None
        if acting:
            self._acted[token_hash(token)] = now
        return accounts.signed_in(self._db, token, now)

    def sign_out(self, token: str) -> None:
        """End this sign-in."""
        self._acted.pop(token_hash(token), None)
        accounts.sign_out(self._db, token, _wall())


def _wall() -> datetime:
    return datetime.now(UTC)
