"""The report: one page, self-contained, in Swedish or English."""

from hudnal.report.page import render_report

__all__ = ["render_report"]
