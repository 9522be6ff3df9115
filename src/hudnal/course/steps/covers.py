"""What is laid over the skin: petroleum jelly, or an airtight film."""

from __future__ import annotations

from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.course.steps.kind import Kind, look_up_hours, take_no_time
from hudnal.result.timeline import Moment
from hudnal.treatment.steps import LaterSeal, Seal


def _seal_skin(step: Seal | LaterSeal, moment: Moment, state: State, setting: Setting) -> State:
    draws = setting.draws
    if step.with_ == "film":
        until = state.time + draws.value("handling.duration.film")
        return state.with_surface(cover="airtight", cover_until=until)
    until = state.time + draws.value("transport.water.petrolatum_hours")
    return state.with_surface(cover="petrolatum", cover_until=until, petrolatum_at=state.time)


KINDS = (Kind(Seal, "cover", _seal_skin, look_up_hours), Kind(LaterSeal, "cover", _seal_skin, take_no_time))
