"""The shipped procedures: what they promise, on whose word, and that they can be carried."""

from collections.abc import Iterator

import pytest

from procedures.grammar.needs import admitted
from procedures.loading import SHIPPED, check_paths, shipped_library
from procedures.placing import competences_of
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
    "work_guidance",
    "work_grants",
    "self_defence_course",
    "digital_safety",
    "coordination",
}
THE_FOUR = {"intake", "shelter", "legal", "psychological"}
FURTHER = {
    "emergency_room",
    "codice_rosso",
    "protection_order",
    "high_risk_conference",
    "children_who_witnessed",
    "economic_autonomy",
    "self_defence",
    "online_safety",
    "follow_up",
    "transfer",
}
OWN_WORK = {"tavolo_meeting", "protocol_renewal", "channel_test"}


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


def test_seventeen_pathways_are_shipped_without_a_fault_or_a_warning() -> None:
    assert set(LIBRARY.current) == THE_FOUR | FURTHER | OWN_WORK
    assert {name for name, pathway in LIBRARY.current.items() if pathway.no_case} == OWN_WORK
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
    of_the_law = {step.name for step in waits for limit in step.within if limit.clock is Clock.STATUTORY}
    assert {step.name for step in waits} - of_the_law == {"quiet_year", "other_network", "received", "signatures"}


def test_the_pathways_ask_only_for_competences_of_the_sample_network() -> None:
    asked = {
        competence
        for pathway in LIBRARY.current.values()
        for step in pathway.steps.values()
        if isinstance(step, AskStep | TellStep)
        for competence in competences_of(step)
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
    own = THE_FOUR | FURTHER - {"codice_rosso", "children_who_witnessed"}
    assert LIBRARY.consents() == own | {"child.children_who_witnessed"}


def test_only_imminent_danger_and_a_duty_in_law_go_without_her_consent() -> None:
    without = [
        (pathway.name, step)
        for pathway in LIBRARY.current.values()
        for step in pathway.steps.values()
        if step.consent is None and pathway.name != "codice_rosso" and not pathway.no_case
    ]
    assert {(pathway, step.name) for pathway, step in without} == {
        ("intake", "tell_police"),
        ("intake", "medical_report"),
        ("emergency_room", "tell_police"),
        ("emergency_room", "medical_report"),
        ("children_who_witnessed", "danger_to_children"),
        ("children_who_witnessed", "juvenile_prosecutor"),
    }
    assert all(step.basis for _, step in without)
    for _, step in without:
        if step.name == "tell_police":
            assert step.when is not None
            assert admitted(step.when, "risk") == {"imminent"}


def test_codice_rosso_acts_by_law_and_ends_with_her_knowing_of_it() -> None:
    pathway = LIBRARY.current["codice_rosso"]
    assert pathway.basis is not None
    assert "L. 69/2019" in pathway.basis.it
    assert {"tell_her_ordered", "tell_her_without"} <= set(pathway.steps)


@pytest.mark.parametrize(
    ("pathway", "step", "words"),
    [
        ("emergency_room", "triage", "20 min"),
        ("emergency_room", "medical_report", "48 h of triage.evidence.visit_at"),
        ("codice_rosso", "hearing", "3 days of written.evidence.registered_at"),
        ("codice_rosso", "precautionary_measures", "30 days of written.evidence.suspect_registered_at"),
        ("codice_rosso", "judge_decides", "20 days of precautionary_measures.evidence.filed_at"),
        ("high_risk_conference", "minutes", "3 working days in IT of convene.evidence.meets_at"),
        ("high_risk_conference", "quiet_year", "12 months of convene.evidence.meets_at"),
        ("economic_autonomy", "notice", "7 days before first_talk.evidence.leave_from"),
        ("economic_autonomy", "end_of_leave", "3 months of first_talk.evidence.leave_from"),
    ],
)
def test_what_was_read_in_a_source_says_so_in_the_words_of_the_pathway(pathway: str, step: str, words: str) -> None:
    limit = limit_of(pathway, step)
    assert (limit.words, limit.source.verified) == (words, True)


def test_each_pathway_can_end_by_every_outcome_it_names() -> None:
    for pathway in LIBRARY.current.values():
        assert len(pathway.outcomes) >= 2
        assert len({outcome.name for outcome in pathway.outcomes}) == len(pathway.outcomes)
