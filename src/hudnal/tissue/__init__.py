"""The healing of holes, columns and peeled sheets: one biology at a representative point."""

from hudnal.tissue.healing import Tissue
from hudnal.tissue.wound import Wound, wound_of_columns, wound_of_holes, wound_of_sheet

__all__ = ["Tissue", "Wound", "wound_of_columns", "wound_of_holes", "wound_of_sheet"]
