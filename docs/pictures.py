"""Take the README's pictures of the page, on a desk and on a phone: `python docs/pictures.py` (some ten seconds).

A run of `classic` is written as its page and shown by a Chromium without a window, which has to be installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

import hudnal
from hudnal.report import render_report

IMAGES = Path(__file__).parent / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
# Width and height in pixels as a page counts them; the phone's are of a common one.
PICTURES = {"page-desk.png": (1280, 1100), "page-phone.png": (390, 844)}
# In a frame a page is as narrow as a phone, which a window of some browsers cannot be.
FRAME = """<!doctype html><style>body {{margin: 0}} iframe {{border: 0; width: {0}px; height: {1}px}}</style>
<iframe src="{2}" scrolling="no"></iframe>
"""


def find_browser() -> str:
    """The first Chromium that there is. Raises SystemExit where there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise SystemExit(f"no browser to take pictures with; one of {', '.join(BROWSERS)} is needed")
    return found


def take_picture(page: Path, picture: Path, size: tuple[int, int]) -> None:
    """Show a page of that size and keep what is seen."""
    frame = page.with_name(f"{picture.stem}.html")
    frame.write_text(FRAME.format(*size, escape(page.name)), encoding="utf-8")
    command = [
        find_browser(), "--headless", "--no-sandbox", "--hide-scrollbars", "--force-device-scale-factor=2",
        f"--window-size={size[0]},{size[1]}", f"--user-data-dir={page.parent / 'browser'}",
        f"--screenshot={picture}", frame.as_uri(),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def main(draws: int = 64, folder: Path = IMAGES) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        page = Path(place) / "report.html"
        page.write_text(render_report(hudnal.simulate("classic", draws=draws)), encoding="utf-8")
        for name, size in PICTURES.items():
            take_picture(page, folder.resolve() / name, size)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 64)
