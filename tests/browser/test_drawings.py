"""The drawings of the shipped procedures, as a browser sets them: no word lies on another or leaves its box."""

import pytest
from playwright.sync_api import Page

from notifiers.language import translator
from procedures.loading import load_pathway, shipped_facts, shipped_library
from procedures.schema import Pathway
from procedures.showing.svg import drawing
from tests.browser.conftest import Served, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

CROWDED = """pathway: crowded
edition: 1
title: {it: Tutto insieme, en: All at once}
consent: shelter
signals:
  found: {title: {it: Trovato un posto in un altro territorio, en: A place was found}, from: [operator, police]}
  gone: {title: {it: Rinuncia, en: She gave up}, from: [operator], cancels: [first]}
steps:
  first: {tell: police, title: {it: Avvisare, en: Tell}}
  again:
    ask: first_contact
    title: {it: Richiamarla con un contatto sicuro finché serve, en: Call her back by a safe contact as long as needed}
    needs: [first]
    accept_within: 1 day
    complete_within: 1 week
    source: {text: invented, verified: false}
    repeat: {every: {fact: risk, high: 1 week, otherwise: 1 month}, while: {risk: [high, imminent]}, at_most: 24}
    ends_when: {done: signal.found}
  third: {tell: police, title: {it: Terzo, en: Third}, needs: [first, again]}
  fourth: {tell: police, title: {it: Quarto, en: Fourth}, needs: [first, again, third, signal.found]}
  beside: {tell: police, title: {it: Accanto, en: Beside}, needs: [first, again, third]}
outcomes: {over: [fourth, beside]}
"""
FAULTS = """() => {
  const image = document.querySelector("svg"), whole = image.viewBox.baseVal, found = [];
  const words = [...image.querySelectorAll("text")].map(text => [text.textContent, text.getBBox()]);
  const boxes = [...image.querySelectorAll("rect[rx]")].map(box => box.getBBox());
  const right = box => box.x + box.width, bottom = box => box.y + box.height;
  words.forEach(([said, box], number) => {
    if (box.x < 0 || right(box) > whole.width || bottom(box) > whole.height) found.push("outside: " + said);
    for (const [other, its] of words.slice(number + 1)) {
      const wide = Math.min(right(box), right(its)) - Math.max(box.x, its.x);
      const high = Math.min(bottom(box), bottom(its)) - Math.max(box.y, its.y);
      if (wide > 1 && high > 3) found.push("over one another: " + said + " | " + other);
    }
    for (const its of boxes) {
      const meets = box.x < right(its) && right(box) > its.x && box.y < bottom(its) && bottom(box) > its.y;
      const inside = box.x > its.x && right(box) < right(its) && box.y > its.y && bottom(box) < bottom(its);
      if (meets && !inside) found.push("over an edge: " + said);
    }
  });
  boxes.forEach((box, number) => boxes.slice(number + 1).forEach(its => {
    const apart = right(box) < its.x || right(its) < box.x || bottom(box) < its.y || bottom(its) < box.y;
    if (!apart) found.push("boxes over one another");
  }));
  for (const way of image.querySelectorAll("path[marker-end]")) {
    for (let at = 4; at < way.getTotalLength() - 4; at += 3) {
      const {x, y} = way.getPointAtLength(at);
      if (boxes.some(box => x > box.x + 1 && x < right(box) - 1 && y > box.y + 1 && y < bottom(box) - 1))
        { found.push("an arrow behind a box"); break; }
    }
  }
  return found;
}"""


def faults_in(page: Page, pathway: Pathway, language: str) -> list[str]:
    image = drawing(pathway, shipped_facts(), translator(language, "procedures").gettext, language)
    page.set_content(f'<!doctype html><html lang="{language}"><title>x</title><body style="margin:0">{image}')
    found: list[str] = page.evaluate(FAULTS)
    return found


@pytest.mark.parametrize("language", ["it", "en"])
def test_nothing_in_a_drawing_hides_anything_else(page: Page, language: str) -> None:
    shipped = shipped_library().current
    pathways = [*shipped.values(), load_pathway(CROWDED, "crowded.yaml")]
    found = {pathway.name: faults_in(page, pathway, language) for pathway in pathways}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_a_drawing_is_one_image_with_its_words_for_who_hears_it(page: Page) -> None:
    faults_in(page, shipped_library().current["shelter"], "it")
    image = page.get_by_role("img", name="Disegno del percorso Accoglienza in emergenza, passo per passo")
    described = image.get_attribute("aria-describedby")
    assert "Accompagnarla in sicurezza" in (page.locator(f"#{described}").text_content() or "")


def test_the_desk_shows_the_drawing_of_each_procedure(served: Served, page: Page) -> None:
    served.sign_in(page)
    for name in shipped_library().current:
        page.goto(f"{served.base}/procedures/{name}")
        assert page.locator("figure img").evaluate("image => image.naturalWidth") > 600, name
    assert faults_of(page) == []
