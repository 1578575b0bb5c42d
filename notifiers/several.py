"""Several requests to one person in one mail, which says how many they are; each with a page and a code of its own."""

from collections.abc import Sequence
from datetime import UTC, datetime

from notifiers.language import language_of, translator
from notifiers.message import Notice
from notifiers.moments import long_deadline, subject_deadline
from notifiers.wording import HASTE

NEVER = datetime.max.replace(tzinfo=UTC)


def compose_several(notices: Sequence[Notice], *, language: str) -> tuple[str, str]:
    """Word them for a mail, the most urgent first: its subject and its body. All of them ask for an answer."""
    notices = sorted(notices, key=lambda one: (one.answer_by is None, one.answer_by or NEVER))
    language = language_of(language)
    catalogue = translator(language, "notifiers")
    _ = catalogue.gettext
    count, drill = len(notices), notices[0].drill
    dated = [(one.answer_by, one.urgency) for one in notices if one.answer_by is not None]
    subject = _("Staffetta: {count} requests wait for your answer").format(count=count)
    if dated:
        deadline = subject_deadline(*min(dated), language, catalogue)
        subject = _("Staffetta: {count} requests, please answer the first by {deadline}").format(
            count=count, deadline=deadline
        )
    paragraphs = [_("DRILL: this is an exercise, nobody is in danger.")] if drill else []
    paragraphs.append(
        _(
            "{count} requests wait for you. They come in one mail because they had to wait at the same time. Please "
            "say of each whether you can take it, on its own page: an answer to this mail reaches nobody."
        ).format(count=count)
    )
    for number, one in enumerate(notices, start=1):
        lines = [_("{number} of {count}. Reference: {ref}").format(number=number, count=count, ref=one.ref)]
        lines.append(_("Urgency: {urgency}").format(urgency=_(HASTE[one.urgency])))
        if one.answer_by is not None:
            lines.append(_("Deadline: {deadline}").format(deadline=long_deadline(one.answer_by, language, catalogue)))
        lines += [_("Open this page and enter the code:"), one.link or "", _("Code: {code}").format(code=one.code)]
        paragraphs.append("\n".join(lines))
    return f"{_('DRILL')} - {subject}" if drill else subject, "\n\n".join(paragraphs) + "\n"
