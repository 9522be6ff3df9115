"""The treatment file: plain data with units, read from YAML, with faults that name their place."""

from hudnal.treatment.compound import CompoundFile
from hudnal.treatment.document import Document
from hudnal.treatment.fault import Fault, TreatmentError
from hudnal.treatment.model import TreatmentFile
from hudnal.treatment.presets import list_presets, read_preset

__all__ = [
    "CompoundFile",
    "Document",
    "Fault",
    "TreatmentError",
    "TreatmentFile",
    "list_presets",
    "read_preset",
]
