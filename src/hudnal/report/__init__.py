"""The report: one page, self-contained, in every language of `hudnal/language`."""

from typing import TYPE_CHECKING

import lazy_loader

if TYPE_CHECKING:
    from hudnal.report.page.render import render_report

__all__ = ["render_report"]

# What draws takes a third of a second to load, and most of the report's rooms draw nothing.
__getattr__, __dir__, _ = lazy_loader.attach(__name__, submod_attrs={"page.render": ["render_report"]})
