"""The tables of accounts: who may sign in, how, and what was tried at the door."""

from datetime import datetime

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped

from models.columns import Base, identity, operational, routing


class Operator(Base):
    """Somebody who may sign in at the desk."""

    __tablename__ = "operators"
    operator_id: Mapped[str] = operational(primary_key=True)
    name: Mapped[str] = operational(unique=True)
    password_hash: Mapped[str] = operational()
    created_at: Mapped[datetime] = operational()
    roles: Mapped[str] = operational(server_default="")
    """What follows from the acts about this account, beside them for every request: names of roles, a blank between."""
    person: Mapped[str | None] = operational()
    """The person of the network that she is, as the acts say; beside them for every look at a case."""
    shut: Mapped[bool] = operational(server_default=false())
    """Whether nobody gets in, as the acts say: its person left the network."""
    factor: Mapped[bytes | None] = identity()
    """The secret of the second factor, sealed under a key that the desk alone has."""
    factor_step: Mapped[int | None] = operational()
    """The last step of time whose code was used: none is good twice."""
    factor_wrong: Mapped[int] = operational(server_default="0")
    """Wrong codes since the last right one."""
    factor_wrong_at: Mapped[datetime | None] = operational()


class Passkey(Base):
    """A key pair of which only the public half is here; the acts about accounts hold its digest."""

    __tablename__ = "passkeys"
    credential_id: Mapped[str] = operational(primary_key=True)
    """As the device calls it, base64url."""
    operator_id: Mapped[str] = operational(ForeignKey("operators.operator_id"), index=True)
    label: Mapped[str] = operational()
    """What she calls it."""
    public_key: Mapped[bytes] = operational()
    sign_count: Mapped[int] = operational()
    """How often it signed, as it said last; 0 for one that does not count."""
    made_at: Mapped[datetime] = operational()
    used_at: Mapped[datetime | None] = operational()


class Identity(Base):
    """A sign-in elsewhere (OpenID Connect) that lets into an account. Who that is over there is not kept."""

    __tablename__ = "identities"
    digest: Mapped[str] = operational(primary_key=True)
    """A keyed hash of the provider and of what it calls that person."""
    operator_id: Mapped[str] = operational(ForeignKey("operators.operator_id"), index=True)
    made_at: Mapped[datetime] = operational()
    used_at: Mapped[datetime | None] = operational()


class PushBrowser(Base):
    """A browser to which an alert is also said, beside the channels of the network's file."""

    __tablename__ = "push_browsers"
    browser_id: Mapped[str] = operational(primary_key=True)
    """A keyed hash of its address at the push service."""
    operator_id: Mapped[str] = operational(ForeignKey("operators.operator_id"), index=True)
    sealed: Mapped[bytes] = routing()
    """That address, and the keys with which it is written to, sealed under a key of the house."""
    made_at: Mapped[datetime] = operational()


class UsedState(Base):
    """A way to the provider that came back, by the hash of its state: none comes back twice."""

    __tablename__ = "used_states"
    state_hash: Mapped[str] = operational(primary_key=True)
    ends_at: Mapped[datetime] = operational()
    """From when on its cookie opens nothing any more, so that nobody needs to remember it."""


class RecoveryCode(Base):
    """A code in the place of a lost telephone, by its hash; good once."""

    __tablename__ = "recovery_codes"
    code_hash: Mapped[str] = operational(primary_key=True)
    operator_id: Mapped[str] = operational(ForeignKey("operators.operator_id"), index=True)
    used_at: Mapped[datetime | None] = operational()


class Invitation(Base):
    """A link with which somebody sets a password of her own, by the hash of its random token; good once."""

    __tablename__ = "invitations"
    token_hash: Mapped[str] = operational(primary_key=True)
    operator_id: Mapped[str] = operational(ForeignKey("operators.operator_id"), index=True)
    made_at: Mapped[datetime] = operational()
    ends_at: Mapped[datetime] = operational()
    used_at: Mapped[datetime | None] = operational()
    """When it was used, or a later one took its place."""


class Device(Base):
    """A device on which somebody signed in whole, by the hash of a random token: it is not rested because of others."""

    __tablename__ = "devices"
    token_hash: Mapped[str] = operational(primary_key=True)
    operator_id: Mapped[str] = operational(ForeignKey("operators.operator_id"), index=True)
    name_hash: Mapped[str] = operational()
    """Of the account's name, keyed, as whoever signs in types it."""
    seen_at: Mapped[datetime] = operational()


class AccountLetter(Base):
    """A mail about what was done with an account, to whoever it is or to those who run the house."""

    __tablename__ = "account_letters"
    letter_id: Mapped[str] = operational(primary_key=True)
    """Its Message-ID follows from it."""
    account: Mapped[str] = operational()
    """Whose acts it tells. No foreign key, as for the acts."""
    person: Mapped[str] = operational()
    """Who of the network is written to; empty where there was nobody."""
    owner: Mapped[bool] = operational()
    """Whether she is the account's person; else she runs the house, for its own person has no mail address."""
    since: Mapped[int] = operational()
    until: Mapped[int] = operational()
    """It tells the account's acts after `since` up to `until`, by their numbers in the chain of accounts. The greatest
    of all letters is the act up to which everything was told."""
    made_at: Mapped[datetime] = operational()
    tried_at: Mapped[datetime | None] = operational()
    """When it was last on its way."""
    ended_at: Mapped[datetime | None] = operational(index=True)
    """When it was taken, or given up."""
    code: Mapped[str | None] = operational()
    """Why it was given up, in a word of ours or a number of the protocol."""


class WrongPassword(Base):
    """How many wrong passwords came lately, for a name or for a device that is known."""

    __tablename__ = "wrong_passwords"
    counter: Mapped[str] = operational(primary_key=True)
    """A keyed hash of the name, whether anybody has it or not, or of the device."""
    wrong: Mapped[int] = operational()
    at: Mapped[datetime] = operational()


class SignIn(Base):
    """One sign-in, by the hash of its random id; revocable at once."""

    __tablename__ = "sign_ins"
    token_hash: Mapped[str] = operational(primary_key=True)
    operator_id: Mapped[str] = operational(ForeignKey("operators.operator_id"), index=True)
    signed_in_at: Mapped[datetime] = operational()
    seen_at: Mapped[datetime] = operational()
    acted_at: Mapped[datetime | None] = operational()
    """When a person last did something; a page that refreshes itself moves `seen_at` alone."""
    ends_at: Mapped[datetime] = operational()
    revoked_at: Mapped[datetime | None] = operational()
    proved_at: Mapped[datetime | None] = operational()
    """When the second factor was shown. Before, this opens nothing but the page that asks for it."""
    proved_by: Mapped[str | None] = operational()
    """What was shown then: `app`, `recovery`, `passkey`; nothing for a sign-in of an earlier release."""
    elsewhere: Mapped[bool] = operational(server_default=false())
    """Whether it began at the provider of sign-ins and not with a password."""
    device: Mapped[str | None] = operational()
    """The browser and the system that it said it was, in a word each."""
    drawn: Mapped[bytes | None] = identity()
    """The secret that this sign-in was shown to set a second factor with, sealed; none once it is set."""
