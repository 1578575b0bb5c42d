"""`/cases/new/risk`: DA-5 and DASH inside the form of a new case. They score; nothing is kept but the level of risk.

`screen.da5.ITEM` is `yes` or `no`, `screen.dash` a count, `screen.judged` says `yes` where judgement sees high danger.
The form comes back as it was, with the level of risk raised where a score is high, and the sentences that say why.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.responses import Response

from procedures.screens import (
    CHOKED,
    DA5,
    DA5_HIGH,
    DASH_HIGH,
    DASH_ITEMS,
    RISK,
    Answer,
    Scored,
    at_least_high,
    da5,
    dash,
)
from web.doorkeeper import AtCases, Visit
from web.forms import Form, FormNotUnderstood, under, word, words
from web.opening import form_page
from web.pages import say
from web.rooms import rooms
from web.saying import N_

router = rooms()
SCORE = N_("%(screen)s: %(yes)s of %(all)s.")
IS_HIGH = N_("%(screen)s: %(yes)s of %(all)s. The danger is high from %(most)s on.")
JUDGED = N_("DASH: your judgement sees high danger, and it decides whatever the count says.")
STILL_OPEN = N_("What was not answered could make it high: ask again when she can.")
CHOKING = N_("He choked her: a doctor has to see her at once, also where nothing shows on her neck.")
NO_SAFETY = N_("A low score is no safety. If you see more danger, say so: your judgement decides.")
ALREADY = N_("The level of risk in the form says so already. Nothing of these answers is kept.")
NOTHING = N_("Nothing was answered, so nothing was scored.")
RAISED = N_("The level of risk in the form is now high. Nothing else of these answers is kept.")
SHOWN = 8
"""Signs of a wrong count that are given back."""
MISCOUNTED = N_("The count of the DASH sheet is a whole number from 0 to %(all)s.")


@dataclass(frozen=True)
class Screened:
    """What the screens came to, in words."""

    sentences: Sequence[str]
    high: bool


@router.post("/cases/new/risk")
def score(form: Form, visit: AtCases) -> Response:
    """The form again, with what the screens came to. Opens nothing, keeps nothing. Raises FormNotUnderstood."""
    typed, counted = dict(words(form)), _count(word(form, "screen.dash"))
    if word(form, "screen.judged") not in {"", "yes"}:
        raise FormNotUnderstood
    if counted is None:
        fault = say(visit.language, MISCOUNTED) % {"all": DASH_ITEMS}
        typed["screen.dash"] = typed["screen.dash"][:SHOWN]
        return form_page(visit, "new", typed, fault=fault, status=422)
    sentences, high = _scored(visit, _answers(form), counted, judged=word(form, "screen.judged") == "yes")
    if high:
        fact, told = visit.names.library.facts.get(RISK), typed.get(f"fact.{RISK}", "")
        typed[f"fact.{RISK}"] = at_least_high(told, tuple(fact.choices) if fact else ())
        last = RAISED if typed[f"fact.{RISK}"] != told else ALREADY
    else:
        last = NO_SAFETY if sentences else NOTHING
    screened = Screened((*sentences, say(visit.language, last)), high)
    return form_page(visit, "new", typed, screened=screened)


def _count(said: str) -> int | None:
    """-1 where nothing was said; None where it is no count."""
    if not said:
        return -1
    right = said.isascii() and said.isdigit() and len(said) <= len(str(DASH_ITEMS))
    return int(said) if right and int(said) <= DASH_ITEMS else None


def _answers(form: FormData) -> dict[str, Answer]:
    found = under(form, "screen.da5")
    if not found.keys() <= DA5.keys() or not set(found.values()) <= set(Answer):
        raise FormNotUnderstood
    return {item: Answer(said) for item, said in found.items()}


def _scored(visit: Visit, answers: dict[str, Answer], counted: int, *, judged: bool) -> tuple[list[str], bool]:
    """What each screen came to, and whether any of them is high."""
    scores: list[tuple[str, Scored, int]] = []
    if answers:
        scores.append(("DA-5", da5(answers), DA5_HIGH))
    if counted >= 0:
        scores.append(("DASH", dash(counted, judged=False), DASH_HIGH))
    said = [_said(visit, *one) for one in scores]
    if judged:
        said.append(say(visit.language, JUDGED))
    if answers.get(CHOKED) is Answer.YES:
        said.append(say(visit.language, CHOKING))
    if any(score.open for _, score, _ in scores):
        said.append(say(visit.language, STILL_OPEN))
    return said, judged or any(score.high for _, score, _ in scores)


def _said(visit: Visit, screen: str, score: Scored, most: int) -> str:
    words_ = {"screen": screen, "yes": score.yes, "all": score.of, "most": most}
    return say(visit.language, IS_HIGH if score.high else SCORE) % words_
