"""`/procedures`: what the network agreed on, drawn and in plain words, for those who work by it."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.responses import Response

from notifiers.language import translator
from procedures.distances import after
from procedures.schema import Pathway
from procedures.showing.svg import drawing
from procedures.showing.timetable import worst_case
from procedures.showing.words import plain_words
from procedures.weeks import AT_HOME
from web.doorkeeper import Anybody, Visit
from web.editions import running_otherwise, waiting_texts
from web.rooms import rooms

router = rooms()


@dataclass(frozen=True)
class ProcedureRow:
    """One line of the list."""

    name: str
    title: str
    edition: int
    steps: int


@router.api_route("/procedures", methods=["GET", "HEAD"])
def procedures(visit: Anybody) -> Response:
    """Every procedure in force."""
    current = visit.desk.house.procedures.library().current
    rows = [
        ProcedureRow(name, pathway.title.said(visit.language), pathway.edition, len(pathway.steps))
        for name, pathway in sorted(current.items(), key=lambda entry: entry[1].title.said(visit.language))
    ]
    return visit.page("procedures.html", "procedures", {"rows": rows, **waiting_texts(visit)})


@router.api_route("/procedures/{name}.svg", methods=["GET", "HEAD"])
def procedure_drawing(name: str, visit: Anybody) -> Response:
    """Its drawing alone. Raises HTTPException where there is none."""
    pathway, library = _pathway(visit, name), visit.desk.house.procedures.library()
    say = translator(visit.language, "procedures").gettext
    image = drawing(pathway, library.facts, say, visit.language, library.current)
    return Response(image, media_type="image/svg+xml")


@router.api_route("/procedures/{name}", methods=["GET", "HEAD"])
def procedure(name: str, visit: Anybody) -> Response:
    """One procedure: its drawing, its words, and whom silence leads to. Raises HTTPException where there is none."""
    pathway, library = _pathway(visit, name), visit.desk.house.procedures.library()
    say = translator(visit.language, "procedures").gettext
    parts = plain_words(pathway, library.facts, say, visit.language, library.current)
    values = {
        "pathway": pathway,
        "about": parts[0],
        "parts": parts[1:],
        "silences": worst_case(pathway, say, visit.language),
        "otherwise": running_otherwise(visit, name),
        "later": lambda call: after(visit.desk.now, call.length, AT_HOME),
    }
    return visit.page("procedure.html", "procedures", values)


def _pathway(visit: Visit, name: str) -> Pathway:
    current = visit.desk.house.procedures.library().current
    if name not in current:
        raise HTTPException(404)
    return current[name]
