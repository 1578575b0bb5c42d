"""Everything that the desk says, it says in Italian too; and every event, state and reason has words."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from models.outbox import DeliveryState
from procedures.case import CaseStatus, ConsentState, HandoffState, RunState, StepState
from procedures.commands import ActFirstReason, AnewReason, CancelReason, DeclineReason, MoveReason, ReopenReason
from procedures.events import AlertPurpose, AnyEvent, ClockName, RepetitionEnd, SkipReason
from procedures.loading import shipped_library
from procedures.schema import RungTarget
from procedures.urgency import Urgency
from procedures.whonow import WhoWhen
from web import saying
from web.shipped_words import SHIPPED_WORDS
from web.timeline import SENTENCES

WEB = Path(saying.__file__).parent


def sentences() -> set[str]:
    """The English sentences of code and templates."""
    found = extract_from_dir(
        WEB,
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2.ext.babel_extract")],
        options_map={
            "templates/**.html": {"extensions": "jinja2.ext.i18n", "trim_blocks": "true", "lstrip_blocks": "true"}
        },
        keywords={"_": None, "N_": None, "gettext": None, "say": (1,), "ngettext": (1, 2)},
    )
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


def catalogue() -> dict[str, str]:
    """What the Italian catalogue holds."""
    with (WEB / "locales" / "it" / "LC_MESSAGES" / "web.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="it") if message.id]
    return {forms(message.id)[0]: "|".join(forms(message.string)) for message in messages}


def forms(said: str | Iterable[str] | None) -> list[str]:
    """One form, or singular and plural."""
    return [said] if isinstance(said, str) else list(said or ())


def test_every_sentence_has_its_italian() -> None:
    assert sentences() - {english for english, italian in catalogue().items() if italian} == set()


def test_the_catalogue_holds_nothing_that_is_no_longer_said() -> None:
    assert set(catalogue()) - sentences() == set()


@pytest.mark.parametrize("english", sorted(english for english in catalogue() if "%(" in english))
def test_a_translation_keeps_the_places_of_its_sentence(english: str) -> None:
    places = {name: f"<{name}>" for name in ("actor", "consent", "pathway", "outcome", "reason", "step", "result")}
    places |= {name: f"<{name}>" for name in ("limit", "holder", "rung", "clock", "owner", "answer", "stands")}
    places |= {name: f"<{name}>" for name in ("to", "purpose", "span", "title", "num", "channels")}
    places |= {name: f"<{name}>" for name in ("begun", "since", "said", "giver", "rounds", "old_result")}
    places |= {name: f"<{name}>" for name in ("edition", "old_edition", "name", "number", "count")}
    places |= {name: f"<{name}>" for name in ("fact", "value", "before", "by", "who")}
    places |= {
        name: f"<{name}>"
        for name in ("until", "old_at", "new_at", "said_at", "body", "bodies", "time", "signal", "times")
    }
    places |= {
        name: f"<{name}>" for name in ("terms", "whose", "told", "waiting", "out_of", "role", "most", "colleague")
    }
    places |= {
        name: f"<{name}>" for name in ("tried", "faults", "how", "language", "read", "service", "finding", "code")
    }
    places |= {
        "signals": "<signals>",
        "number": "<number>",
        "provider": "<provider>",
        "channel": "<channel>",
        "moment": "<moment>",
    }
    places |= {name: f"<{name}>" for name in ("what", "field", "kept", "derived", "wanted", "found", "done", "all")}
    places |= {"day": "<day>", "days": "<days>", "file": "<file>", "names": "<names>"}
    places |= {"signals": "<signals>", "number": "<number>", "provider": "<provider>", "why": "<why>"}
    places |= {"screen": "<screen>", "yes": "<yes>"}

    for italian in catalogue()[english].split("|"):
        assert {p for p in places.values() if p in italian % places} <= {
            p for p in places.values() if p in english % places
        }


def test_every_event_has_a_sentence() -> None:
    events = get_args(get_args(AnyEvent)[0])

    assert {event.model_fields["kind"].default for event in events} == set(SENTENCES)


@pytest.mark.parametrize(
    ("words", "list_of_words"),
    [
        (saying.HANDOFF_STATES, HandoffState),
        (saying.STEP_STATES, StepState),
        (saying.RUN_STATES, RunState),
        (saying.CASE_STATUSES, CaseStatus),
        (saying.CONSENT_STATES, ConsentState),
        (saying.DECLINE_REASONS, DeclineReason),
        (saying.CANCEL_REASONS, CancelReason),
        (saying.SKIP_REASONS, SkipReason),
        (saying.ACT_FIRST_REASONS, ActFirstReason),
        (saying.ANEW_REASONS, AnewReason),
        (saying.REOPEN_REASONS, ReopenReason),
        (saying.MOVE_REASONS, MoveReason),
        (saying.REPETITION_ENDS, RepetitionEnd),
        (saying.PURPOSES, AlertPurpose),
        (saying.DELIVERY_STATES, DeliveryState),
        (saying.RUNGS, RungTarget),
        (saying.CLOCKS, ClockName),
        (saying.URGENCIES, Urgency),
        (saying.WHO_WHEN, WhoWhen),
    ],
)
def test_every_word_of_a_closed_list_is_said(words: dict[str, str], list_of_words: type[StrEnum]) -> None:
    assert set(words) == set(list_of_words)


def test_fields_and_outcomes_of_the_shipped_pathways_are_known() -> None:
    pathways = shipped_library().current.values()
    outcomes = {outcome.name for pathway in pathways for outcome in pathway.outcomes}
    results = [r for p in pathways for s in p.steps.values() for r in getattr(s, "results", {}).values()]
    names = outcomes | {field for result in results for field in result.evidence}

    assert {name.replace("_", " ") for name in names} <= set(SHIPPED_WORDS)
