"""The healing of holes, columns and peeled sheets: one biology on a point, in a healing cell or in a skin block."""

from hudnal.tissue.front import Front
from hudnal.tissue.healing import Tissue
from hudnal.tissue.wound import Wound, wound_of_columns, wound_of_holes, wound_of_sheet

__all__ = ["Front", "Tissue", "Wound", "wound_of_columns", "wound_of_holes", "wound_of_sheet"]
