"""Small pathways drawn at random: most of them can work, and the checker says which."""

from hypothesis import strategies as st

SOURCE = 'source: {text: "Invented for the tests", verified: false}'
TITLE = "title: {it: Prova, en: Trial}"
COMPETENCES = ("first_contact", "emergency_shelter", "safe_transport", "police", "legal_aid")
CONDITIONS = (
    "{risk: high}",
    "{risk: [high, imminent]}",
    "{risk: {at_least: high}}",
    "{risk: unknown}",
    "{not: {risk: low}}",
    "{any: [{risk: imminent}, {wants_legal_help: true}]}",
    "{all: [{risk: high}, {wants_legal_help: true}]}",
    "{wants_legal_help: true}",
    "{wants_legal_help: [false, not_answered]}",
    "{incident_at: unknown}",
    "{danger: {at_least: some}}",
    "{danger: [none, unknown]}",
    "{all: [{score: {at_least: 3}}, {not: {score: {more_than: 9}}}]}",
    "{heard_on: {after: 2026-11-25}}",
)
SETS = (
    *("{wants_legal_help: true}", "{wants_legal_help: false}", "{risk: imminent}", "{risk: low}"),
    *("{danger: great}", "{danger: none}"),
)
WITH_TODAY = (
    "{incident_at: {ago: {less_than: 72 h}}}",
    "{incident_at: {ago: {at_least: 72 h}}}",
    "{incident_at: {ago: {at_least: 4 h, less_than: 1 month}}}",
    "{not: {incident_at: {ago: {less_than: 72 h}}}}",
    "{incident_at: {to_go: {at_most: 30 days}}}",
    "{incident_at: {to_go: {more_than: 2 days}}}",
    "{any: [{incident_at: {to_go: {at_least: 2 days}}}, {incident_at: {ago: {more_than: 5 h}}}, {risk: high}]}",
)
"""Time alone changes them."""
WHILE_IN_TIME = "while: {incident_at: {ago: {less_than: 5 days}}}, at_most: 3"
TIMES = ("accept_within: 15 min", "first_sign_within: 1 h", "complete_within: 4 h")
ANYBODY = f"changed_by: [operator, {', '.join(COMPETENCES)}]"
OWN_FACTS = {
    "danger": f"""{{type: choice, ordered: true, {TITLE}, {ANYBODY}, raises_only: true,
    choices: {{none: {{it: no, en: none}}, some: {{it: un po', en: some}}, great: {{it: grande, en: great}}}}}}""",
    "score": f"{{type: integer, range: {{at_least: 0, at_most: 24}}, {TITLE}}}",
    "heard_on": f"{{type: date, {TITLE}}}",
}
"""What a pathway declares of these where it asks about them."""
FREE_DAYS = ("", "", "working day in IT", "working day")
SIGNALS = ("found", "moved")
RESULTS = ("good", "bad")


@st.composite
def drawn_pathway(draw: st.DrawFn) -> str:
    """The text of a pathway of two to five steps, with signals now and then."""
    return with_own_facts(draw(_without_facts()))


def with_own_facts(text: str) -> str:
    """The same text, with those facts declared that it names and nobody else has."""
    named = {name: said for name, said in OWN_FACTS.items() if f"{name}:" in text or f"fact.{name}" in text}
    declared = "".join(f"  {name}: {said}\n" for name, said in named.items())
    return text.replace("steps:\n", f"facts:\n{declared}steps:\n", 1) if named else text


@st.composite
def _without_facts(draw: st.DrawFn) -> str:
    count = draw(st.integers(2, 5))
    signals = draw(st.lists(st.sampled_from(SIGNALS), unique=True, max_size=2))
    results: dict[str, tuple[str, ...]] = {}
    steps = ""
    for number in range(count):
        name = f"step_{number}"
        steps += _step(draw, name, results, signals)
    text = f"pathway: drawn\nedition: 1\n{TITLE}\nconsent: help\n"
    outcomes = _outcomes(draw, results, signals)
    if "over:" in outcomes and draw(st.integers(0, 9)) == 0:
        text += f"within: {_moving(draw, '9 days')}\n{SOURCE}\non_expiry: over\n"
    stays = bool(signals) and draw(st.integers(0, 3)) == 0
    if stays:
        text += "stays_open: true\n"
    if signals:
        waiting = {name for name in results if "signal." in _needs_of(steps, name)}
        free = {name: ends for name, ends in results.items() if name not in waiting}
        text += "signals:\n" + "".join(_signal(draw, name, free) for name in signals)
    return f"{text}steps:\n{steps}outcomes:\n{outcomes}"


def _signal(draw: st.DrawFn, name: str, results: dict[str, tuple[str, ...]]) -> str:
    said = f"{TITLE}, from: [operator]"
    if draw(st.booleans()) and results:
        cancels = draw(st.lists(st.sampled_from(sorted(results)), unique=True, min_size=1, max_size=2))
        said += f", cancels: [{', '.join(cancels)}]"
    if draw(st.integers(0, 3)) == 0:
        said += f", sets: {draw(st.sampled_from(SETS))}"
    return f"  {name}: {{{said}}}\n"


def _step(draw: st.DrawFn, name: str, results: dict[str, tuple[str, ...]], signals: list[str]) -> str:
    kind = draw(st.sampled_from(["ask", "ask", "tell", "await"]))
    lines = [TITLE, *_when(draw, results, signals)]
    competence = draw(st.sampled_from(COMPETENCES))
    if kind == "ask" and draw(st.integers(0, 4)) == 0:
        results[name] = ("done",)
        return _written(name, [f"ask: {competence}", *lines, *_of_each(draw, signals)])
    if kind == "tell":
        results[name] = ()
        told = draw(st.lists(st.sampled_from(COMPETENCES), min_size=1, max_size=3, unique=True))
        return _written(name, [f"tell: [{', '.join(told)}]", *_level(draw), *lines])
    ends = draw(st.sampled_from([("good",), RESULTS]))
    results[name] = ends
    lines.append(_results(draw, ends))
    if kind == "ask":
        lines += [
            f"ask: {competence}",
            *_who(draw, results, "".join(lines)),
            "accept_within: 15 min",
            "first_sign_within: 1 h",
            f"complete_within: {_ends(draw)}",
            SOURCE,
        ]
    else:
        lines += ["await: {it: Il tribunale, en: The court}", f"watched_by: {competence}"]
        lines += [f"within: {_moving(draw, '2 days')}", SOURCE]
    lines += _ends_otherwise(draw, kind, ends, signals)
    if draw(st.integers(0, 3)) == 0:
        lines.append(f"repeat: {_repeat(draw, name, ends)}")
    elif draw(st.integers(0, 5)) == 0:
        lines.append("not_before: 30 min")
    lines += _anew(draw)
    return _written(name, lines)


def _ends(draw: st.DrawFn) -> str:
    """When the result must be there: within hours, or within days, and then perhaps on a working day."""
    return _moving(draw, "2 days") if draw(st.integers(0, 3)) == 0 else "4 h"


def _moving(draw: st.DrawFn, days: str) -> str:
    day = draw(st.sampled_from(FREE_DAYS))
    return f"{{within: {days}, moves_to: {day}}}" if day else days


def _anew(draw: st.DrawFn) -> list[str]:
    """Now and then, on whose word alone it is decided anew, or that it never is."""
    said = draw(st.sampled_from(["", "", "", "{by: [legal_aid, coordinator]}", "{by: [operator]}", "never"]))
    return [f"anew: {said}"] if said else []


def _who(draw: st.DrawFn, results: dict[str, tuple[str, ...]], lines: str) -> list[str]:
    """Now and then all are asked at once, the operator picks, or it matters which person took a step before."""
    before = [name for name in results if f"{name}" in lines]
    persons = [f"{word}: {name}" for name in before for word in ("other_person_than", "same_person_as")]
    said = draw(st.sampled_from(["", "", "", "", "how_many: first", "picked: true", *persons]))
    return [f"choose: {{{said}}}"] if said else []


def _ends_otherwise(draw: st.DrawFn, kind: str, ends: tuple[str, ...], signals: list[str]) -> list[str]:
    """That it takes two people, what silence means, which signal ends it."""
    alone = kind != "ask" or draw(st.integers(0, 3)) > 0
    lines = [] if alone else ["two_persons: true"]
    if draw(st.integers(0, 4)) == 0:
        lines.append(f"on_expiry: {draw(st.sampled_from([*ends, 'note'])) if alone else 'note'}")
    if alone and signals and draw(st.integers(0, 3)) == 0:
        lines.append(f"ends_when: {{{ends[-1]}: signal.{draw(st.sampled_from(signals))}}}")
    return lines


def _level(draw: st.DrawFn) -> list[str]:
    """How much a notice lets those who get it read; where there is no result to tell, the checker refuses it."""
    said = draw(st.sampled_from(["", "", "reference", "status", "result"]))
    return [f"level: {said}"] if said else []


def _needs_of(steps: str, name: str) -> str:
    """What stands in the needs of a step that was written."""
    own = steps.split(f"  {name}:\n", 1)[1].split("\n  step_", 1)[0]
    return next((line for line in own.splitlines() if line.strip().startswith("needs:")), "")


def _written(name: str, lines: list[str]) -> str:
    return f"  {name}:\n" + "".join(f"    {line}\n" for line in lines)


def _when(draw: st.DrawFn, results: dict[str, tuple[str, ...]], signals: list[str]) -> list[str]:
    """What the step needs, and with which facts it is taken."""
    lines = []
    needs = _needs(draw, results, signals) if results or signals else ""
    if needs and draw(st.integers(0, 4)):
        lines.append(f"needs: [{needs}]")
    if draw(st.integers(0, 2)) == 0:
        condition = draw(st.sampled_from((*CONDITIONS, *WITH_TODAY)))
        lines.append(f"when: {condition}")
        if draw(st.booleans()):
            lines.append("looked_at: again")
    return lines


def _of_each(draw: st.DrawFn, signals: list[str]) -> list[str]:
    """Several bring their result each: that it is done, and no other."""
    how_many = draw(st.sampled_from(["all", "2", "3"]))
    last = "{after: 40 min, to: coordinator}"
    ladder = f"{{after: 20 min, to: next_service}}, {last}" if how_many != "all" and draw(st.booleans()) else last
    lines = [f"choose: {{how_many: {how_many}}}", f"escalate: [{ladder}]", *TIMES, SOURCE]
    lines += _anew(draw)
    if draw(st.integers(0, 4)) == 0:
        lines.append("on_expiry: note")
    if signals and draw(st.integers(0, 3)) == 0:
        lines.append(f"ends_when: {{done: signal.{draw(st.sampled_from(signals))}}}")
    if draw(st.integers(0, 5)) == 0:
        lines.append("not_before: 30 min")
    return lines


def _results(draw: st.DrawFn, ends: tuple[str, ...]) -> str:
    said = []
    for end in ends:
        sets = draw(st.sampled_from(["", "", "", "", ", sets: fixed", ", sets: shown"]))
        sets = sets.replace("shown", "{danger: evidence.level}, evidence: {level: fact.danger}")
        sets = sets.replace("fixed", draw(st.sampled_from(SETS)))
        said.append(f"{end}: {{ends_here: true{sets}}}")
    return f"results: {{{', '.join(said)}}}"


def _repeat(draw: st.DrawFn, name: str, ends: tuple[str, ...]) -> str:
    ending = draw(
        st.sampled_from(
            [f"until: {name}.{ends[0]}", "at_most: 2", "while: {risk: {at_least: high}}, at_most: 3", WHILE_IN_TIME]
        )
    )
    if draw(st.integers(0, 2)) == 0:
        days = draw(st.sampled_from(["tuesday", "[first monday of the month, 25 november]", "last day of the month"]))
        return f"{{on_days: {days}, at: 09:00, {ending}}}"
    return f"{{every: 6 h, {ending}}}" if draw(st.booleans()) else f"{{every: 6 h, first: 1 h, {ending}}}"


def _needs(draw: st.DrawFn, results: dict[str, tuple[str, ...]], signals: list[str]) -> str:
    one = st.sampled_from(_refs(results, signals))
    form = draw(st.sampled_from(["one", "one", "two", "any", "all"]))
    if form == "one":
        return draw(one)
    first, second = draw(one), draw(one)
    return {
        "two": f"{first}, {second}",
        "any": f"{{any_of: [{first}, {second}]}}",
        "all": f"{{any_of: [{first}, {{all_of: [{second}, {draw(one)}]}}]}}",
    }[form]


def _refs(results: dict[str, tuple[str, ...]], signals: list[str]) -> list[str]:
    named = [f"{name}.{end}" for name, ends in results.items() for end in ends]
    return [*named, *results, *(f"signal.{name}" for name in signals)]


def _outcomes(draw: st.DrawFn, results: dict[str, tuple[str, ...]], signals: list[str]) -> str:
    """Some, and mostly a last one that always holds."""
    named = [ref for ref in _refs(results, signals) if "." in ref]
    chosen = draw(st.lists(st.sampled_from(named), unique=True, max_size=3)) if named else []
    said = "".join(f"  {ref.replace('.', '_')}: {ref}\n" for ref in chosen)
    last = next(iter(results))
    return said + (f"  over: {last}\n" if draw(st.booleans()) or not chosen else "")
