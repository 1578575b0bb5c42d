"""What whoever runs the house is told of a carrier in trouble. It knows of no case, and nobody is named."""

from dataclasses import dataclass
from datetime import datetime

from notifiers.language import language_of, translator
from notifiers.moments import long_deadline, short_deadline
from procedures.directory import SECOND_CARRIER
from procedures.marking import N_

CHANNELS = {
    "email": N_("mail"),
    "sms": N_("SMS"),
    "pec": N_("certified mail"),
    "voice": N_("telephone calls"),
    "push": N_("messages to browsers"),
}


@dataclass(frozen=True, slots=True)
class CarrierWord:
    """What there is to say."""

    carrier: str
    """`email`, `email.second`."""
    since: datetime
    """Since when it is in trouble or, where it is over, works again; aware UTC."""
    over: bool


def compose_carrier_word(word: CarrierWord, *, channel: str, language: str) -> tuple[str, str]:
    """Subject and body; an SMS has no subject."""
    language = language_of(language)
    catalogue = translator(language, "notifiers")
    _ = catalogue.gettext
    kind = word.carrier.removesuffix(SECOND_CARRIER)
    name = _(CHANNELS[kind]) if kind in CHANNELS else kind
    if word.carrier != kind:
        name = _("{channel} (second carrier)").format(channel=name)
    if channel == "sms":
        short = {"channel": name, "moment": short_deadline(word.since, catalogue)}
        if word.over:
            return "", _("Staffetta: alerts by {channel} leave again since {moment}.").format(**short)
        return "", _("Staffetta: alerts by {channel} do not leave since {moment}. Look at the carrier.").format(**short)
    long = {"channel": name, "moment": long_deadline(word.since, language, catalogue)}
    if word.over:
        subject, said = N_("Staffetta: {channel} leaves again"), N_("Alerts by {channel} leave again since {moment}.")
        return _(subject).format(**long), _(said).format(**long) + "\n"
    paragraphs = (
        N_("Since {moment} the carrier of {channel} does not take the alerts of this house."),
        N_(
            "Whoever has another channel is alerted over that one; whoever has none waits, and the desk shows it. It "
            "is tried again by itself."
        ),
        N_("Look at the account with the carrier and at this machine's network; staffetta doctor tells more."),
    )
    body = "\n\n".join(_(one).format(**long) for one in paragraphs)
    return _(N_("Staffetta: {channel} does not leave")).format(**long), f"{body}\n"
