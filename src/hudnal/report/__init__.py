"""The report: one page, self-contained, in Swedish or English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hudnal.report.page.page import render_report

__all__ = ["render_report"]


def __getattr__(name: str) -> object:
    # What draws takes a third of a second to load, and most of the report's rooms draw nothing.
    if name in __all__:
        from importlib import import_module

        return getattr(import_module("hudnal.report.page.page"), name)
    raise AttributeError(f"module 'hudnal.report' has no attribute {name!r}")
