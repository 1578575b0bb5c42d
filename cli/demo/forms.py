"""Reading a page as its reader does: the forms it offers, what each asks for, and the buttons under it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser

from procedures.values import ROME


@dataclass
class PageForm:
    """One form: hidden values, what is to be typed (name -> kind of input), and its buttons (name, value)."""

    hidden: dict[str, str] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, button: str | None, now: datetime) -> dict[str, str]:
        """What a person sends who fills in everything, plausibly, and presses the button with this value."""
        values = dict(self.hidden)
        for name, kind in self.asked.items():
            values[name] = _plausible(kind, now)
        for name, options in self.choices.items():
            values[name] = options[0]
        for name, value in self.buttons:
            if name and (button is None or value == button):
                values[name] = value
                break
        return values


def _plausible(kind: str, now: datetime) -> str:
    local = now.astimezone(ROME)
    shapes = {"datetime-local": local.strftime("%Y-%m-%dT%H:%M"), "date": local.date().isoformat(), "numeric": "7"}
    return shapes.get(kind, "RG-1042/26")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._select: str | None = None
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values: Mapping[str, str] = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(PageForm())
            self._inside = True
        elif self._inside:
            self._inside_form(tag, values)

    def _inside_form(self, tag: str, values: Mapping[str, str]) -> None:
        form, name = self.forms[-1], values.get("name", "")
        if tag == "input" and values.get("type") == "hidden":
            form.hidden[name] = values.get("value", "")
        elif tag == "input":
            form.asked[name] = values.get("type") or values.get("inputmode") or "text"
        elif tag == "select":
            self._select = name
            form.choices[name] = []
        elif tag == "option" and self._select and values.get("value"):
            form.choices[self._select].append(values["value"])
        elif tag == "button":
            form.buttons.append((name, values.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = None


def forms_of(page: str) -> list[PageForm]:
    """Every form of an HTML page, in its order."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


def form_with(page: str, button: str) -> PageForm | None:
    """The first form that has a button (or a hidden `answer`) with this value."""
    for form in forms_of(page):
        if ("answer", button) in form.buttons or form.hidden.get("answer") == button:
            return form
    return None
