"""What the outside watcher writes: which house, since when, and what to do. It knows of no case."""

from dataclasses import dataclass

from notifiers.language import language_of, translator
from notifiers.moments import long_deadline, short_deadline
from procedures.marking import N_
from procedures.vigil import Seen, Telling, Word

SUBJECTS = {
    Telling.TROUBLE: N_("Staffetta: the house at {house} needs you"),
    Telling.BACK: N_("Staffetta: the house at {house} is back"),
}
WHAT = {
    Seen.SILENT: N_("It has not answered since {moment}."),
    Seen.STRANGE: N_("Since {moment} something else answers in its place, or its key was changed."),
    Seen.TROUBLED: N_("It answers, but since {moment} something in it does not work: {faults}."),
}
SMS = {
    Seen.SILENT: N_("silent since {moment}"),
    Seen.STRANGE: N_("something else answers since {moment}"),
    Seen.TROUBLED: N_("not at work since {moment} ({faults})"),
}
FAULTS = {
    "database": N_("nothing can be saved"),
    "disk": N_("the disk is full"),
    "migrations": N_("program and database do not fit"),
    "messages-late": N_("messages wait"),
    "deadlines-late": N_("deadlines wait"),
    "dispatcher-silent": N_("nobody sends"),
    "engine-silent": N_("the history stands still"),
}
"""What a house says of itself, by name."""
TO_DO = N_(
    "Messages may not go out and deadlines may pass unseen. Telephone the services of what is open, and tell whoever "
    "runs the machine."
)
GOOD_AGAIN = N_("It has been well again since {moment}. Look at the desk for what waited meanwhile.")
TRYING = N_("This is a test of the outside watcher: nobody needs you now. If you read it, the channel works.")


@dataclass(frozen=True)
class Text:
    """A message in one language."""

    subject: str
    body: str


def word_for(word: Word, house: str, *, channel: str, language: str) -> Text:
    """Word what there is to say of the house of this address. An SMS has no subject."""
    catalogue = translator(language_of(language), "notifiers")
    _ = catalogue.gettext
    faults = ", ".join(_(FAULTS.get(one, one)) for one in word.sight.faults)
    if channel == "sms":
        short = short_deadline(word.since, catalogue)
        if word.telling is Telling.BACK:
            return Text("", _("Staffetta: the system works again since {moment}.").format(moment=short))
        what = _(SMS[word.sight.seen]).format(moment=short, faults=faults.partition(", ")[0])
        return Text("", _("Staffetta: the system is {what}. Telephone for what is open.").format(what=what))
    long = long_deadline(word.since, language_of(language), catalogue)
    subject = _(SUBJECTS[word.telling]).format(house=house)
    if word.telling is Telling.BACK:
        return Text(subject, _(GOOD_AGAIN).format(moment=long) + "\n")
    what = _(WHAT[word.sight.seen]).format(moment=long, faults=faults)
    return Text(subject, f"{what}\n\n{_(TO_DO)}\n")


def word_for_trying(house: str, *, channel: str, language: str) -> Text:
    """Word the test that somebody asks for when she sets the watcher up."""
    _ = translator(language_of(language), "notifiers").gettext
    if channel == "sms":
        return Text("", _("Staffetta: test of the outside watcher, no answer is needed."))
    return Text(_("Staffetta: test of the watcher of {house}").format(house=house), f"{_(TRYING)}\n")
