"""What each kind of step does to the skin: one small file a family. A tuple of kinds is the registry."""

from __future__ import annotations

from hudnal.course.steps import anaesthesia, cleaning, covers, creams, exposure, needling, resurfacing, reuse
from hudnal.course.steps.kind import Kind
from hudnal.treatment.steps import Step

KINDS: tuple[Kind, ...] = (
    *creams.KINDS,
    *anaesthesia.KINDS,
    *cleaning.KINDS,
    *needling.KINDS,
    *covers.KINDS,
    *resurfacing.KINDS,
    *exposure.KINDS,
    *reuse.KINDS,
)
_BY_MODEL = {kind.model: kind for kind in KINDS}


def find_kind(step: Step) -> Kind:
    """The kind of a step. Raises KeyError for a model that has none: rounds are unrolled before they are asked."""
    return _BY_MODEL[type(step)]
