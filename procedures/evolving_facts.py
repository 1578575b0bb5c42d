"""How events about facts make the state: for `evolving`, which follows every event."""

from collections.abc import Callable, Mapping
from typing import Any

from procedures import events as e
from procedures.case import CaseState
from procedures.changing import changed


def _changed(event: e.FactChanged, state: CaseState) -> CaseState:
    return changed(state, facts={**state.facts, event.fact: event.value})


FACT_EVENTS: Mapping[type[e.Event], Callable[[Any, CaseState], CaseState]] = {e.FactChanged: _changed}
