"""The page in a real browser: it asks for nothing, complains of nothing and fits a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}: install chromium to run this")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    switches = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=switches)
        yield started
        started.close()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_page_keeps_to_itself_and_fits(browser: Browser, board: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(error.message))
    page.goto(board.as_uri())
    for details in page.locator("details").all():
        details.locator("summary").click()
    assert asked == [board.as_uri()]
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


def test_the_style_sheet_is_let_in_by_the_pages_own_policy(browser: Browser, board: Path) -> None:
    page = browser.new_page()
    page.goto(board.as_uri())
    assert page.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor") == "rgb(27, 47, 69)"
    page.close()


CONTRAST = """() => {
  const light = c => { const v = c / 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
  const luminance = ([r, g, b]) => .2126 * light(r) + .7152 * light(g) + .0722 * light(b);
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll('body *:not(svg, svg *)')) {
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())) continue;
    const [a, b] = [numbers(getComputedStyle(element).color), ground(element)].map(luminance);
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) poor.push(`${element.className || element.tagName}: ${ratio.toFixed(2)}`);
  }
  return poor;
}"""


def test_every_word_stands_out_from_its_ground(browser: Browser, board: Path) -> None:
    """WCAG 2.2 AA, success criterion 1.4.3: 4.5 to 1."""
    page = browser.new_page()
    page.goto(board.as_uri())
    assert page.evaluate(CONTRAST) == []
    page.close()
