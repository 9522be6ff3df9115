"""The one script that a page of ours has: it draws the block of skin."""

from __future__ import annotations

from hudnal.report.templates import read_beside


def read_script() -> str:
    """Its text, as it stands between the tags on the page."""
    return read_beside("hudnal.report.skin_block", "viewer.js")
