"""Why this service and no other, and why nobody: in words for the page."""

from collections.abc import Mapping
from functools import partial

from notifiers.language import translator
from procedures.events import NobodyBecause, ServiceChosen
from procedures.showing.choices import Saying, why_chosen
from web.naming import Names
from web.saying import N_

NOBODY: Mapping[str, str] = {
    NobodyBecause.TERRITORY_UNKNOWN: N_(
        "Nobody can be chosen for “%(step)s”: nobody told in which territory to look. The coordinator has it at once."
    ),
    NobodyBecause.BODY_UNKNOWN: N_(
        "Nobody can be chosen for “%(step)s”: it is not known which body did the step that it is compared with. The "
        "coordinator has it at once."
    ),
    NobodyBecause.PERSON_UNKNOWN: N_(
        "Nobody can be chosen for “%(step)s”: it is not known which person took the step that it is compared with. The "
        "coordinator has it at once."
    ),
    NobodyBecause.ALL_ASKED: N_(
        "All that may be asked for “%(step)s” were asked at once, and nobody comes in the place of one that cannot: "
        "the coordinator has it at once."
    ),
    NobodyBecause.CONSENT_OVER: N_(
        "Her consent to “%(step)s” ended while it was asked for: nobody more is asked, and the coordinator has it at "
        "once."
    ),
    NobodyBecause.NOT_DELEGABLE: N_("“%(step)s” is not passed on to another service: the coordinator has it at once."),
}
"""Why nobody can be asked, where it is more than that nobody is there."""

TO_PICK = N_("%(holder)s is asked to pick who does it: “%(step)s”.")
DECIDED_ON_WORD = N_(
    "“%(step)s” was decided anew on the word of %(whose)s: %(result)s (before: %(old_result)s). Why: %(reason)s."
)
OPENED_ON_WORD = N_("The case was opened by %(actor)s, on the word of: %(whose)s.")


def why(names: Names, content_hash: str, event: ServiceChosen) -> str:
    """Why it was this service."""
    say = translator(names.language, "procedures").gettext
    return why_chosen(event, Saying(partial(names.step, content_hash), names.service, say, names.language))
