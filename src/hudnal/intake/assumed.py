"""What a treatment's file leaves open and the program therefore assumed: the usual value of a setting."""

from __future__ import annotations

from hudnal.intake.treatment import Treatment

# Settings on which safety and result hang, by their place in the file, in the order in which they are told.
SETTINGS = (
    "person.sex",
    "person.age",
    "person.phototype",
    "person.smoker",
    "person.blood_thinner",
    "person.conditions",
    "site",
    "area",
    "concern",
    "setting",
    "course.sessions",
    "course.follow_up",
)


def list_assumed_settings(treatment: Treatment) -> tuple[str, ...]:
    """The places of SETTINGS that the file does not state, such as `person.phototype`."""
    return tuple(place for place in SETTINGS if not _is_stated(treatment, place))


def _is_stated(treatment: Treatment, place: str) -> bool:
    """Whether the file names the setting itself, below all that it stands under."""
    node = treatment
    for part in place.split("."):
        if part not in node.model_fields_set:
            return False
        node = getattr(node, part)
    return True
