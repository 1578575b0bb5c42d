"""`staffetta case erase`, `staffetta audit erasures`: what one proposes and another confirms, and what became of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.audit import app as audit_app
from cli.cases import CodeArgument
from cli.cases import app as case_app
from cli.codes import as_kept
from cli.command import Asked, command
from cli.editions import ByOption
from cli.errors import OneOfThese
from cli.printing import moment, put_json, put_table, tell
from cli.speech import _, language

if TYPE_CHECKING:
    from models.erasing import Certificate


@command(case_app, "erase", example="staffetta case erase C-7KQ4-M9TX --reason her_request --by operatrice")
def erase(
    asked: Asked,
    code: CodeArgument,
    *,
    by: ByOption,
    reason: Annotated[
        str | None, typer.Option("--reason", help="her_request, retention_over, opened_by_mistake, ordered.")
    ] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help=_("Another person: destroy its keys."))] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help=_("Take the proposal back."))] = False,
) -> None:
    """Propose to erase a case that is over; or, as another person, confirm it. It cannot be undone."""
    from models.accounts import operator_named
    from models.erasing import certificates, confirm_erasure, propose_erasure, withdraw_erasure

    if (reason is not None) + confirm + withdraw != 1:
        raise OneOfThese(known="--reason, --confirm, --withdraw")
    with asked.house() as house:
        actor = f"operator:{operator_named(house.database, by)}"
        if reason is not None:
            propose_erasure(house, code, reason, actor)
            _say(asked, code, "proposed", _("The erasure is proposed. Another person confirms it with --confirm."))
            return
        if withdraw:
            withdraw_erasure(house, code, actor)
            _say(asked, code, "withdrawn", _("The proposal is taken back."))
            return
        whole = confirm_erasure(house, code, actor)
        (certificate,) = certificates(house.database, code)
    if asked.as_json:
        put_json({**_fields(certificate), "wiped": whole})
        return
    _put([certificate])
    told = _(
        "Destroy the backups of the key store from before this moment by {day}: until then one could bring it back."
    )
    tell(told.format(day=certificate.final_on))
    if not whole:
        tell(_("The key store is still being read: stop and start the house, or let its owner run VACUUM FULL."))


@command(audit_app, "erasures", example="staffetta audit erasures C-7KQ4-M9TX")
def erasures(
    asked: Asked,
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help=_("The code of a case; without one, every case."))
    ] = None,
) -> None:
    """Print which cases were erased, why, and when each erasure is final: its certificate, with nothing personal."""
    from models.erasing import certificates, proposed_erasures

    with asked.house() as house:
        found = certificates(house.database, None if code is None else as_kept(code))
        waiting = proposed_erasures(house.database)
    if asked.as_json:
        put_json([_fields(one) for one in found])
    else:
        _put(found)
    if waiting:
        tell(_("Proposed, and waiting for another person: {codes}.").format(codes=", ".join(one[0] for one in waiting)))


@command(case_app, "retention", example="staffetta case retention --sign 3650 --by olga")
def retention(
    asked: Asked,
    *,
    sign: Annotated[
        int | None,
        typer.Option(
            "--sign",
            metavar="DAYS",
            min=1,
            max=36_500,
            help=_("Erase by itself, so many days after the end at the earliest; with the second person it holds."),
        ),
    ] = None,
    end: Annotated[bool, typer.Option("--end", help=_("Erase nothing by itself any more."))] = False,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help=_("The account of the desk whose act it is."))
    ] = None,
) -> None:
    """Say whether cases whose time is over are erased by themselves, or only proposed; two people sign it."""
    from models.accounts import operator_named
    from models.erasing import end_rule, erasures_in, sign_rule

    if (sign is not None) + end > 1 or (by is None) == (sign is not None or end):
        raise OneOfThese(known="--sign DAYS --by NAME, --end --by NAME")
    with asked.house() as house:
        if by is None:
            with house.database.read() as connection:
                known = erasures_in(connection)
        else:
            actor = f"operator:{operator_named(house.database, by)}"
            known = end_rule(house, actor) if sign is None else sign_rule(house, sign, actor)
        rules = house.settings.retention
    if asked.as_json:
        signed = {"signed_days": known.rule_days or None, "signed_by": len(known.rule_signers)}
        put_json({**rules.model_dump(mode="json"), **signed, "erases_by_itself": known.rule is not None})
        return
    if known.rule is not None:
        tell(_("Cases are erased by themselves, {days} days after their end at the earliest.").format(days=known.rule))
    elif known.rule_signers:
        tell(_("One person signed {days} days. It takes another one.").format(days=known.rule_days))
    else:
        tell(_("Nothing is erased by itself: cases whose time is over are proposed, and a person confirms."))
    if rules.days is None and not rules.pathways:
        tell(_("No time is set ([retention] days): nothing is proposed either."))


def _put(found: "Sequence[Certificate]") -> None:
    from notifiers.language import translator
    from procedures.erasures import REASONS

    said = translator(language(), "procedures").gettext
    heads = (_("case"), _("why"), _("proposed"), _("erased"), _("final on"), _("act"), _("hash of the act"))
    put_table(
        heads,
        (
            (
                one.code,
                said(REASONS[one.reason]),
                moment(one.proposed_on),
                moment(one.erased_at),
                one.final_on.isoformat(),
                str(one.act),
                one.act_hash,
            )
            for one in found
        ),
    )


def _fields(one: "Certificate") -> dict[str, object]:
    return {
        "case": one.code,
        "reason": one.reason,
        "proposed_at": one.proposed_on.isoformat(),
        "erased_at": one.erased_at.isoformat(),
        "final_on": one.final_on.isoformat(),
        "act": one.act,
        "act_hash": one.act_hash,
    }


def _say(asked: Asked, code: str, state: str, told: str) -> None:
    if asked.as_json:
        put_json({"case": code, "state": state})
    else:
        tell(told)
