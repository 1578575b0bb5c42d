"""`staffetta case consent`: what she says when she is asked; `staffetta procedures consent-text`: what she is read."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.cases import CodeArgument
from cli.cases import app as case_app
from cli.command import Asked, command
from cli.pathways import app as procedures_app
from cli.printing import put, put_json, tell
from cli.speech import _

if TYPE_CHECKING:
    from models.consent_texts import ConsentText

ConsentArgument = Annotated[
    str, typer.Argument(metavar="CONSENT", help=_("What was asked: shelter, or child.support."))
]


def _language(value: str | None) -> str | None:
    import re

    from procedures.commands import LANGUAGE

    if value and not re.fullmatch(LANGUAGE, value):
        raise typer.BadParameter(_("write two or three small letters, such as it"))
    return value


def _until(value: str | None) -> str | None:
    _end_of(value)
    return value


def _end_of(value: str | None) -> datetime | None:
    """The end of that day in Rome."""
    from procedures.distances import on_the_wall

    if not value:
        return None
    try:
        return on_the_wall(date.fromisoformat(value) + timedelta(days=1), time())
    except (ValueError, OverflowError):
        raise typer.BadParameter(_("write a day, such as 2027-02-28")) from None


@command(case_app, "consent", example="staffetta case consent C-7KQ4-M9TX shelter given --how telephone --asked-in it")
def record_consent(
    asked: Asked,
    *,
    code: CodeArgument,
    consent: ConsentArgument,
    answer: Annotated[Literal["given", "refused", "revoked"], typer.Argument(help=_("What she said."))],
    said_by: Annotated[
        Literal["herself", "a_parent", "both_parents", "guardian", "court_deputy"] | None,
        typer.Option("--said-by", help=_("Who says it; without it whoever's word counts today.")),
    ] = None,
    service: Annotated[
        str | None,
        typer.Option("--service", metavar="ID", help=_("One service alone: given for it, or kept from it.")),
    ] = None,
    how: Annotated[
        Literal["in_person", "telephone", "in_writing", "interpreter"] | None,
        typer.Option("--how", help=_("How she was asked.")),
    ] = None,
    in_language: Annotated[
        str | None,
        typer.Option("--asked-in", metavar="LANGUAGE", callback=_language, help=_("In which one she was asked: it.")),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DAY", callback=_until, help=_("It ends with that day: 2027-02-28.")),
    ] = None,
) -> None:
    """Record what she said when asked for a consent: what waits for it begins, is left out, or stops."""
    from cli.asking import consent_command
    from cli.opened import opened_as_json, put_requests
    from models.consent_texts import read_out
    from models.views import case_id_of

    if answer == "revoked" and said_by:
        raise typer.BadParameter(_("A consent is taken back on anybody's word: leave --said-by out."))
    if answer == "revoked" and (how or in_language):
        raise typer.BadParameter(_("A consent is taken back however it is said: leave --how and --asked-in out."))
    if answer != "given" and until:
        raise typer.BadParameter(_("Only what is given has an end: leave --until out."))
    with asked.house() as house:
        said: dict[str, object] = {"said_by": said_by, "service": service, "how": how, "language": in_language}
        said |= {"until": _end_of(until), "text": read_out(house.database, consent, in_language)}
        case_id = case_id_of(house.database, code)
        handled = house.handling.handle(consent_command(house, case_id, consent, answer, said))
        if asked.as_json:
            put_json(opened_as_json(handled))
            return
        put(f"{code}: {consent}: {_(answer)}")
        put_requests(house, handled)


@command(procedures_app, "consent-text", example="staffetta procedures consent-text shelter --text it=riparo.txt")
def consent_text(
    asked: Asked,
    *,
    name: Annotated[str, typer.Argument(metavar="CONSENT", help=_("The consent, as procedures name it."))],
    text: Annotated[
        list[str] | None,
        typer.Option(
            "--text", metavar="LANGUAGE=FILE", help=_("What is read in this language; may be repeated. A new edition.")
        ),
    ] = None,
) -> None:
    """Show what is read to her before she says yes or no; with --text, keep another edition of it."""
    from cli.asking import ACTOR, pairs
    from cli.files import read_text
    from models.consent_texts import keep_text, latest_texts
    from procedures.errors import UnknownConsent

    given = {language: read_text(Path(file)) for language, file in pairs("--text", text or (), "it=riparo.txt").items()}
    with asked.house() as house:
        if given:
            found: ConsentText | None = keep_text(house, name, given, ACTOR)
        else:
            known = house.procedures.library().consents()
            found = latest_texts(house.database).get(name)
            if found is None and name not in known:
                raise UnknownConsent(consent=name, known=", ".join(sorted(known)))
        _show(asked, name, found)


def _show(asked: Asked, name: str, found: "ConsentText | None") -> None:
    if asked.as_json:
        texts: Mapping[str, str] = found.texts if found else {}
        edition, kept = (found.edition, found.hash) if found else (None, None)
        put_json({"consent": name, "edition": edition, "hash": kept, "texts": dict(texts)})
    elif found is None:
        tell(_("No text is kept for this consent: nothing is read to her."))
    else:
        put(*(line for language, text in found.texts.items() for line in (f"[{language}]", text, "")))
        tell(
            _("Edition {edition} of {consent}, hash {hash}.").format(
                edition=found.edition, consent=found.consent, hash=found.hash
            )
        )
