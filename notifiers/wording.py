"""From a notice to what a person reads: reference, urgency, deadline, link and code; nothing else exists here."""

import gettext

from notifiers.gsm import SEGMENT, septets
from notifiers.language import language_of, translator
from notifiers.message import Notice
from notifiers.moments import long_deadline, short_deadline, subject_deadline
from notifiers.sentences import ANSWER_BY, SENTENCES
from notifiers.spoken import compose_spoken
from procedures.alert_events import AlertPurpose
from procedures.marking import N_
from procedures.urgency import Urgency

BY_SMS = N_("or by SMS: YES or NO, and the code")
HASTE = {Urgency.NOW: N_("now"), Urgency.TODAY: N_("within 24 hours"), Urgency.PLANNED: N_("planned")}
COPY = N_(
    "This is a certified copy, as evidence. The same went out by the other ways on record: please answer there, "
    "not to this message."
)
HASTE_SHORT = {Urgency.NOW: N_("NOW"), Urgency.TODAY: N_("Within 24 h"), Urgency.PLANNED: N_("Planned")}


def compose(notice: Notice, *, channel: str, language: str) -> tuple[str, str]:
    """Word a notice for `email`, `pec`, `sms`, `voice` or `push`: its subject (empty for an SMS) and its body."""
    language = language_of(language)
    catalogue = translator(language, "notifiers")
    if channel == "voice":
        return "", compose_spoken(notice, language=language)
    if channel == "push":
        waits = catalogue.gettext("A request waits for an answer ({ref}).").format(ref=notice.ref)
        return "", f"{catalogue.gettext('DRILL')} - {waits}" if notice.drill else waits
    if channel == "sms":
        return "", _sms(notice, catalogue)
    body = _mail(notice, language, catalogue)
    if channel == "pec" and notice.purpose is not AlertPurpose.TEST:
        body += "\n" + catalogue.gettext(COPY) + "\n"
    return _subject(notice, language, catalogue), body


def _subject(notice: Notice, language: str, catalogue: gettext.NullTranslations) -> str:
    _ = catalogue.gettext
    sentences = SENTENCES[notice.purpose]
    if sentences.subject:
        subject = _(sentences.subject).format(ref=notice.ref)
    elif sentences.news:
        subject = _("Staffetta: news on reference {ref}").format(ref=notice.ref)
    elif notice.answer_by is None:
        subject = _("Staffetta: reference {ref}").format(ref=notice.ref)
    else:
        deadline = subject_deadline(notice.answer_by, notice.urgency, language, catalogue)
        asks = sentences.sms == ANSWER_BY
        dated = (
            _("Staffetta: reference {ref}, please answer by {deadline}")
            if asks
            else _("Staffetta: reference {ref}, due by {deadline}")
        )
        subject = dated.format(ref=notice.ref, deadline=deadline)
    return f"{_('DRILL')} - {subject}" if notice.drill else subject


def _mail(notice: Notice, language: str, catalogue: gettext.NullTranslations) -> str:
    _ = catalogue.gettext
    sentences = SENTENCES[notice.purpose]
    paragraphs = [_("DRILL: this is an exercise, nobody is in danger.")] if notice.drill else []
    facts = [_("Reference: {ref}").format(ref=notice.ref)]
    if notice.answer_by is not None and not sentences.news:
        facts.append(_("Urgency: {urgency}").format(urgency=_(HASTE[notice.urgency])))
        facts.append(_("Deadline: {deadline}").format(deadline=long_deadline(notice.answer_by, language, catalogue)))
    paragraphs += ["\n".join(facts), _(sentences.mail).format(ref=notice.ref, not_us=_not_us(notice, catalogue))]
    if notice.link is not None and not sentences.news:
        steps = [_("Open this page and enter the code:"), notice.link]
        if notice.code is not None:
            steps.append(_("Code: {code}").format(code=notice.code))
        paragraphs.append("\n".join(steps))
    if notice.by_mail:
        paragraphs.append(_("Or answer this mail with 1 alone (we take it) or with 2 alone (we cannot)."))
    if notice.again and not sentences.news:
        paragraphs.append(_("You have been told of this before."))
    return "\n\n".join(paragraphs) + "\n"


def _not_us(notice: Notice, catalogue: gettext.NullTranslations) -> str:
    """What to do where nobody of the service said so."""
    if notice.telephone is None:
        return catalogue.gettext("Was it none of you? Telephone the coordination at once.")
    said = catalogue.gettext("Was it none of you? Telephone {telephone} at once.")
    return said.format(telephone=notice.telephone)


def _sms(notice: Notice, catalogue: gettext.NullTranslations) -> str:
    _ = catalogue.gettext
    sentences = SENTENCES[notice.purpose]
    parts = [_("DRILL")] if notice.drill else []
    again = _(" again") if notice.again and not sentences.news else ""
    parts.append(f"Staffetta {notice.ref}{again}.")
    if sentences.news:
        return " ".join([*parts, _(sentences.sms).format(not_us=_not_us(notice, catalogue))])
    if notice.answer_by is None:
        what = _(sentences.sms_undated or sentences.sms)
    else:
        parts.append(_(HASTE_SHORT[notice.urgency]) + ".")
        what = _(sentences.sms).format(deadline=short_deadline(notice.answer_by, catalogue))
    if notice.link is None:
        return " ".join([*parts, f"{what}."])
    parts += [f"{what}:", notice.link]
    if notice.code is None:
        return " ".join(parts)
    said = " ".join([*parts, _("code {code}").format(code=notice.code)])
    # Only where it fits: two SMS for one alert arrive apart, or one of them alone.
    more = f"{said} {_(BY_SMS)}"
    return more if notice.by_sms and septets(more) <= SEGMENT else said
