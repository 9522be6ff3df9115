"""What a treatment's file left open and the usual was taken for, where it decides what comes out or how safe it is."""

from __future__ import annotations

from hudnal.treatment.fault import FilePlace
from hudnal.treatment.model import TreatmentFile

# In the order in which they are told.
SETTINGS: tuple[FilePlace, ...] = (
    ("person", "sex"), ("person", "age"), ("person", "phototype"), ("person", "smoker"), ("person", "conditions"),
    ("person", "blood_thinner"), ("site",), ("area",), ("concern",), ("setting",), ("course", "sessions"),
    ("course", "follow_up"),
)  # fmt: skip
_OF_PEOPLE = ("person", "course")  # that excised skin in a cell has none of


def list_assumed_settings(treatment: TreatmentFile) -> tuple[FilePlace, ...]:
    """The entries that the file of a treatment left open, and that matter: `("person", "age")`, `("site",)`.

    Of a treatment that was read from results, in which every entry stands, there are none.
    """
    return tuple(
        path
        for path in SETTINGS
        if _is_open(treatment, path) and not (treatment.in_vitro and path[0] in _OF_PEOPLE)
        if not (treatment.phases and path == ("course", "sessions"))
        if path not in _list_told_by_zones(treatment)
    )


def _list_told_by_zones(treatment: TreatmentFile) -> tuple[FilePlace, ...]:
    """Entries of the whole that follow from the zones, of which the first is the main one."""
    if not treatment.zones:
        return ()
    first = next(iter(treatment.zones.values()))
    return ("site",), ("area",), *((("concern",),) if "concern" in first.model_fields_set else ())


def _is_open(treatment: TreatmentFile, path: FilePlace) -> bool:
    group = treatment
    for name in path[:-1]:
        group = getattr(group, str(name))
    return path[-1] not in group.model_fields_set
