"""What each kind of step does to the skin: one small file a family. A tuple of kinds is the registry."""

from __future__ import annotations

from hudnal.course.instruments import wear_elsewhere
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.course.steps import anaesthesia, cleaning, covers, creams, exposure, needling, resurfacing, reuse
from hudnal.course.steps.kind import Kind
from hudnal.result.timeline import Moment
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


def do_step(step: Step, moment: Moment, state: State, setting: Setting) -> State:
    """The state after a step, whose instrument is used in the zones before this one and after it, too."""
    state = wear_elsewhere(state, moment, "before", setting)
    state = find_kind(step).act(step, moment, state, setting)
    return wear_elsewhere(state, moment, "after", setting)
