"""The block of skin on the page: pictures that are whole, a view that holds what was simulated."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64decode, b64encode
from hashlib import sha256
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest
import xarray as xr
from browsing import PHONE, look, open_page, run_axe, show

from hudnal.language import Words
from hudnal.report import render_report
from hudnal.report.skin_block.block_figure import draw_block_figure
from hudnal.report.skin_block.fields import choose_fields, read_hours_after
from hudnal.report.skin_block.slices_figure import draw_slices_figure
from hudnal.report.skin_block.viewer import pack, render_viewer, resample


@pytest.fixture(scope="module")
def patch():
    """Sixteen holes on a small block: inflammation that fades, collagen that grows around them."""
    rng = np.random.default_rng(1)
    edges = np.concatenate([np.linspace(0, 0.08, 5), np.geomspace(0.1, 1.6, 18)])
    z = (edges[1:] + edges[:-1]) / 2
    x = (np.arange(60) + 0.5) * 0.04
    hole = np.zeros((z.size, x.size, x.size), np.float32)
    for cx, cy, deep in zip(*rng.uniform(0, 2.4, (2, 16)), rng.uniform(0.4, 1.1, 16), strict=True):
        radius = 0.1 * np.clip(1 - z / deep, 0, None)
        hole = np.maximum(hole, np.hypot(x[None] - cx, x[:, None] - cy) < radius[:, None, None])
    time = np.array([1.25, 25.25, 73.25, 673.25, 4369.3])
    fade = np.exp(-(time - time[0]) / 60)[:, None, None, None]
    grown = np.clip((time - time[0]) / 2000, 0, 1)[:, None, None, None]
    dims = ("time", "z", "y", "x")
    return xr.Dataset(
        {
            "signal": (dims, hole * fade),
            "collagen_change": (dims, (20 * grown - 15 * hole * (1 - grown)) * (z > 0.08)[:, None, None]),
            "fibroblasts": (dims, 1 + 0.5 * grown - 0.5 * hole * fade),
            "bare": (("time", "y", "x"), np.where(hole[0] > 0, 15.0, -1e4) - (time - time[0])[:, None, None]),
            "hole": (("z", "y", "x"), hole),
            "epidermis": (("time", "y", "x"), np.ones((time.size, x.size, x.size))),
            "z_edge": (("edge",), edges),
        },
        coords={"time": time, "z": z, "y": x, "x": x},
        attrs={"junction_mm": 0.08, "dermis_end_mm": 1.2, "side_mm": 2.4, "sessions_h": [1.25]},
    )


@pytest.mark.parametrize("language", ["en", "sv"])
def test_figures_are_pictures_with_words(patch, language):
    words = Words(language)
    for figure, keys in (
        (draw_block_figure, ("inflammation", "collagen")),
        (draw_slices_figure, ("papillary", "upright")),
    ):
        text = figure(patch, words)
        ElementTree.fromstring(text)
        for key in keys:
            assert words(f"block.{key}") in text
        assert words("words.weeks.other", n=26) in text
        assert len(text) < 1e6


def test_times_are_told_after_the_session(patch):
    assert list(read_hours_after(patch)) == [0, 24, 72, 672, 26 * 168]


def test_resampling_keeps_the_mean_and_the_size(patch):
    found, width, depth = resample(patch, "collagen_change")
    assert (width, depth) == pytest.approx((2.0, 1.5))
    assert found.shape[0] == 5
    inside = patch["z_edge"].values.clip(0, depth)
    weight = np.diff(inside) / depth
    # Of the square that is shown, which lies somewhere in the patch.
    whole = np.tensordot(weight, patch["collagen_change"].values.mean(axis=(2, 3)), (0, 1))
    assert np.allclose(found.mean(axis=(1, 2, 3)), whole, rtol=0.01, atol=0.2)


def script_of(text: str, name: str) -> str:
    """What the script of this class holds."""
    script = re.search(rf'class="{name}">(.*?)</script>', text, re.S)
    assert script
    return script[1]


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_view_holds_what_was_simulated_and_needs_no_network(patch, language):
    words = Words(language)
    text = render_viewer(patch, words)
    assert not re.search(r"https?://|src=|@import|\bfetch\(", text)
    about = json.loads(script_of(text, "skin-about"))
    data = script_of(text, "skin-data")
    volume = np.frombuffer(gzip.decompress(b64decode(data)), np.uint8).reshape(3, *about["shape"])
    for stored, field in zip(volume, choose_fields(patch).values(), strict=True):
        assert np.array_equal(stored, pack(patch, field))
        place = field.place(resample(patch, field.name)[0])
        assert np.abs(stored / 255 - place).max() <= 0.5 / 255 + 1e-9
    assert about["times"][0] == words("block.just_after")
    assert about["times"][-1] == words("words.weeks.other", n=26)
    for colours in (f["colours"] for f in about["fields"]):
        assert len(b64decode(colours)) == 4 * 256
    assert words("block.viewer_unable") in text


def test_what_is_as_usual_is_clear(patch):
    """The table's last entry is how dense a colour is drawn: none where nothing differs from healthy skin."""
    about = json.loads(script_of(render_viewer(patch, Words("en")), "skin-about"))
    for field, told in zip(choose_fields(patch).values(), about["fields"], strict=True):
        table = np.frombuffer(b64decode(told["colours"]), np.uint8).reshape(256, 4)
        usual = round(255 * field.place(np.array([field.neutral]))[0])
        assert table[usual, 3] <= 3
        assert table[-1, 3] == 255


class Scripts(HTMLParser):
    """The page's policy and what of it would run: scripts, attributes that hold code, addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.policy, self.before_policy, self.scripts, self.running = "", [], [], False
        self.attributes: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if named.get("http-equiv") == "Content-Security-Policy":
            self.policy = named["content"] or ""
        elif not self.policy:
            self.before_policy.append(tag)
        self.running = tag == "script" and named.get("type") in (None, "text/javascript", "module")
        if self.running:
            self.scripts.append("")
        self.attributes += [name for name in named if name.startswith("on")]
        self.addresses += [named[name] or "" for name in ("src", "xlink:href") if name in named]

    def handle_endtag(self, tag):
        self.running = False

    def handle_data(self, data):
        if self.running:
            self.scripts[-1] += data


@pytest.fixture(scope="module")
def page_with_block(classic, patch):
    return render_report(classic, "en", {0: patch})


@pytest.mark.parametrize("with_block", [False, True])
def test_a_browser_runs_our_script_and_nothing_else(classic, page_with_block, with_block):
    """Every page says so itself; a changed script has its sum there."""
    page = Scripts(page_with_block if with_block else render_report(classic, "en"))
    rules = dict(rule.split(" ", 1) for rule in page.policy.split("; "))
    assert page.before_policy == ["html", "head", "meta"]  # what comes before it is not bound by it
    assert rules["default-src"] == "'none'" and rules["img-src"] == "data:"
    sums = [f"'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'" for one in page.scripts]
    assert len(sums) == with_block and rules.get("script-src", "").split() == sums
    assert page.attributes == []
    assert all(address.startswith(("#", "data:image/")) for address in page.addresses)


def test_the_block_is_seen_by_everybody_on_a_phone(browser, page_with_block):
    with open_page(browser, PHONE) as page:
        show(page, page_with_block)
        assert look(page) == []
        assert run_axe(page, "section[aria-labelledby=block]") == []
