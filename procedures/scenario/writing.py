"""A scenario as text: what a search found, for a person to go on from."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from procedures.scenario.language import Act, Scenario
from procedures.scenario.moments import moment_words
from procedures.scenario.running import ScenarioRun
from procedures.schema import OPERATOR
from procedures.values import ROME

_PLAIN = re.compile(r"[A-Za-z_][\w/.-]*")
_YAML_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})


def written(runs: Iterable[ScenarioRun]) -> str:
    """The text of a scenario file, with what the rules made of each strict moment as what is expected."""
    parts = ["\n".join(scenario_lines(run)) for run in runs]
    return "scenarios:\n" + "\n\n".join(parts) + "\n"


def scenario_lines(run: ScenarioRun) -> Iterator[str]:
    """One scenario of a file."""
    scenario = run.scenario
    yield f"  {scenario.name}:"
    if scenario.title:
        yield f"    title: {{it: {_quoted(scenario.title.it)}, en: {_quoted(scenario.title.en)}}}"
    yield from _given(scenario)
    if scenario.never:
        yield "    never:"
        yield from (f"      - {line.words}" for line in scenario.never)
    yield "    then:"
    for block in run.blocks:
        at = moment_words(block.block.at, scenario.given.start)
        yield f"      - at: {at}"
        if block.block.acts:
            yield "        do:"
            yield from (f"          - {_act(act)}" for act in block.block.acts)
        if block.block.open_ended:
            yield "        expect: […]"
        else:
            yield "        expect:" if block.happened else "        expect: []"
            yield from (f"          - {words}" for words in block.happened)
        for word, lines in (("never", block.block.never), ("now", block.block.now)):
            if lines:
                yield f"        {word}:"
                yield from (f"          - {line.words}" for line in lines)


def _given(scenario: Scenario) -> Iterator[str]:
    given = scenario.given
    yield "    given:"
    yield f"      pathway: {given.pathway}"
    yield f"      territory: {given.territory}"
    yield f"      date: {given.start.astimezone(ROME):%Y-%m-%d %H:%M}"
    if given.desk:
        yield f"      desk: {given.desk}"
    if given.by != OPERATOR:
        yield f"      by: {given.by}"
    if given.earlier:
        yield f"      earlier: [{', '.join(_word(line.words) for line in given.earlier)}]"
    if given.facts:
        yield f"      facts: {_plain(given.facts)}"
    for word, names in (("consents", given.consents), ("exclusions", given.exclusions)):
        if names:
            yield f"      {word}: [{', '.join(sorted(names))}]"


def _act(act: Act) -> str:
    return _plain({act.verb: act.target, **act.more})


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{word}: {_plain(inner)}" for word, inner in value.items()) + "}"
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return _word(value)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if isinstance(value, int) or (_PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS):
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
