"""`choose` as it is written: which of several services is asked, what can never be so, and how it is told."""

from pathlib import Path
from textwrap import indent

import pytest

from models.network import parse_network, sample_network
from notifiers.language import translator
from procedures.faults import Fault
from procedures.loading import check_paths, load_facts, load_pathway, shipped_facts
from procedures.schema import AskStep, Choice, Pathway
from procedures.showing.svg import drawing
from procedures.showing.timetable import worst_case
from procedures.showing.words import plain_words
from tests.unit.marked import HEAD, ask, codes, faults_of, place_of_mark

FACTS = {
    **shipped_facts(),
    **load_facts(
        "facts:\n  new_area: {type: choice, title: {it: Nuova zona, en: New area}, "
        "choices: {valle_chiara: {it: Valle, en: Valley}, costa_serena: {it: Costa, en: Coast}}}\n",
        "facts.yaml",
    ),
}
SOURCE = "source: {text: invented, verified: false}"
LONGER = f"{{by: 1 h, at_most: 1, agreed_by: [coordinator], {SOURCE}}}"
OWN = "»2 h of escort.accepted"
SAME = ", needs: [escort], choose: {same_as: »escort}"
TELL = "%s: {tell: %s, title: {it: A, en: A}%s}\n"


def told(*steps: tuple[str, str, str]) -> str:
    """A pathway of notices: name, competence, and what else each says."""
    written = "".join(TELL % step for step in steps)
    return HEAD.replace("done: find_place", f"done: {steps[0][0].strip('»')}") + indent(written, "  ")


def one(more: str) -> str:
    return told(("a", "police", f", {more}"))


def after(more: str, second: str = "legal_aid") -> str:
    """A step `b` after the step `a`, with this choice."""
    return told(("a", "police", ""), ("b", second, f", needs: [a], choose: {{{more}}}"))


WRONG_CHOICES = [
    ("inside-choose", one("»barred: [legal_aid]")),
    ("inside-choose", one("»same_as: a")),
    ("inside-choose", told(("a", "police", ""), ("b", "police", ", needs: [a], »territory: fact.new_area"))),
    ("chooses-nothing", one("choose: »{}")),
    ("expected", one("choose: »police")),
    ("how-many", ask("choose: {how_many: »1}")),
    ("how-many", ask("choose: {how_many: »10}")),
    ("how-many", ask("choose: {how_many: »true}")),
    ("how-many", ask("choose: {how_many: »most}")),
    ("each-is-asked", one("choose: {how_many: »2}")),
    ("each-is-asked", one("choose: {how_many: »all}")),
    ("each-contradicts", ask("choose: {how_many: all, picked: »true}")),
    ("each-contradicts", ask("choose: {how_many: 2}\nnot_delegable: »true")),
    ("each-contradicts", ask("choose: {how_many: 2}\ntwo_persons: »true")),
    ("each-contradicts", ask("choose: {how_many: 2}\non_expiry: »done")),
    ("each-contradicts", ask("choose: {how_many: 2}\nrepeat: »{every: 30 days, at_most: 2}")),
    ("each-contradicts", ask(f"choose: {{how_many: 2}}\nextend: »{LONGER}")),
    ("each-from-its-own", ask("choose: {how_many: 2}").replace("complete_within: 3 h", f"complete_within: {OWN}")),
    (
        "all-were-asked",
        ask("choose: {how_many: all}\nescalate: [»{after: 20 min, to: next_service}, {after: 1 h, to: coordinator}]"),
    ),
    ("same-as-several", ask("choose: {how_many: all}", TELL % ("w", "police", SAME))),
    ("first-is-asked", one("choose: {how_many: »first}")),
    ("inside-choose", one("»how_many: first")),
    ("picked-is-asked", one("choose: {picked: »true}")),
    ("expected", one("choose: {picked: »yes}")),
    ("inside-choose", one("»picked: true")),
    ("misspelt-word", one("choose: {»baredd: [legal_aid]}")),
    ("not-a-fact", one("choose: {territory: »valle_chiara}")),
    ("not-a-fact", one("choose: {territory: »[fact.new_area]}")),
    ("unknown-fact", one("choose: {territory: »fact.new_aera}")),
    ("no-territory-fact", one("choose: {territory: »fact.injuries}")),
    ("unknown-step", after("same_as: »c")),
    ("unknown-step", after("different_from: [a, »c]")),
    ("chosen-by-itself", after("different_from: »b")),
    ("asks-nobody", told(("a", "police", ""), ("b", "police", ", needs: [help], choose: {same_as: »help}"))
        + "  help: {start: legal, title: {it: A, en: A}, consent: legal}\n"),
    ("not-done-before", told(("a", "police", ""), ("b", "police", ", choose: {same_as: »a}"))),
    ("bars-itself", one("choose: {barred: [legal_aid, »police]}")),
    ("bars-the-last-link", one("choose: {barred: [»operator]}")),
    ("choice-contradicts", after("same_as: a, different_from: [»a]")),
    (
        "choice-contradicts",
        told(
            ("a", "police", ""),
            ("b", "police", ", needs: [a], choose: {same_as: a}"),
            ("c", "police", ", needs: [b], choose: {same_as: b, different_from: »a}"),
        ),
    ),
    (
        "passed-on",
        ask("not_delegable: true\nescalate: [»{after: 20 min, to: next_service}, {after: 1 h, to: coordinator}]"),
    ),
    (
        "all-were-asked",
        ask("choose: {how_many: first}\nescalate: [»{after: 20 min, to: next_service}, {after: 1 h, to: coordinator}]"),
    ),
    ("first-contradicts", ask("choose: {how_many: first, picked: »true}")),
    ("first-contradicts", ask("choose: {how_many: first}\nnot_delegable: »true")),
    ("one-each", ask("").replace("ask: emergency_shelter", "ask: »[police, legal_aid]")),
    ("expected", ask("").replace("ask: emergency_shelter", "ask: »[police]")),
    ("ends-without-two", ask("two_persons: true\n»on_expiry: note").replace("»on_expiry: note", "on_expiry: »done")),
    ("no-result-to-tell", one("level: »result")),
    (
        "tells-a-fact",
        ask("when: {injuries: true}", TELL % ("w", "police", ", needs: [escort], level: »result")),
    ),
    ("told-twice", told(("a", "[police, legal_aid, »police]", ""))),
    ("expected", told(("a", "»[]", ""))),
    ("bars-itself", told(("a", "[police, legal_aid]", ", choose: {barred: [»legal_aid]}"))),
    ("same-as-several", told(("a", "[police, legal_aid]", ""), ("b", "police", ", needs: [a], choose: {same_as: »a}"))),
    ("expected", ask("not_delegable: »never")),
    ("not-here", one("»not_delegable: true")),
    ("not-here", one("»anew: never")),
    ("unknown-word", ask("anew: »always")),
    ("expected", ask("anew: {by: »legal_aid}")),
    ("expected", ask("anew: »[legal_aid]")),
    ("missing", ask("anew: »{}")),
    ("unknown-word", ask("anew: {by: [legal_aid], »never: true}")),
    ("not-here", one("»anew: {by: [legal_aid]}")),
    ("same-and-barred", after("same_as: a, barred: [»police]")),
]  # fmt: skip


def read(text: str, file: str = "right.yaml") -> Pathway:
    return load_pathway(text, file, FACTS)


@pytest.mark.parametrize(("code", "text"), WRONG_CHOICES)
def test_a_wrong_choice_is_refused_at_its_place_and_with_nothing_else(code: str, text: str) -> None:
    text, line, column = place_of_mark(text)
    found = faults_of(read, text)
    assert [(f.code, f.line, f.column) for f in found] == [(code, line, column)]


def test_a_choice_holds_each_of_its_parts() -> None:
    step = read(after("territory: fact.new_area, same_as: a, barred: legal_help_line")).steps["b"]
    assert not isinstance(step, AskStep)
    assert step.choose == Choice(territory="new_area", same_as="a", barred=("legal_help_line",))  # type: ignore[union-attr]  # a tell
    assert read(after("different_from: [a, a]")).steps["b"].choose.different_from == ("a",)  # type: ignore[union-attr]  # a tell


def test_the_service_that_watches_is_chosen_too() -> None:
    text = HEAD.replace("find_place", "a") + indent(
        TELL
        % ("a", "police", "")
        + "b: {await: {it: T, en: T}, watched_by: legal_aid, title: {it: A, en: A}, needs: [a], within: 2 days, "
        "source: {text: t, verified: false}, choose: {different_from: a}}\n",
        "  ",
    )
    assert read(text).steps["b"].choose.different_from == ("a",)  # type: ignore[union-attr]  # an await


def sentences(text: str, language: str = "en") -> list[str]:
    pathway = read(text)
    say = translator(language, "procedures").gettext
    return [said for part in plain_words(pathway, FACTS, say, language) for said in part.sentences]


def test_plain_words_say_who_is_chosen_and_what_follows_where_that_is_not_known() -> None:
    told = sentences(after("territory: fact.new_area, same_as: a, barred: [emergency_health]"))
    assert (
        "Somebody of the territory that «New area» names is chosen; where nobody told it, the coordinator is called."
        in told
    )
    assert "Never a body that also offers: emergency room." in told
    assert "Mai un ente che svolge, o ha svolto, «A»." in sentences(after("different_from: a"), "it")


def test_the_drawing_says_it_in_few_words() -> None:
    drawn = drawing(read(after("different_from: a")), FACTS, str, "en")
    assert "not the body of «A»" in drawn


def test_what_is_not_passed_on_is_told_in_words_and_in_the_drawing() -> None:
    pathway = read(ask("not_delegable: true"))
    say = translator("it", "procedures").gettext
    told = [said for part in plain_words(pathway, FACTS, say, "it") for said in part.sentences]
    assert "Non si passa a un altro servizio: se quello a cui è chiesto non può, è chiamato chi coordina." in told
    assert "not passed on" in drawing(pathway, FACTS, str, "en")


@pytest.mark.parametrize(
    ("many", "said", "drawn"),
    [
        ("first", "All of them are asked at once; the first that accepts has it", "all at once, the first has it"),
        ("all", "All of them are asked at once, and each brings its result", "all at once, each brings its result"),
        ("2", "2 of them are asked at once, and each brings its result", "2 at once, each brings its result"),
    ],
)
def test_how_many_are_asked_at_once_is_told_in_words_and_in_the_drawing(many: str, said: str, drawn: str) -> None:
    text = ask(f"choose: {{how_many: {many}}}")
    assert any(sentence.startswith(said) for sentence in sentences(text))
    assert drawn in " ".join(drawing(read(text), FACTS, str, "en").split())
    asked = worst_case(read(text), str, "en")[-1].calls[0].what
    assert asked == "several services are asked at once; each has its own time"


def test_on_whose_word_it_is_decided_anew_is_told_in_words_and_in_the_drawing() -> None:
    text = ask("anew: {by: [legal_aid, coordinator, legal_aid]}")
    said = "Una volta che ha un esito, lo si decide di nuovo solo su parola di: assistenza legale, il coordinamento."
    assert said in sentences(text, "it")
    assert "decided anew on the word of: legal help" in drawing(read(text), FACTS, str, "en")


def test_what_nobody_decides_anew_is_told_in_words_and_in_the_drawing() -> None:
    assert "Una volta che ha un esito, nessuno lo decide di nuovo." in sentences(ask("anew: never"), "it")
    assert "never decided anew" in drawing(read(ask("anew: never")), FACTS, str, "en")


def checked(text: str, folder: Path, *, network: bool = False) -> list[Fault]:
    path = folder / "pathway.yaml"
    path.write_text(text, encoding="utf-8")
    return list(check_paths([path], FACTS, parse_network(sample_network(), "network.yaml") if network else None))


def test_a_step_left_out_has_no_body_and_the_story_says_how(tmp_path: Path) -> None:
    text = told(("a", "police", ", when: {injuries: true}"), ("b", "police", ", needs: [a], choose: {same_as: »a}"))
    text, line, column = place_of_mark(text)
    (fault,) = checked(text, tmp_path)
    assert (fault.code, fault.line, fault.column) == ("same-as-nobody", line, column)
    assert "injuries is false, a is left out" in fault.message
    assert codes(checked(text.replace("needs: [a]", "needs: [a.done]"), tmp_path)) == ["no-results"]


NETWORK_CHOICES = [
    ("bars-nobody", after("barred: [summer_camp]"), "Nobody of the network offers summer_camp"),
    ("no-body-does-both", after("same_as: a"), "no body that can do a offers legal_aid too"),
    (
        "fewer-than-asked",
        ask("choose: {how_many: 9}"),
        "2 can be asked for safe_transport, and 9 are to bring a result",
    ),
    ("nobody-left", after("barred: [first_contact]", "risk_assessment"), "every service that offers risk_assessment"),
    (
        "no-other-body",
        told(("a", "police", ""), ("b", "police", ", needs: [a], choose: {different_from: a}")),
        "In costa_serena if carabinieri_costa does a, no other body is left",
    ),
]


@pytest.mark.parametrize(("code", "text", "story"), NETWORK_CHOICES)
@pytest.mark.slow
def test_a_choice_that_leaves_nobody_in_this_network_is_told(code: str, text: str, story: str, tmp_path: Path) -> None:
    found = checked(text, tmp_path, network=True)
    assert set(codes(found)) == {code}, [fault.message for fault in found]
    assert any(story in fault.message for fault in found), [fault.message for fault in found]


SHOWN_ALONE = [("same-as-nobody", ""), ("no-such-territory", "")]
"""Shown by the tests beside."""


def test_a_territory_that_the_network_does_not_have_is_told(tmp_path: Path) -> None:
    path = tmp_path / "pathway.yaml"
    path.write_text(one("choose: {territory: fact.risk}"), encoding="utf-8")
    found = check_paths([path], FACTS, parse_network(sample_network(), "network.yaml"))
    assert set(codes(found)) == {"no-such-territory"}
    assert len(found) == 4  # one for each value of the risk
