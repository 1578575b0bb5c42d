"""From words on the command line to a command of the rules."""

from collections.abc import Mapping, Sequence

from cli.errors import NotAPair, NothingImported, TerritoryNeeded, UnknownDesk, UnknownExclusion
from models.composition import House
from models.ids import code_for
from procedures.commands import GiveConsent, OpenCase, RefuseConsent, RevokeConsent, Road
from procedures.directory import Directory
from procedures.language.facts import OPERATOR

ACTOR = "operator:command-line"
"""Whoever may use the command line of this machine; the system's own log says who that was."""


def pairs(option: str, given: Sequence[str], example: str) -> dict[str, str]:
    """`name=value` words as a mapping.

    Raises:
        NotAPair: one has no name or no value.
    """
    found: dict[str, str] = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not (name.strip() and equals and value.strip()):
            raise NotAPair(option=option, example=example)
        found[name.strip()] = value.strip()
    return found


def open_case_command(
    house: House,
    *,
    pathway: str,
    facts: Sequence[str],
    consents: Sequence[str] = (),
    exclusions: Sequence[str] = (),
    territory: str | None,
    desk: str | None,
    drill: bool,
    own_work: bool = False,
    by: str = OPERATOR,
) -> OpenCase:
    """What was asked for as one command, with an id, a code and a seed drawn for it.

    With `own_work` it begins no case, but the network's own work.

    Raises:
        NotAPair, NothingImported, TerritoryNeeded, UnknownDesk, UnknownExclusion.
    """
    directory = house.procedures.directory()
    if not directory.services:
        raise NothingImported
    if desk is not None and desk not in directory.desks:
        raise UnknownDesk(desk=desk, known=", ".join(sorted(directory.desks)) or "-")
    _check_exclusions(directory, exclusions)
    return OpenCase(
        id=house.ids.new_id(),
        case_id=house.ids.new_id(),
        actor=ACTOR,
        road=Road.CLI,
        code=code_for(house.ids, own_work=own_work),
        seed=house.ids.seed(),
        pathway=pathway,
        territory=territory if territory is not None else _only_territory(directory),
        desk=desk,
        drill=drill,
        by=by,
        facts=pairs("--fact", facts, "risk=high"),
        consents=frozenset(consents),
        exclusions=frozenset(exclusions),
    )


CONSENTING: Mapping[str, type[GiveConsent | RefuseConsent | RevokeConsent]] = {
    "given": GiveConsent,
    "refused": RefuseConsent,
    "revoked": RevokeConsent,
}


def consent_command(
    house: House, case_id: str, consent: str, answer: str, said: Mapping[str, object]
) -> GiveConsent | RefuseConsent | RevokeConsent:
    """What was answered to the question for a consent, with what was noted beside it: None where nothing was."""
    about = {"id": house.ids.new_id(), "case_id": case_id, "actor": ACTOR, "road": Road.CLI, "consent": consent}
    return CONSENTING[answer].model_validate(about | {name: value for name, value in said.items() if value is not None})


def _only_territory(directory: Directory) -> str:
    known = sorted(directory.territories())
    if len(known) == 1:
        return known[0]
    raise TerritoryNeeded(known=", ".join(known) or "-")


def _check_exclusions(directory: Directory, exclusions: Sequence[str]) -> None:
    """An exclusion with a slip of the pen would protect nobody."""
    known = {*directory.bodies, *directory.services, *directory.people}
    if not known.issuperset(exclusions):
        raise UnknownExclusion
