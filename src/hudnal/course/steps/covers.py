"""What is laid over the skin: petroleum jelly, or an airtight film."""

from __future__ import annotations

from dataclasses import replace

from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.course.steps.kind import Kind, SoFar, look_up_hours, take_no_time
from hudnal.result.timeline import Moment
from hudnal.treatment.steps import LaterSeal, Seal


def _seal_skin(step: Seal | LaterSeal, moment: Moment, state: State, setting: Setting) -> State:
    draws = setting.draws
    if step.with_ == "film":
        until = state.time + draws.value("handling.duration.film")
        return state.with_surface(cover="airtight", cover_until=until)
    until = state.time + draws.value("transport.water.petrolatum_hours")
    foreign = (*state.surface.foreign, step.with_)
    return state.with_surface(
        cover="petrolatum", cover_until=until, petrolatum_at=state.time, foreign=foreign
    )


def _pass_on_seal(step: Seal, so_far: SoFar, setting: Setting) -> SoFar:
    return replace(so_far, seal=step.with_)


KINDS = (
    Kind(Seal, "cover", _seal_skin, look_up_hours, pass_on=_pass_on_seal),
    Kind(LaterSeal, "cover", _seal_skin, take_no_time),
)
