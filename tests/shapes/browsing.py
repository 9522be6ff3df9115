"""Pages as people meet them, in a Chromium without a window: what axe finds, what is cut or overlaps, how it prints.

The browser is one that is installed (Debian's `chromium`), driven by playwright; axe-core comes with
axe-playwright-python. Where either is missing a test is skipped, unless HUDNAL_BROWSER=required, as in CI.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DESK, PHONE = 1280, 390  # px
# Levels A and AA of WCAG 2.2, and what axe holds for good besides.
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_AXE = """([within, rules]) => axe.run(within || document, {runOnly: rules, rules: {"target-size": {enabled: true}}, resultTypes: ["violations"]})"""
_OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"
# Everything that is wrong to see on a page, each with the beginning of its text: what is wider than its place, writing
# that leaves its figure or lies on other writing of it, links that lead nowhere, print too small to read.
_LOOK = r"""least => {
  const found = [], tell = (what, one) => found.push(`${what}: <${one.tagName}> ${one.textContent.trim().slice(0, 60)}`);
  const isHidden = one => !one.checkVisibility() || one.closest("thead, [hidden]") && getComputedStyle(one.closest("thead, [hidden]")).clipPath !== "none";
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) tell(`page ${root.scrollWidth} px wide`, document.querySelector("h1"));
  for (const one of document.body.querySelectorAll("*")) {
    if (one.closest("svg") || isHidden(one)) continue;
    if (one.clientWidth && one.scrollWidth > one.clientWidth + 1 && !one.matches("[role=region][tabindex='0']")
        && !["auto", "scroll"].includes(getComputedStyle(one).overflowX)) tell("spills over", one);
    const own = [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (own && !one.closest("sup") && parseFloat(getComputedStyle(one).fontSize) < least) tell("too small", one);
  }
  for (const figure of document.querySelectorAll("svg")) {
    const frame = figure.getBoundingClientRect();
    const boxes = [...figure.querySelectorAll("text")].filter(one => one.textContent.trim()).map(one => [one, one.getBoundingClientRect()]);
    boxes.forEach(([one, box], i) => {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) tell("cut", one);
      for (const [other, its] of boxes.slice(i + 1)) {
        const across = Math.min(box.right, its.right) - Math.max(box.left, its.left);
        const down = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
        const line = Math.min(box.width, box.height, its.width, its.height);  // its box has room above and below letters
        if (across > 0.15 * line && down > 0.3 * line) tell(`lies on "${other.textContent.trim()}"`, one);
      }
    });
  }
  for (const link of document.querySelectorAll("a[href^='#']"))
    if (!document.getElementById(link.getAttribute("href").slice(1))) tell("leads nowhere", link);
  return found;
}"""


def _do_without(what: str) -> NoReturn:
    """Skip the test, or fail where a browser is required."""
    if os.environ.get("HUDNAL_BROWSER") == "required":
        pytest.fail(what)
    pytest.skip(what)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser without a window. Skips the test where there is none."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _do_without("playwright is not installed: pip install -e '.[browser]'")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        _do_without(f"there is none of {', '.join(BROWSERS)} to look at pages with")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@contextmanager
def open_page(browser: Browser, width: int = DESK, scheme: str = "light") -> Iterator[Page]:
    """An empty page on a screen `width` px wide, in a system that is light or dark."""
    size: Any = {"width": width, "height": 900}
    page = browser.new_page(viewport=size, color_scheme="dark" if scheme == "dark" else "light")
    yield page
    page.close()


def show(page: Page, text: str, is_open: bool = True) -> None:
    """Put HTML `text` on the page, with all its details open or as they are."""
    page.set_content(text)
    if is_open:
        page.evaluate(_OPEN_ALL)


@cache
def _read_axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def run_axe(page: Page, within: str = "") -> list[str]:
    """What axe holds against a page, or what of it a selector finds: the rule, where, and how it would be right."""
    page.evaluate(_read_axe())
    found = page.evaluate(_AXE, [within, _RULES])["violations"]
    return [
        f"{rule['id']} {' '.join(map(str, node['target']))}: {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
    ]


def look(page: Page, least: float = 0.0) -> list[str]:
    """What of a page is cut, overlaps, leads nowhere, or is written smaller than `least` px."""
    return page.evaluate(_LOOK, least)


def print_pages(page: Page) -> list[tuple[int, int]]:
    """The size in pt of each sheet that a page takes in print."""
    content = page.pdf(prefer_css_page_size=True, print_background=True)
    count = len(re.findall(rb"/Type\s*/Page\b(?!s)", content))
    width, height = map(float, re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", content)[0])
    return count * [(round(width), round(height))]
