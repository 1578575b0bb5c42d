"""Five thousand files that nobody should write: each is refused with its faults, or is clean and can be shown."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.spoiling import check, sound, spoilt
from procedures.grammar import words
from procedures.loading import shipped_facts
from procedures.schema import Clock, FactType, LookedAt, RungTarget
from tests.unit.test_loading_fuzz import flow

pytestmark = pytest.mark.slow
SEEDS = 1000
DRAWN = 300
"""With those of `test_loading_fuzz.py` and the spoilt ones they are five thousand."""


def test_what_is_spoilt_is_worth_spoiling() -> None:
    assert len(sound()) > 150
    assert spoilt(7) == spoilt(7)
    assert len({spoilt(seed) for seed in range(100)}) > 95
    assert len({code for seed in range(400) for code in check(spoilt(seed))}) > 30


@pytest.mark.parametrize("first", range(0, 4 * SEEDS, SEEDS))
def test_a_spoilt_file_is_refused_with_its_faults_or_can_be_shown(first: int) -> None:
    for seed in range(first, first + SEEDS):
        try:
            check(spoilt(seed))
        except Exception as error:  # raised again, with the file that did it
            error.add_note(f"seed {seed}:\n{spoilt(seed)}")
            raise


STEPS = ("first", "second", "third")
NAMES = st.sampled_from(STEPS)
RESULTS = st.sampled_from(["done", "found", "lost"])
LENGTHS = st.sampled_from(
    [
        *("1 min", "15 min", "4 h", "3 days", "2 weeks", "1 month", "2 years"),
        *("3 working days", "2 working days in FR", "20:00"),
    ]
)
MOMENTS = (
    st.sampled_from(["case.opened", "pathway.started", "fact.incident_at"])
    | st.builds("{}.{}".format, NAMES, st.sampled_from(["requested", "accepted", "completed", "expired"]) | RESULTS)
    | st.builds("{}.evidence.at".format, NAMES)
)
POINTS = LENGTHS | MOMENTS | st.builds("{} {} {}".format, LENGTHS, st.sampled_from(["of", "before"]), MOMENTS)
NEEDS: st.SearchStrategy[object] = st.recursive(
    NAMES | st.builds("{}.{}".format, NAMES, RESULTS),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(st.sampled_from(["any_of", "all_of"]), st.lists(inner, min_size=1, max_size=3), min_size=1)
    ),
    max_leaves=5,
)
ASKED = [fact for fact in shipped_facts().values() if fact.type in {FactType.CHOICE, FactType.BOOLEAN}]
CONDITIONS: st.SearchStrategy[object] = st.recursive(
    st.sampled_from(ASKED).flatmap(
        lambda fact: st.builds(
            lambda values: {fact.name: values},
            st.lists(st.sampled_from([*(fact.choices or ("true", "false")), "unknown", "not_answered"]), min_size=1),
        )
    ),
    lambda inner: (
        st.dictionaries(st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3), min_size=1)
        | st.builds(lambda part: {"not": part}, inner)
        | st.builds(lambda parts: {"at_least": {"2": parts}}, st.lists(inner, min_size=2, max_size=3))
    ),
    max_leaves=4,
)
SOURCE = {"text": "x", "verified": "false"}
LIMITS = POINTS | st.fixed_dictionaries(
    {},
    optional={
        "within": POINTS,
        "earliest": st.lists(POINTS, min_size=1, max_size=2),
        "latest": st.lists(POINTS, min_size=1, max_size=2),
        "when": CONDITIONS,
        "clock": st.sampled_from([*Clock]),
    },
)
SILENCES = st.sampled_from(["escalate", "note"]) | RESULTS
TEXTS = st.just({"it": "Un testo", "en": "A text"})
HELD: dict[str, st.SearchStrategy[object]] = {
    "title": TEXTS,
    "needs": NEEDS,
    "when": CONDITIONS,
    "looked_at": st.sampled_from([*LookedAt]),
    "repeat": st.fixed_dictionaries(
        {"every": LENGTHS | st.just({"fact": "risk", "high": "1 day", "otherwise": "1 month"})},
        optional={"first": LENGTHS, "while": CONDITIONS, "until": NEEDS, "at_most": st.sampled_from(["2", "12"])},
    ),
    "not_before": POINTS,
    "at": POINTS,
    "consent": st.just("shelter"),
    "accept_within": LENGTHS,
    "first_sign_within": LENGTHS,
    "complete_within": LIMITS | st.lists(LIMITS, min_size=1, max_size=3),
    "within": LIMITS | st.lists(LIMITS, min_size=1, max_size=3),
    "watched_by": st.just("legal_aid"),
    "results": st.dictionaries(
        RESULTS, st.sampled_from([{}, {"evidence": {"at": "datetime"}}, {"sets": {"risk": "high"}}]), min_size=1
    ),
    "escalate": st.lists(
        st.fixed_dictionaries({"after": LENGTHS, "to": st.sampled_from([*RungTarget])}), min_size=1, max_size=4
    ),
    "on_expiry": SILENCES,
    "extend": st.fixed_dictionaries(
        {"by": LENGTHS, "at_most": st.sampled_from(["1", "2"]), "agreed_by": st.just(["coordinator"])},
        optional={"source": st.just(SOURCE)},
    ),
    "source": st.just(SOURCE),
    "clock": st.sampled_from([*Clock]),
}
OWN: dict[str, st.SearchStrategy[object]] = {
    "ask": st.just("police"),
    "tell": st.just("police"),
    "await": TEXTS,
    "start": st.sampled_from(["legal", "drawn"]),
}


def step_of(kind: str) -> st.SearchStrategy[dict[str, object]]:
    """A step of this kind with all it must have, and some of what it may."""
    needed = {kind: OWN[kind], **{word: HELD[word] for word in words.REQUIRED[kind]}}
    if "source" in words.OF_KIND[kind]:
        needed["source"] = HELD["source"]
    known = (*words.COMMON, *words.OF_KIND[kind])
    may = {word: HELD[word] for word in known if word in HELD and word not in needed}
    return st.fixed_dictionaries(needed, optional=may)


PATHWAYS = st.fixed_dictionaries(
    {
        "pathway": st.just("drawn"),
        "edition": st.just("1"),
        "title": TEXTS,
        "consent": st.just("shelter"),
        "steps": st.fixed_dictionaries({name: st.sampled_from(words.KINDS).flatmap(step_of) for name in STEPS}),
        "outcomes": st.dictionaries(RESULTS, NEEDS, max_size=1).map(lambda some: {**some, "over": [*STEPS]}),
    },
    optional={"within": LIMITS, "source": st.just(SOURCE), "on_expiry": SILENCES},
)


@settings(max_examples=DRAWN, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PATHWAYS)
def test_a_pathway_of_parts_that_are_right_is_refused_with_its_faults_or_can_be_shown(tree: dict[str, object]) -> None:
    check(flow(tree))
