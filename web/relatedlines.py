"""Who has to do with a case and who looked at it, put into words for its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.adding_accounts import operator_names
from models.passing import related
from models.reads import READS, ReadKind, reads
from notifiers.language import translator
from procedures.people import OPERATOR_PREFIX
from procedures.relations import RELATION_ACTS, RELATIONS, RelationAct
from web.actors import who
from web.doorkeeper import Visit

MOST_LOOKS = 30
"""The latest; whoever audits reads all of them."""


@dataclass(frozen=True)
class HolderLine:
    """Somebody who has the case."""

    account: str
    name: str
    why: str
    may_end: bool


@dataclass(frozen=True)
class LookLine:
    """Somebody looked, or passed it on."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True)
class RelatedCard:
    """Who has to do with the case, ready to be shown."""

    holders: Sequence[HolderLine]
    colleagues: Sequence[tuple[str, str]]
    may_hand_over: bool
    looks: Sequence[LookLine]


def related_card(visit: Visit, code: str) -> RelatedCard:
    """The card of this case. Raises UnknownCase."""
    house, own = visit.desk.house, visit.operator.operator_id
    found = related(house, code, visit.operator.actor)
    names = operator_names(house.database)
    say = translator(visit.language, "procedures").gettext
    looks = [
        LookLine(one.at, who(visit, names, one.actor), say(READS[one.kind]))
        for one in reads(house.database, code, limit=MOST_LOOKS)
        if one.kind not in {ReadKind.TRIED, ReadKind.ALARM} or found.coordinates
    ]
    acts = [
        LookLine(one.at, who(visit, names, one.actor), _act(names, one, say(RELATION_ACTS[one.kind])))
        for one in found.acts
    ]
    return RelatedCard(
        holders=[
            HolderLine(one.account, one.name, say(RELATIONS[one.why]), found.coordinates or one.account == own)
            for one in found.holders
        ],
        colleagues=found.colleagues,
        may_hand_over=any(one.account == own for one in found.holders),
        looks=sorted((*looks, *acts), key=lambda line: line.at, reverse=True),
    )


def _act(names: Mapping[str, str], act: RelationAct, what: str) -> str:
    """What was done, and to whom where it was to somebody else."""
    account = f"{OPERATOR_PREFIX}{act.account}"
    return what if act.actor == account and act.glass else f"{what} {names.get(account, account)}"
