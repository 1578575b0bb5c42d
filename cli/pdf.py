"""A page as PDF/A-3u, to be kept and signed: with the extra `pdf` alone."""

from pathlib import Path

from cli.errors import FileNotWritten, NoPdf, NoPdfLibraries
from procedures.reasons import reason_of

VARIANT = "pdf/a-3u"
"""For keeping: fonts inside, nothing fetched, every letter can be searched (ISO 19005-3)."""


def write_pdf(html: str, path: Path) -> None:
    """Write the page into this file.

    Raises:
        NoPdf: the extra is not installed.
        NoPdfLibraries: it is, and the system lacks what it sets letters with.
        FileNotWritten: the file cannot be written.
    """
    written = made(html)
    try:
        path.write_bytes(written)
    except OSError as failed:
        raise FileNotWritten(path=path, why=reason_of(failed)) from None


def made(html: str) -> bytes:
    """The page, with its parts tagged so that it can be read aloud. Raises NoPdf, NoPdfLibraries."""
    try:
        from weasyprint import HTML  # type: ignore[import-untyped]  # it ships no types
    except ImportError:
        raise NoPdf from None
    except OSError:
        raise NoPdfLibraries from None
    page = HTML(string=html, url_fetcher=_nothing)
    return bytes(page.write_pdf(pdf_variant=VARIANT, pdf_tags=True))


def _nothing(url: str, *_more: object, **_others: object) -> dict[str, object]:
    """The page holds all that it shows: whatever it asked for would come from elsewhere."""
    raise ValueError(url)
