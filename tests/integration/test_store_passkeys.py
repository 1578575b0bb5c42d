"""Passkeys as the house keeps and checks them: bound to this desk, this sign-in, five minutes, and its own counter."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pyotp.totp import TOTP
from sqlalchemy import delete, insert, select, update

from models.account_tables import Passkey
from models.accounts import FIRST_OPERATOR, OperatorAccount, ensure_first_operator, sign_in, signed_in
from models.factors import NotOnTheWay, PasskeyAsked, Proved, on_the_way, prove, prove_again, take_factor
from models.own_factors import (
    FactorThere,
    let_in,
    new_recovery,
    prove_by_passkey,
    set_another,
    set_first,
    take_app,
    take_passkey,
)
from models.passkeys import (
    MOST_PASSKEYS,
    Asked,
    BadPasskeyName,
    PasskeyCopied,
    PasskeyRefused,
    PasskeyThere,
    Shown,
    Site,
    TooManyPasskeys,
    passkeys_of,
    to_prove,
    to_set,
)
from models.people import last_acts
from models.trail import verify
from procedures.people import LastFactor, PersonActKind, UnknownPasskey
from tests.authenticator import PRESENT, VERIFIED, Authenticator, spoilt
from tests.houses import CARRIERS, Told

pytestmark = pytest.mark.slow
HERE = Site("localhost", "http://localhost:8480")


class Person:
    """The first operator, her password and her devices."""

    def __init__(self, told: Told) -> None:
        self.told, self.house = told, told.house
        self.password = ensure_first_operator(told.house.database, told.clock.now()) or ""
        self.device = Authenticator()
        self.app: TOTP | None = None
        self.token = ""
        self.recovery: list[str] = []

    def comes(self) -> str:
        """With her password: a sign-in that waits."""
        token = sign_in(self.house.database, FIRST_OPERATOR, self.password, self.told.clock.now())
        assert token is not None
        return token

    def asked(self, token: str) -> Asked:
        waits = on_the_way(self.house.database, self.house.keyring, token, self.told.clock.now())
        return Asked(HERE, waits.operator_id, waits.name, token, self.told.clock.now())

    @property
    def account(self) -> OperatorAccount:
        found = signed_in(self.house.database, self.token, self.told.clock.now())
        assert found is not None
        return found

    def own(self) -> Asked:
        return Asked(HERE, self.account.operator_id, FIRST_OPERATOR, self.token, self.told.clock.now())

    def shown(self, token: str, answer: str) -> Shown:
        return Shown(HERE, token, answer, self.told.clock.now())

    def options_to_set(self, asked: Asked) -> str:
        return to_set(self.house.database, self.house.keyring, asked)

    def options(self, asked: Asked) -> str:
        return to_prove(self.house.database, self.house.keyring, asked)

    def sets_first(self) -> Proved:
        """A passkey at the first sign-in."""
        token = self.comes()
        answer = self.device.make(self.options_to_set(self.asked(token)))
        proved = set_first(self.house.database, self.house.keyring, self.shown(token, answer), "telephone")
        self.token, self.recovery = proved.token, list(proved.recovery)
        return proved

    def sets_app(self) -> None:
        """An app at the first sign-in."""
        token = self.comes()
        secret = on_the_way(self.house.database, self.house.keyring, token, self.told.clock.now()).secret
        assert secret is not None
        self.app = TOTP(secret)
        self.token = self.shows(token, self.code()).token

    def code(self) -> str:
        assert self.app is not None
        return str(self.app.at(self.told.clock.now()))

    def shows(self, token: str, code: str) -> Proved:
        return prove(self.house.database, self.house.keyring, token, code, self.told.clock.now())

    def lets_in(self, token: str, answer: str) -> Proved:
        return let_in(self.house.database, self.house.keyring, self.shown(token, answer))

    def sets_another(self, device: Authenticator, label: str = "key") -> None:
        answer = device.make(self.options_to_set(self.own()))
        self.token = set_another(self.house.database, self.house.keyring, self.shown(self.token, answer), label)


@pytest.fixture
def told(tmp_path: Path, database_settings: str) -> Iterator[Told]:
    told = Told(tmp_path / "data", CARRIERS + database_settings)
    yield told
    told.close()


@pytest.fixture
def olga(told: Told) -> Person:
    return Person(told)


def test_a_passkey_is_set_at_the_first_sign_in_and_lets_her_in_afterwards(olga: Person) -> None:
    first = olga.sets_first()
    assert len(first.recovery) == 10
    assert olga.account.proved_by == "passkey"

    token = olga.comes()
    olga.token = olga.lets_in(token, olga.device.use(olga.options(olga.asked(token)))).token
    assert olga.account.proved_by == "passkey"
    assert passkeys_of(olga.house.database, olga.account.operator_id)[0].used_at is not None
    assert verify(olga.house.database, olga.house.keyring).faults == ()


def test_whoever_has_a_passkey_is_shown_no_secret_to_set_an_app_with(olga: Person) -> None:
    olga.sets_first()
    assert on_the_way(olga.house.database, olga.house.keyring, olga.comes(), olga.told.clock.now()).secret is None


def test_a_secret_that_was_drawn_before_sets_no_factor_beside_a_passkey(olga: Person) -> None:
    early = olga.comes()
    secret = on_the_way(olga.house.database, olga.house.keyring, early, olga.told.clock.now()).secret
    assert secret is not None
    olga.sets_first()
    with pytest.raises(Exception, match="not right"):
        olga.shows(early, TOTP(secret).at(olga.told.clock.now()))


def test_a_first_passkey_cannot_be_set_beside_a_factor(olga: Person) -> None:
    early = olga.comes()
    answer = Authenticator().make(olga.options_to_set(olga.asked(early)))
    olga.sets_app()
    with pytest.raises(FactorThere):
        set_first(olga.house.database, olga.house.keyring, olga.shown(early, answer), "thief")


WRONG_MAKING: dict[str, Callable[[Person, str], str]] = {
    "no user verification": lambda olga, asked: olga.device.make(asked, flags=PRESENT),
    "nobody was there": lambda olga, asked: olga.device.make(asked, flags=VERIFIED),
    "made for using": lambda olga, asked: olga.device.make(asked, kind="webauthn.get"),
    "another origin": lambda _, asked: Authenticator(origin="https://staffetta.example.com").make(asked),
    "another port": lambda _, asked: Authenticator(origin="http://localhost:9999").make(asked),
    "another desk": lambda _, asked: Authenticator(rp_id="example.com").make(asked),
    "a changed object": lambda olga, asked: spoilt(olga.device.make(asked), "attestationObject")[:-9],
    "no JSON": lambda _olga, _asked: "{",
    "a list": lambda _olga, _asked: "[]",
    "empty": lambda _olga, _asked: "{}",
    "deep": lambda _olga, _asked: '{"response":' + "[" * 20_000,
    "parts that are numbers": lambda _olga, _asked: '{"id":1,"response":{"clientDataJSON":2,"attestationObject":3}}',
}


@pytest.mark.parametrize("wrong", WRONG_MAKING, ids=str)
def test_what_a_browser_made_wrongly_is_no_passkey(olga: Person, wrong: str) -> None:
    token = olga.comes()
    asked = olga.asked(token)
    answer = WRONG_MAKING[wrong](olga, olga.options_to_set(asked))
    with pytest.raises(PasskeyRefused):
        set_first(olga.house.database, olga.house.keyring, olga.shown(token, answer), "telephone")
    assert list(passkeys_of(olga.house.database, asked.operator_id)) == []


WRONG_USING: dict[str, Callable[[Person, str], str]] = {
    "no user verification": lambda olga, asked: olga.device.use(asked, flags=PRESENT),
    "nobody was there": lambda olga, asked: olga.device.use(asked, flags=VERIFIED),
    "used for making": lambda olga, asked: olga.device.use(asked, kind="webauthn.create"),
    "another origin": lambda olga, asked: replace(olga.device, origin="https://staffetta.example.com").use(asked),
    "another desk": lambda olga, asked: replace(olga.device, rp_id="example.com").use(asked),
    "another key": lambda olga, asked: Authenticator(credential_id=olga.device.credential_id).use(asked),
    "another device": lambda _, asked: Authenticator().use(asked),
    "a changed signature": lambda olga, asked: spoilt(olga.device.use(asked), "signature"),
    "changed data": lambda olga, asked: spoilt(olga.device.use(asked), "authenticatorData"),
    "a changed page": lambda olga, asked: spoilt(olga.device.use(asked), "clientDataJSON"),
    "no JSON": lambda _olga, _asked: "{",
    "empty": lambda _olga, _asked: "{}",
    "deep": lambda _olga, _asked: "{" + '"a":[' * 20_000,
}


@pytest.mark.parametrize("wrong", WRONG_USING, ids=str)
def test_what_a_browser_signed_wrongly_lets_nobody_in(olga: Person, wrong: str) -> None:
    olga.sets_first()
    token = olga.comes()
    answer = WRONG_USING[wrong](olga, olga.options(olga.asked(token)))
    with pytest.raises(PasskeyRefused):
        olga.lets_in(token, answer)
    good = olga.device.use(olga.options(olga.asked(token)))
    assert olga.lets_in(token, good).token


def test_a_challenge_is_good_in_its_own_sign_in_alone(olga: Person) -> None:
    olga.sets_first()
    here, elsewhere = olga.comes(), olga.comes()
    answer = olga.device.use(olga.options(olga.asked(here)))
    with pytest.raises(PasskeyRefused):
        olga.lets_in(elsewhere, answer)


def test_a_challenge_is_good_once(olga: Person) -> None:
    olga.sets_first()
    token = olga.comes()
    answer = olga.device.use(olga.options(olga.asked(token)))
    olga.lets_in(token, answer)
    with pytest.raises(NotOnTheWay):
        olga.lets_in(token, answer)


def test_a_challenge_to_set_is_none_to_prove(olga: Person) -> None:
    olga.sets_first()
    with pytest.raises(PasskeyRefused):
        prove_by_passkey(
            olga.house.database,
            olga.house.keyring,
            olga.shown(olga.token, olga.device.use(olga.options_to_set(olga.own()))),
        )


def test_a_challenge_is_good_for_five_minutes(olga: Person) -> None:
    olga.sets_first()
    answer = olga.device.use(olga.options(olga.own()))
    olga.told.clock.pass_by(minutes=5, seconds=1)
    with pytest.raises(PasskeyRefused):
        prove_by_passkey(olga.house.database, olga.house.keyring, olga.shown(olga.token, answer))


def test_a_passkey_of_somebody_else_lets_nobody_in(olga: Person) -> None:
    olga.sets_first()
    with olga.house.database.write() as connection:
        connection.execute(delete(Passkey))
    token = olga.comes()
    asked = olga.asked(token)
    with pytest.raises(PasskeyRefused):
        olga.lets_in(token, olga.device.use(olga.options_to_set(asked)))


@pytest.mark.parametrize("back", [0, 1, 5])
def test_a_counter_that_goes_back_or_stands_still_is_told(olga: Person, back: int) -> None:
    olga.sets_first()
    olga.device.count = 20
    token = olga.comes()
    olga.lets_in(token, olga.device.use(olga.options(olga.asked(token))))
    olga.device.count -= 1 + back
    again = olga.comes()
    with pytest.raises(PasskeyCopied):
        olga.lets_in(again, olga.device.use(olga.options(olga.asked(again))))


def test_a_passkey_proves_her_again_and_the_token_before_is_over(olga: Person) -> None:
    olga.sets_first()
    before = olga.token
    olga.told.clock.pass_by(minutes=10)
    answer = olga.device.use(olga.options(olga.own()))
    olga.token = prove_by_passkey(olga.house.database, olga.house.keyring, olga.shown(before, answer))
    assert olga.account.proved_at == olga.told.clock.now()
    assert signed_in(olga.house.database, before, olga.told.clock.now()) is None


def test_whoever_has_a_passkey_does_not_prove_herself_by_the_app(olga: Person) -> None:
    olga.sets_app()
    olga.sets_another(olga.device)
    olga.told.clock.pass_by(minutes=10)
    with pytest.raises(PasskeyAsked):
        prove_again(olga.house.database, olga.house.keyring, olga.token, olga.code(), olga.told.clock.now())


def test_a_recovery_code_helps_whoever_lost_her_passkey(olga: Person) -> None:
    olga.sets_first()
    olga.token = olga.shows(olga.comes(), olga.recovery.pop()).token
    olga.sets_another(Authenticator(), "a new one")
    assert {one.label for one in passkeys_of(olga.house.database, olga.account.operator_id)} == {
        "telephone",
        "a new one",
    }


def test_a_passkey_that_was_taken_lets_nobody_in_and_ends_her_other_sign_ins(olga: Person) -> None:
    olga.sets_first()
    token = olga.comes()
    elsewhere = olga.lets_in(token, olga.device.use(olga.options(olga.asked(token)))).token
    olga.sets_another(Authenticator())
    hers = passkeys_of(olga.house.database, olga.account.operator_id)
    gone = next(one for one in hers if one.label == "telephone")
    take_passkey(olga.house.database, olga.account.operator_id, gone.digest, olga.token, olga.told.clock.now())
    assert signed_in(olga.house.database, elsewhere, olga.told.clock.now()) is None
    assert olga.account.name == FIRST_OPERATOR
    again = olga.comes()
    with pytest.raises(PasskeyRefused):
        olga.lets_in(again, olga.device.use(olga.options(olga.asked(again))))
    assert verify(olga.house.database, olga.house.keyring).faults == ()


def test_the_only_factor_stays(olga: Person) -> None:
    olga.sets_first()
    (one,) = passkeys_of(olga.house.database, olga.account.operator_id)
    with pytest.raises(LastFactor):
        take_passkey(olga.house.database, olga.account.operator_id, one.digest, olga.token, olga.told.clock.now())
    with pytest.raises(UnknownPasskey):
        take_passkey(olga.house.database, olga.account.operator_id, "f" * 64, olga.token, olga.told.clock.now())


def test_the_app_is_taken_where_a_passkey_stays(olga: Person) -> None:
    olga.sets_app()
    with pytest.raises(LastFactor):
        take_app(olga.house.database, olga.account.operator_id, olga.token, olga.told.clock.now())
    olga.sets_another(olga.device)
    take_app(olga.house.database, olga.account.operator_id, olga.token, olga.told.clock.now())
    with pytest.raises(Exception, match="not right"):
        olga.shows(olga.comes(), olga.code())


def test_whatever_is_reset_from_outside_takes_every_passkey(olga: Person) -> None:
    olga.sets_first()
    account = olga.account.operator_id
    take_factor(olga.house.database, account, olga.told.clock.now(), "shell")
    assert list(passkeys_of(olga.house.database, account)) == []
    assert verify(olga.house.database, olga.house.keyring).faults == ()


def test_a_device_is_set_once_and_a_name_can_be_read(olga: Person) -> None:
    olga.sets_first()
    with pytest.raises(PasskeyThere):
        olga.sets_another(olga.device)
    for label in ("", " ", "x" * 41, "a\u202eb"):
        with pytest.raises(BadPasskeyName):
            olga.sets_another(Authenticator(), label)


def test_nobody_has_more_than_ten(olga: Person) -> None:
    olga.sets_first()
    for number in range(MOST_PASSKEYS - 1):
        olga.sets_another(Authenticator(), f"key {number}")
    with pytest.raises(TooManyPasskeys):
        olga.sets_another(Authenticator())


def test_new_recovery_codes_take_the_place_of_those_before(olga: Person) -> None:
    olga.sets_first()
    old = olga.recovery.pop()
    new = new_recovery(olga.house.database, olga.house.keyring, olga.account.operator_id, olga.told.clock.now())
    with pytest.raises(Exception, match="not right"):
        olga.shows(olga.comes(), old)
    assert olga.shows(olga.comes(), new[0]).by == "recovery"


def test_every_act_is_chained_and_says_ids_alone(olga: Person) -> None:
    olga.sets_first()
    olga.sets_another(Authenticator(), "Zinnia")
    acts = [one for one in last_acts(olga.house.database, 10) if one.kind is PersonActKind.PASSKEY_SET]
    assert len(acts) == 2
    assert {len(one.passkey) for one in acts} == {64}
    assert "Zinnia" not in repr(acts)


def test_a_passkey_that_was_put_into_the_database_is_found(olga: Person) -> None:
    olga.sets_first()
    account = olga.account.operator_id
    row = {"credential_id": "stolen", "operator_id": account, "label": "x", "public_key": b"x", "sign_count": 0}
    with olga.house.database.write() as connection:
        connection.execute(insert(Passkey), [{**row, "made_at": olga.told.clock.now(), "used_at": None}])
    (fault,) = verify(olga.house.database, olga.house.keyring).faults
    assert "passkeys" in fault.message


def test_a_key_that_was_changed_in_the_database_is_found(olga: Person) -> None:
    olga.sets_first()
    with olga.house.database.write() as connection:
        connection.execute(update(Passkey).values(public_key=b"another"))
        assert connection.execute(select(Passkey.public_key)).scalar() == b"another"
    (fault,) = verify(olga.house.database, olga.house.keyring).faults
    assert "passkeys" in fault.message


def test_what_a_browser_is_told_names_nobody_but_the_account(olga: Person) -> None:
    told = json.loads(olga.options_to_set(olga.asked(olga.comes())))
    assert told["rp"] == {"id": "localhost", "name": "Staffetta"}
    assert told["user"]["name"] == FIRST_OPERATOR
    assert told["authenticatorSelection"]["userVerification"] == "required"
    assert told["timeout"] == timedelta(minutes=5).total_seconds() * 1000
