"""Who is signed in. A page that refreshes itself is no sign of life: only what a person does keeps a sign-in awake."""

from collections.abc import Callable
from datetime import UTC, datetime

from models import accounts, factors, failures, own_factors
from models.accounts import OperatorAccount
from models.database import Database
from models.factors import APP, FRESH, OnTheWay, Proved
from models.passkeys import Asked, PasskeyRefused, Shown, Site, passkeys_of, to_prove, to_set
from models.vault import Keyring

SIGNED = "{"
"""What a passkey signed begins so, and no code does."""


def wall() -> datetime:
    """The time on the wall, in UTC: somebody is idle for a quarter of an hour of her own, however fast a drill runs."""
    return datetime.now(UTC)


class Sessions:
    """The sign-ins of one desk."""

    def __init__(
        self, db: Database, keyring: Keyring, site: Site | None = None, now: Callable[[], datetime] = wall
    ) -> None:
        self._db = db
        self._keyring = keyring
        self.site = site
        """To what passkeys are bound; None where there can be none."""
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
        """Let in whoever shows the second factor: a code, or what a passkey signed.

        Raises:
            NotOnTheWay, WrongFactorCode, FactorRests, PasskeyRefused, PasskeyCopied: she is not let in.
        """
        if code.startswith(SIGNED):
            return own_factors.let_in(self._db, self._keyring, self._shown(token, code))
        return factors.prove(self._db, self._keyring, token, code, self.now())

    def is_fresh(self, who: OperatorAccount) -> bool:
        """Whether she showed her second factor in the last five minutes: her passkey, where she has one."""
        if who.proved_at is None or self.now() - who.proved_at > FRESH:
            return False
        return who.proved_by != APP or not passkeys_of(self._db, who.operator_id)

    def prove_again(self, token: str, code: str) -> str:
        """The token that follows, proved now. Raises as `prove`, and PasskeyAsked."""
        if code.startswith(SIGNED):
            return own_factors.prove_by_passkey(self._db, self._keyring, self._shown(token, code))
        return factors.prove_again(self._db, self._keyring, token, code, self.now())

    def set_first(self, token: str, answer: str, label: str) -> Proved:
        """Let in whoever has no factor and sets a passkey. Raises as `models.own_factors.set_first`."""
        return own_factors.set_first(self._db, self._keyring, self._shown(token, answer), label)

    def set_another(self, token: str, answer: str, label: str) -> str:
        """The token that follows where one more passkey was set. Raises as `models.own_factors.set_another`."""
        return own_factors.set_another(self._db, self._keyring, self._shown(token, answer), label)

    def to_prove(self, operator_id: str, name: str, token: str) -> str:
        """What a browser is told to use a passkey in this sign-in; empty where there can be none."""
        if self.site is None:
            return ""
        return to_prove(self._db, self._keyring, Asked(self.site, operator_id, name, token, self.now()))

    def to_set(self, operator_id: str, name: str, token: str) -> str:
        """What a browser is told to make a passkey in this sign-in; empty where there can be none."""
        if self.site is None:
            return ""
        return to_set(self._db, self._keyring, Asked(self.site, operator_id, name, token, self.now()))

    def _shown(self, token: str, answer: str) -> Shown:
        if self.site is None:
            raise PasskeyRefused
        return Shown(self.site, token, answer, self.now())

    def who(self, token: str, *, acting: bool) -> OperatorAccount | None:
        """Whose token this is. With `acting` false (a refresh by script), an idle one ends instead of living on."""
        return accounts.signed_in(self._db, token, self.now(), acting=acting)

    def sign_out(self, token: str) -> None:
        """End this sign-in."""
        accounts.sign_out(self._db, token, self.now())
