"""Who works with the house, and what each may do: roles, and the acts that give and take them.

A role opens pages, never a case by itself: that is decided where the case is read. An administrator runs the house and
sees no case (trust.md, threats: the insider administrator), so nobody gives a role to herself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from procedures.errors import Refused
from procedures.marking import N_

OPERATOR_PREFIX = "operator:"
"""How the trail names somebody with an account: this, and the account's id."""


class Role(StrEnum):
    """What somebody does for the network. A person may hold several."""

    OPERATOR = "operator"
    """Opens cases and brings them through, at a desk."""
    COORDINATOR = "coordinator"
    """Answers for what goes late; adopts procedures, moves running cases, begins the network's own work."""
    AUDITOR = "auditor"
    """Looks whether the trail holds and what was done, and sees nothing personal."""
    ADMINISTRATOR = "administrator"
    """Runs the house: accounts, roles, sign-ins. Sees no case."""
    SERVICE_MEMBER = "service_member"
    """Answers for the services of the network to which the person belongs whom the account is tied to."""


TITLES: Mapping[Role, str] = {
    Role.OPERATOR: N_("operator"),
    Role.COORDINATOR: N_("coordinator"),
    Role.AUDITOR: N_("auditor"),
    Role.ADMINISTRATOR: N_("administrator"),
    Role.SERVICE_MEMBER: N_("service member"),
}

AT_CASES = frozenset({Role.OPERATOR, Role.COORDINATOR})
"""Whose work is with cases."""
BY_PASSKEY = frozenset({Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR})
"""Whose second factor is a passkey (trust.md, second factor): a code can be given away on the telephone."""
FOUNDING = frozenset({Role.OPERATOR, Role.COORDINATOR, Role.ADMINISTRATOR})
"""What the first account of a house holds: somebody has to invite the others. `doctor` asks to part them soon."""


def is_both(roles: frozenset[Role]) -> bool:
    """Whether one person runs the house and sees its cases."""
    return Role.ADMINISTRATOR in roles and not roles.isdisjoint(AT_CASES)


class PersonActKind(StrEnum):
    """What can be done about an account."""

    MADE = "made"
    ROLE_GIVEN = "role_given"
    ROLE_TAKEN = "role_taken"
    INVITED = "invited"
    """A link was made with which the person sets a password of her own."""
    PASSWORD_SET = "password_set"  # noqa: S105  # the name of an act
    """A new one, and no sign-in elsewhere stands in its place any more."""
    SIGN_INS_ENDED = "sign_ins_ended"
    FACTOR_SET = "factor_set"
    """An app that makes codes."""
    FACTOR_TAKEN = "factor_taken"
    """Whatever she had: the app and every passkey, and the sign-ins elsewhere that let in beside them."""
    PASSKEY_SET = "passkey_set"
    PASSKEY_TAKEN = "passkey_taken"
    APP_TAKEN = "app_taken"
    RECOVERY_DRAWN = "recovery_drawn"
    """New recovery codes in the place of those before."""
    TIED = "tied"
    """It was said which person of the network the account is, or that it is none of them."""
    IDENTITY_TIED = "identity_tied"
    """A sign-in elsewhere (OpenID Connect) that lets into this account."""
    IDENTITY_TAKEN = "identity_taken"
    SHUT = "shut"
    """Nobody gets in: its person left the network. Its sign-ins, factors and ties are over."""
    OPENED = "opened"
    """It may be used again; its person sets everything anew."""
    RECOVERY_USED = "recovery_used"
    """A recovery code stood in the place of the second factor."""
    DEVICE_NEW = "device_new"
    """A whole sign-in from a device on which this account was not seen. Which one it is stands nowhere."""
    BROWSER_SET = "browser_set"
    """Alerts for its person are also said to a browser."""
    BROWSER_TAKEN = "browser_taken"
    CODES_WRONG = "codes_wrong"
    """So many wrong codes came after the right password that they rest."""


PERSON_ACTS: Mapping[PersonActKind, str] = {
    PersonActKind.MADE: N_("made the account"),
    PersonActKind.ROLE_GIVEN: N_("gave a role"),
    PersonActKind.ROLE_TAKEN: N_("took a role"),
    PersonActKind.INVITED: N_("made a link for a password"),
    PersonActKind.PASSWORD_SET: N_("set a password"),
    PersonActKind.SIGN_INS_ENDED: N_("ended its sign-ins"),
    PersonActKind.FACTOR_SET: N_("set a second factor"),
    PersonActKind.FACTOR_TAKEN: N_("took the second factor"),
    PersonActKind.PASSKEY_SET: N_("set a passkey"),
    PersonActKind.PASSKEY_TAKEN: N_("took a passkey"),
    PersonActKind.APP_TAKEN: N_("took the app for codes"),
    PersonActKind.RECOVERY_DRAWN: N_("drew new recovery codes"),
    PersonActKind.TIED: N_("said who of the network it is"),
    PersonActKind.IDENTITY_TIED: N_("tied it to a sign-in elsewhere"),
    PersonActKind.IDENTITY_TAKEN: N_("took away a sign-in elsewhere"),
    PersonActKind.SHUT: N_("shut it: its person left the network"),
    PersonActKind.OPENED: N_("opened it again"),
    PersonActKind.RECOVERY_USED: N_("used a recovery code"),
    PersonActKind.DEVICE_NEW: N_("signed in from a new device"),
    PersonActKind.BROWSER_SET: N_("let alerts come to a browser"),
    PersonActKind.BROWSER_TAKEN: N_("took away a browser for alerts"),
    PersonActKind.CODES_WRONG: N_("counted ten wrong codes after the right password"),
}


@dataclass(frozen=True, slots=True)
class PersonAct:
    """One act about an account."""

    kind: PersonActKind
    at: datetime
    actor: str
    """`operator:ID`, or whoever has the machine (`shell`) or is it (`program`)."""
    account: str
    """The account's id, never its name."""
    roles: frozenset[Role] = frozenset()
    """What the account was made with, or what is given or taken."""
    person: str = ""
    """Who of the network it is, by the id of the network's file; empty: nobody."""
    passkey: str = ""
    """The digest of the one that is set or taken."""
    identity: str = ""
    """The digest of the sign-in elsewhere that is tied or taken."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one account holds."""

    roles: frozenset[Role] = frozenset()
    factor: bool = False
    """Whether an app makes codes for it."""
    person: str = ""
    """Who of the network it is."""
    passkeys: frozenset[str] = frozenset()
    """The digests of its passkeys."""
    identities: frozenset[str] = frozenset()
    """The digests of the sign-ins elsewhere that let in."""
    shut: bool = False


People = Mapping[str, Held]
"""By the account's id."""


class UnknownAccount(Refused):
    """Nobody has this account."""

    template = "There is no such account. Look at the list of accounts."


class AccountMadeAlready(Refused):
    """The account was made before."""

    template = "This account was made already."


class RoleHeld(Refused):
    """Nothing would change."""

    template = "This account holds the role {role} already."


class RoleNotHeld(Refused):
    """Nothing would change."""

    template = "This account does not hold the role {role}."


class RoleForOneself(Refused):
    """Who runs the house cannot let herself into its cases."""

    template = "Nobody gives a role to herself. Ask another administrator."


class TiedAlready(Refused):
    """Nothing would change."""

    template = "That is said of this account already."


class TieForOneself(Refused):
    """Who is kept away from a case must not untie herself from it."""

    template = "Nobody says of herself who of the network she is. Ask another administrator."


class LastAdministrator(Refused):
    """Nobody could invite anybody any more."""

    template = "This is the only administrator. Give the role to somebody else first."


class UnknownPasskey(Refused):
    """Not hers, or taken before."""

    template = "There is no such passkey. Look at the list of them."


class IdentityTied(Refused):
    """One sign-in elsewhere lets into one account."""

    template = "That sign-in is tied to an account already. Take it away there first."


class UnknownTie(Refused):
    """Not tied to this account, or taken before."""

    template = "This account is not tied to that sign-in. Look at the list of them."


class AccountShut(Refused):
    """Its person left the network."""

    template = "This account is shut, for its person left the network. Open it first, if that person may come back."


class AccountOpen(Refused):
    """Nothing would change."""

    template = "This account is not shut."


class LastFactor(Refused):
    """Without one, the password alone would let in whoever sets the next."""

    template = "This is the only second factor. Set another one first."


class NotYoursToGive(Refused):
    """Only an administrator may."""

    template = "Only an administrator does this."


def after(known: People, act: PersonAct) -> People:
    """The accounts after one more act.

    Raises:
        NotYoursToGive, RoleForOneself, TieForOneself: it is not this person's to do.
        AccountMadeAlready, UnknownAccount: the account is there already, or is not.
        RoleHeld, RoleNotHeld, TiedAlready: nothing would change.
        LastAdministrator: nobody would be left to give roles.
        UnknownPasskey, LastFactor: that factor cannot be taken.
        IdentityTied, UnknownTie: that sign-in elsewhere cannot be tied or taken.
        AccountShut, AccountOpen: it is shut, or is not.
    """
    _refuse_others(known, act)
    if act.kind is PersonActKind.MADE:
        if act.account in known:
            raise AccountMadeAlready
        return {**known, act.account: Held(act.roles)}
    held = known.get(act.account)
    if held is None:
        raise UnknownAccount
    if held.shut and act.kind in NOT_WHILE_SHUT:
        raise AccountShut
    return {**known, act.account: _changed(known, held, act)}


def people_of(acts: Iterable[PersonAct]) -> People:
    """The accounts as these acts made them. Raises as `after`."""
    known: People = {}
    for act in acts:
        known = after(known, act)
    return known


def role_named(word: str) -> Role | None:
    """The role of this name."""
    return next((role for role in Role if role.value == word), None)


def _changed(known: People, held: Held, act: PersonAct) -> Held:
    match act.kind:
        case PersonActKind.ROLE_GIVEN:
            for role in act.roles & held.roles:
                raise RoleHeld(role=role.value)
            return replace(held, roles=held.roles | act.roles)
        case PersonActKind.ROLE_TAKEN:
            for role in act.roles - held.roles:
                raise RoleNotHeld(role=role.value)
            others = (one.roles for account, one in known.items() if account != act.account)
            if Role.ADMINISTRATOR in act.roles and not any(Role.ADMINISTRATOR in roles for roles in others):
                raise LastAdministrator
            return replace(held, roles=held.roles - act.roles)
        case PersonActKind.TIED:
            if act.person == held.person:
                raise TiedAlready
            return replace(held, person=act.person)
        case PersonActKind.IDENTITY_TIED | PersonActKind.IDENTITY_TAKEN:
            return _with_identities(known, held, act)
        case _:
            left = frozenset[str]() if act.kind in ENDING_TIES else held.identities
            return _with_factors(replace(held, identities=left), act)


def _with_identities(known: People, held: Held, act: PersonAct) -> Held:
    if act.kind is PersonActKind.IDENTITY_TAKEN:
        if act.identity not in held.identities:
            raise UnknownTie
        return replace(held, identities=held.identities - {act.identity})
    if any(act.identity in one.identities for one in known.values()):
        raise IdentityTied
    return replace(held, identities=held.identities | {act.identity})


def _with_factors(held: Held, act: PersonAct) -> Held:
    match act.kind:
        case PersonActKind.SHUT:
            held = replace(held, shut=True, factor=False, passkeys=frozenset())
        case PersonActKind.OPENED if not held.shut:
            raise AccountOpen
        case PersonActKind.OPENED:
            held = replace(held, shut=False)
        case PersonActKind.FACTOR_SET:
            held = replace(held, factor=True)
        case PersonActKind.FACTOR_TAKEN:
            held = replace(held, factor=False, passkeys=frozenset())
        case PersonActKind.PASSKEY_SET:
            held = replace(held, passkeys=held.passkeys | {act.passkey})
        case PersonActKind.PASSKEY_TAKEN:
            if act.passkey not in held.passkeys:
                raise UnknownPasskey
            held = _with_one_left(replace(held, passkeys=held.passkeys - {act.passkey}))
        case PersonActKind.APP_TAKEN:
            held = _with_one_left(replace(held, factor=False))
        case _:
            pass
    return held


def _with_one_left(held: Held) -> Held:
    if not held.factor and not held.passkeys:
        raise LastFactor
    return held


NOT_WHILE_SHUT = frozenset(
    {
        PersonActKind.SHUT,
        PersonActKind.INVITED,
        PersonActKind.PASSWORD_SET,
        PersonActKind.FACTOR_SET,
        PersonActKind.PASSKEY_SET,
        PersonActKind.IDENTITY_TIED,
        PersonActKind.BROWSER_SET,
    }
)
"""What would let somebody in."""
ENDING_TIES = frozenset({PersonActKind.SHUT, PersonActKind.PASSWORD_SET, PersonActKind.FACTOR_TAKEN})
"""After these no sign-in elsewhere lets in: who tied one may be whom they shall keep out."""
OF_ONES_OWN = frozenset(
    {
        PersonActKind.PASSWORD_SET,
        PersonActKind.FACTOR_SET,
        PersonActKind.SIGN_INS_ENDED,
        PersonActKind.PASSKEY_SET,
        PersonActKind.PASSKEY_TAKEN,
        PersonActKind.APP_TAKEN,
        PersonActKind.RECOVERY_DRAWN,
        PersonActKind.IDENTITY_TIED,
        PersonActKind.IDENTITY_TAKEN,
        PersonActKind.RECOVERY_USED,
        PersonActKind.DEVICE_NEW,
        PersonActKind.BROWSER_SET,
        PersonActKind.BROWSER_TAKEN,
    }
)
"""What everybody may do with her own account."""


def _refuse_others(known: People, act: PersonAct) -> None:
    """Whoever has the machine needs no role: nothing here could keep her from it."""
    if not act.actor.startswith(OPERATOR_PREFIX):
        return
    who = act.actor.removeprefix(OPERATOR_PREFIX)
    if who == act.account and act.kind in OF_ONES_OWN:
        return
    if who not in known or Role.ADMINISTRATOR not in known[who].roles:
        raise NotYoursToGive
    if who == act.account and act.kind is PersonActKind.ROLE_GIVEN:
        raise RoleForOneself
    if who == act.account and act.kind is PersonActKind.TIED:
        raise TieForOneself
