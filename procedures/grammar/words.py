"""The words of the pathway language, this edition's and those that a later one will know."""

from dataclasses import replace

from procedures.grammar.drafts import STEP_MOMENTS
from procedures.reading import Form

KINDS = tuple(STEP_MOMENTS)
COMMON = ("title", "needs", "when", "looked_at", "not_before", "repeat", "consent", "basis", "told_in")
TIMED = ("on_expiry", "extend", "source", "clock", "results", "ends_when", "pauses_on", "resumes_on")
PROMISES = ("accept_within", "first_sign_within", "complete_within")
OF_KIND = {
    "ask": ("choose", "not_delegable", "two_persons", "anew", *PROMISES, "escalate", *TIMED),
    "tell": ("choose", "at", "level"),
    "await": ("watched_by", "choose", "not_delegable", "anew", "within", *TIMED),
    "start": (),
}
"""The words of each kind of step beside the common ones."""

INSTEAD = {
    ("await", "complete_within"): "within",
    ("await", "accept_within"): "within",
    ("ask", "within"): "complete_within",
}
"""The word a kind of step has for what was meant."""
NEVER = "never"

REQUIRED = {
    "ask": {
        "title": "title: {it: Trovare un posto, en: Find a place}",
        "accept_within": "accept_within: 15 min",
        "complete_within": "complete_within: 4 h",
    },
    "tell": {"title": "title: {it: Avvisare la polizia, en: Tell the police}"},
    "await": {
        "title": "title: {it: Udienza, en: Hearing}",
        "watched_by": "watched_by: legal_aid",
        "within": "within: 3 days of report.registered",
    },
    "start": {"title": "title: {it: Assistenza legale, en: Legal help}"},
}

IN_CHOOSE = (
    "territory",
    "same_as",
    "different_from",
    "same_person_as",
    "other_person_than",
    "barred",
    "how_many",
    "picked",
)
"""What stands inside `choose`, and is easily written beside the competence."""
LATER_STEP = frozenset(
    {
        "act_first",
        "all",
        "also_tell",
        "deputy_of",
        "first",
        "members",
        "n_of",
        "on_results",
        "people",
        "recipients",
        "reconsidered_by",
        "required",
        "tell_her",
        "told_when",
    }
)
LATER_PATHWAY = frozenset(
    {
        "reopen",
        "repeat",
        "subjects",
        "version",
        "withdrawn",
    }
)

PATHWAY = Form(
    known=(
        "pathway",
        "edition",
        "title",
        "case",
        "subject",
        "consent",
        "basis",
        "told_in",
        "opened_by",
        "schedule",
        "tests_channels",
        "facts",
        "within",
        "on_expiry",
        "source",
        "clock",
        "signals",
        "stays_open",
        "steps",
        "outcomes",
    ),
    required={
        "pathway": "pathway: shelter",
        "edition": "edition: 1",
        "title": "title: {it: Accoglienza in emergenza, en: Emergency shelter}",
        "consent": "consent: shelter",
        "steps": "steps: {find_place: {ask: emergency_shelter, …}}",
    },
    later=LATER_PATHWAY,
)
OWN_WORK = replace(PATHWAY, required={word: said for word, said in PATHWAY.required.items() if word != "consent"})
"""The same for the network's own work (`case: none`), which nobody consents to."""
OUTCOMES = "outcomes: {housed: find_place.housed}"
"""Needed as soon as there is more than one step: of one alone, the end is its own."""

RESERVED_STEPS = frozenset({"case", "pathway", "fact", "signal"})
RESERVED_RESULTS = frozenset({"requested", "accepted", "completed", "expired", "evidence", "escalate", "note"})
RESERVED_OUTCOMES = RESERVED_RESULTS | {"ended"}
"""`ended` is how a pathway ends when none of its outcomes holds."""
ENDED = "ended"
NO_CONSENT = "none"
NO_CASE = "none"
