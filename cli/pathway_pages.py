"""A pathway on the terminal and on paper, for people who did not write it."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from cli.speech import _, language, translate_fault
from procedures.marking import N_
from procedures.schema import Fact, Pathway
from procedures.showing.comparing import Change, Difference
from procedures.showing.consents import NONE_KNOWN
from procedures.showing.svg import drawing, size_of
from procedures.showing.timetable import Silence, worst_case
from procedures.showing.words import Part, plain_words

INDENT = "    "
CHANGES = {
    Change.NEW: N_("New: {heading}"),
    Change.GONE: N_("Gone: {heading}"),
    Change.CHANGED: N_("Changed: {heading}"),
}
STYLE = """
body { font: 11pt/1.45 system-ui, sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; color: #1a1a1a }
h1 { font-size: 1.6em } h2 { font-size: 1.15em; margin: 1.4em 0 .3em } p { margin: .2em 0 }
svg { width: 100%; height: auto } .drawing { margin: 1em 0 } table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid #ccc; text-align: left; padding: .25em .6em .25em 0; vertical-align: top }
.signatures td { height: 3em }
@page { size: A4; margin: 2cm }
@media print { body { max-width: none; margin: 0; padding: 0 } h2 { break-after: avoid } }
@media print { h2, p, tr { break-inside: avoid } }
"""
ON_ITS_OWN_PAGE = """
@page drawing {{ size: {width}px {height}px; margin: 24px }}
@media print {{ .drawing {{ page: drawing; margin: 0 }} .drawing svg {{ width: {inner}px }} }}
"""
"""On paper a drawing has a page of its own size, so that its words stay as large as they are; a printer fits it."""


def pathway_lines(
    pathway: Pathway, facts: Mapping[str, Fact], others: Mapping[str, Pathway] = NONE_KNOWN
) -> Iterator[str]:
    """The whole pathway in plain words, then whom silence leads to; `others` are the pathways that it may start."""
    for part in plain_words(pathway, facts, translate_fault, language(), others):
        yield part.heading
        yield from (INDENT + sentence for sentence in part.sentences)
        yield ""
    yield _("If nobody ever answers")
    for silence in worst_case(pathway, translate_fault, language()):
        yield INDENT + silence.title
        yield from (f"{INDENT * 2}{call.after}: {call.what}" for call in silence.calls)


def difference_lines(found: Iterable[Difference]) -> Iterator[str]:
    """What changed, part by part: what it said, then what it says."""
    nothing = True
    for difference in found:
        nothing = False
        yield _(CHANGES[difference.change]).format(heading=difference.heading)
        yield from (f"  - {sentence}" for sentence in difference.before)
        yield from (f"  + {sentence}" for sentence in difference.now)
    if nothing:
        yield _("Both say the same.")


def page(pathway: Pathway, facts: Mapping[str, Fact], others: Mapping[str, Pathway] = NONE_KNOWN) -> str:
    """One page to be printed and signed: the drawing, the words, the worst case, who signed, and the text it is of."""
    parts = plain_words(pathway, facts, translate_fault, language(), others)
    image = drawing(pathway, facts, translate_fault, language(), others)
    width, height = size_of(image)
    own_page = ON_ITS_OWN_PAGE.format(width=width + 48, height=height + 48, inner=width)
    whole = [
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">',
        f"<title>{escape(parts[0].heading)}</title><style>{STYLE}{own_page}</style></head><body>",
        f"<h1>{escape(parts[0].heading)}</h1>",
        *(f"<p>{escape(sentence)}</p>" for sentence in parts[0].sentences),
        f'<div class="drawing">{image}</div>',
        *(line for part in parts[1:] for line in _section(part)),
        *_table(worst_case(pathway, translate_fault, language())),
        *_signatures(pathway),
        "</body></html>",
    ]
    return "\n".join(whole) + "\n"


def _section(part: Part) -> Iterator[str]:
    yield f"<h2>{escape(part.heading)}</h2>"
    yield from (f"<p>{escape(sentence)}</p>" for sentence in part.sentences)


def _table(silences: Iterable[Silence]) -> Iterator[str]:
    heading = _("If nobody ever answers")
    yield f"<h2>{escape(heading)}</h2><table>"
    for silence in silences:
        yield f'<tr><th colspan="2">{escape(silence.title)}</th></tr>'
        for call in silence.calls:
            yield f"<tr><td>{escape(call.after)}</td><td>{escape(call.what)}</td></tr>"
    yield "</table>"


def _signatures(pathway: Pathway) -> Iterator[str]:
    signatures = _("Signatures")
    yield f"<h2>{escape(signatures)}</h2>"
    said = _("This page was made from the text with the fingerprint {hash}.").format(hash=pathway.content_hash)
    yield f"<p>{escape(said)}</p>"
    heads = "".join(f"<th>{escape(word)}</th>" for word in (_("Body"), _("Name"), _("Date"), _("Signature")))
    yield f'<table class="signatures"><tr>{heads}</tr>'
    yield from ("<tr><td></td><td></td><td></td><td></td></tr>" for _row in range(4))
    yield "</table>"
