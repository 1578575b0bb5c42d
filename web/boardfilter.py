"""To what the board is narrowed: its address says it, so that it can be kept, sent to a colleague and come back to.

An address is written down in many places, so nothing of a person may stand in one: what can be searched for is a part
of a case's code, and words out of the names of services, pathways and steps. A person is found under `/find`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from urllib.parse import parse_qsl, urlencode

from models.narrowing import EVERY, Found, Narrow, Waits
from models.risks import cases_of_risk
from procedures.haste import RISK
from web.doorkeeper import Visit
from web.forms import FormNotUnderstood
from web.naming import Names
from web.pages import say
from web.saying import N_

NAME = re.compile(r"[a-z][a-z0-9_]{0,79}", re.ASCII)
CODE = re.compile(r"(?:C-)?[0-9A-HJKMNP-TV-Z]{1,4}(?:-[0-9A-HJKMNP-TV-Z]{0,4})?", re.ASCII)
"""A part of the code of a case, from its beginning or from one of its groups."""
LONGEST = 80
"""Characters of what is searched for."""
YES = "yes"
WAITS: Mapping[str, str] = {
    Waits.ANSWER: N_("an answer"),
    Waits.RESULT: N_("a result"),
    Waits.COORDINATOR: N_("the coordinator"),
    Waits.CONSENT: N_("her consent"),
}
Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class BoardFilter:
    """What the address says; an empty word narrows nothing."""

    risk: str = ""
    waits: str = ""
    service: str = ""
    pathway: str = ""
    late: str = ""
    mine: str = ""
    q: str = ""
    """A part of a code, or words."""

    @cached_property
    def query(self) -> str:
        """It again, as an address says it; empty for every open case."""
        return urlencode([(one.name, value) for one in fields(self) if (value := getattr(self, one.name))])

    @property
    def words(self) -> Sequence[tuple[str, str]]:
        """Its fields that are filled in."""
        return parse_qsl(self.query)


EVERYTHING = BoardFilter()


def filter_of(said: Mapping[str, str], names: Names) -> BoardFilter:
    """What these words of an address or a form narrow the board to. Raises FormNotUnderstood."""
    given = {one.name: " ".join(said.get(one.name, "").split()) for one in fields(BoardFilter)}
    found = BoardFilter(**given)
    known = (
        not found.risk or found.risk in dict(risks(names)),
        not found.waits or found.waits in WAITS,
        all(not one or NAME.fullmatch(one) for one in (found.service, found.pathway)),
        {found.late, found.mine} <= {"", YES},
        len(found.q) <= LONGEST,
    )
    if not all(known):
        raise FormNotUnderstood
    return found


def kept_filter(said: str, names: Names) -> BoardFilter:
    """The one that was kept as `query`; everything, where nobody can read it any more."""
    try:
        return filter_of(dict(parse_qsl(said)), names)
    except (FormNotUnderstood, ValueError):
        return EVERYTHING


def narrowed(visit: Visit, chosen: BoardFilter) -> Narrow:
    """What that means for the cases within her reach."""
    if chosen == EVERYTHING:
        return EVERY
    return Narrow(
        late_at=visit.desk.now if chosen.late else None,
        service=chosen.service,
        pathway=chosen.pathway,
        waits=Waits(chosen.waits) if chosen.waits else None,
        account=visit.operator.operator_id if chosen.mine else "",
        cases=cases_of_risk(visit.desk.house, chosen.risk, visit.reach) if chosen.risk else None,
        found=found_by(chosen.q, visit.names) if chosen.q else None,
    )


def found_by(words: str, names: Names) -> Found:
    """What is meant by these words: a code, or everything in whose name each of them stands."""
    code = words.upper()
    if CODE.fullmatch(code) and (code.startswith("C-") or any(map(str.isdigit, code))):
        return Found(code=code)
    wanted = words.casefold().split()

    def says(name: str) -> bool:
        said = name.casefold()
        return all(word in said for word in wanted)

    directory, language = names.directory, names.language
    everybody = (directory.services, directory.coordinators, directory.desks)
    parties = (ident for kind in everybody for ident, one in kind.items() if says(one.name.said(language)))
    editions = names.library.by_hash.values()
    steps = {
        (text.name, step)
        for text in editions
        for step, one in text.steps.items()
        if says(one.title.said(language)) or says(text.title.said(language))
    }
    return Found(parties=frozenset(parties), steps=frozenset(steps))


def risks(names: Names) -> Choices:
    """The levels of risk that the vocabulary has, the highest first."""
    fact = names.library.facts.get(RISK)
    found = [(value, title.said(names.language)) for value, title in fact.choices.items()] if fact else []
    return found[::-1]


def choices(visit: Visit, chosen: BoardFilter) -> dict[str, Choices]:
    """What can be chosen, by field. What is chosen and has left the network stands there still."""
    names = visit.names
    services = {ident: one.name.said(names.language) for ident, one in names.directory.services.items()}
    pathways = {name: one.title.said(names.language) for name, one in names.library.current.items() if not one.no_case}
    return {
        "risk": risks(names),
        "waits": [(value, say(names.language, text)) for value, text in WAITS.items()],
        "service": _with(services, chosen.service),
        "pathway": _with(pathways, chosen.pathway),
    }


def _with(known: Mapping[str, str], chosen: str) -> Choices:
    every = {**known, **({chosen: chosen} if chosen and chosen not in known else {})}
    return sorted(every.items(), key=lambda one: one[1].casefold())
