"""The shipped procedures: what they promise, on whose word, and that they can be carried."""

from collections.abc import Iterator

import pytest

from procedures.grammar.needs import admitted
from procedures.loading import SHIPPED, check_paths, shipped_library
from procedures.schema import AskStep, AwaitStep, Clock, Limit, Pathway, StartStep, TellStep

LIBRARY = shipped_library()
COMPETENCES = {
    "first_contact",
    "risk_assessment",
    "emergency_health",
    "police",
    "emergency_shelter",
    "safe_transport",
    "social_services",
    "legal_aid",
    "psychological_support",
}


def limits(pathway: Pathway) -> Iterator[tuple[str, Limit]]:
    for step in pathway.steps.values():
        if isinstance(step, AskStep):
            yield from ((step.name, limit) for limit in (step.accept_within, *step.complete_within))
            if step.first_sign_within:
                yield step.name, step.first_sign_within
        if isinstance(step, AwaitStep):
            yield from ((step.name, limit) for limit in step.within)


def limit_of(pathway: str, step: str) -> Limit:
    found = LIBRARY.current[pathway].steps[step]
    assert isinstance(found, AskStep | AwaitStep)
    (limit,) = found.complete_within if isinstance(found, AskStep) else found.within
    return limit


def test_four_pathways_are_shipped_without_a_fault_or_a_warning() -> None:
    assert set(LIBRARY.current) == {"intake", "shelter", "legal", "psychological"}
    assert check_paths([SHIPPED]) == ()


def test_every_limit_has_a_source_and_says_whether_it_was_read_there() -> None:
    for pathway in LIBRARY.current.values():
        for step, limit in limits(pathway):
            assert limit.source.text, step
            assert limit.source.verified is (limit.source.verified_on is not None), step


def test_a_figure_of_ours_is_never_given_out_as_read_somewhere() -> None:
    for pathway in LIBRARY.current.values():
        for step, limit in limits(pathway):
            ours = "invented" in limit.source.text or "of this sample" in limit.source.text
            assert not (ours and limit.source.verified), step


@pytest.mark.parametrize(
    ("pathway", "step", "hours", "clock"),
    [
        ("intake", "prevent_infection", 72, Clock.CLINICAL),
        ("intake", "prevent_pregnancy", 120, Clock.CLINICAL),
        ("intake", "medical_report", 48, Clock.STATUTORY),
        ("shelter", "integrated_team", 5 * 24, Clock.PROTOCOL),
        ("shelter", "end_of_emergency", 5 * 24, Clock.PROTOCOL),
        ("legal", "hearing", 3 * 24, Clock.STATUTORY),
        ("legal", "precautionary_measures", 30 * 24, Clock.STATUTORY),
        ("legal", "judge_decides", 20 * 24, Clock.STATUTORY),
        ("legal", "removal_asked", 48, Clock.STATUTORY),
        ("legal", "removal_validated", 48, Clock.STATUTORY),
    ],
)
def test_published_limits_stand_as_they_were_read(pathway: str, step: str, hours: int, clock: Clock) -> None:
    limit = limit_of(pathway, step)
    assert (limit.within.seconds, limit.clock, limit.source.verified) == (hours * 3600, clock, True)


def test_clinical_limits_count_from_the_violence() -> None:
    for pathway in LIBRARY.current.values():
        for step, limit in limits(pathway):
            if limit.clock is Clock.CLINICAL:
                assert limit.of.name == "incident_at", step


def test_an_authority_is_never_called_by_us_and_every_statutory_wait_is_watched() -> None:
    waits = [s for p in LIBRARY.current.values() for s in p.steps.values() if isinstance(s, AwaitStep)]
    assert waits
    assert {step.watched_by for step in waits} <= COMPETENCES
    assert {limit.clock for step in waits for limit in step.within} == {Clock.STATUTORY}


def test_the_pathways_ask_only_for_competences_of_the_sample_network() -> None:
    asked = {
        step.competence
        for pathway in LIBRARY.current.values()
        for step in pathway.steps.values()
        if isinstance(step, AskStep | TellStep)
    }
    assert asked <= COMPETENCES


def test_intake_starts_the_other_three_each_by_its_own_consent() -> None:
    starts = [s for s in LIBRARY.current["intake"].steps.values() if isinstance(s, StartStep)]
    assert {step.pathway: step.consent for step in starts} == {
        "shelter": "shelter",
        "legal": "legal",
        "psychological": "psychological",
    }
    others = {step.name for step in starts}
    for step in starts:
        assert step.when is not None
        assert step.needs.step not in others
    assert LIBRARY.consents() == {"intake", "shelter", "legal", "psychological"}


def test_only_imminent_danger_and_a_duty_in_law_go_without_her_consent() -> None:
    without = {s.name: s for p in LIBRARY.current.values() for s in p.steps.values() if s.consent is None}
    assert set(without) == {"tell_police", "medical_report"}
    assert all(step.basis for step in without.values())
    police = without["tell_police"].when
    assert police is not None
    assert admitted(police, "risk") == {"imminent"}


def test_each_pathway_can_end_by_every_outcome_it_names() -> None:
    for pathway in LIBRARY.current.values():
        assert len(pathway.outcomes) >= 2
        assert len({outcome.name for outcome in pathway.outcomes}) == len(pathway.outcomes)
