"""What is warned against and done all the same: needles through what lies on the skin, a razor before, make-up after.

Each is told as a danger; its size, what goes in and how often what follows, a course adds (`course/sizes.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from hudnal.outcome.rules import PlanWarning
from hudnal.parameters import Draws

_FILM = "film"


def warn_of_needles_through(
    place: str, cream: tuple[str, float] | None, seal: str | None, oily: str | None, coloured: str | None
) -> list[PlanWarning]:
    """The warnings of needles that go through what lies on the skin, one of each kind.

    `cream` is a numbing cream and how much of it lies there, mg/cm2; `seal`, `oily` and `coloured` are products.
    """
    warnings = []
    if cream is not None:
        values = {"product": cream[0], "left": float(f"{cream[1]:.2g}")}
        source = ("safety:ANA-007", "safety:ANA-014", "safety:AE-051")
        warnings.append(PlanWarning("needles_through_cream", "danger", source, values, place))
    if seal == _FILM:
        warnings.append(
            PlanWarning("needles_through_film", "danger", ("safety:AE-051",), {"product": seal}, place)
        )
    elif seal is not None:
        values = {"product": seal}
        warnings.append(
            PlanWarning("needles_through_petrolatum", "danger", ("safety:AE-051",), values, place)
        )
    if oily is not None:
        source = ("safety:AE-050", "safety:AE-051")
        warnings.append(PlanWarning("needles_through_oil", "danger", source, {"product": oily}, place))
    if coloured is not None:
        source = ("resolution_microneedling2021", "engel2008")
        warnings.append(
            PlanWarning("needles_through_particles", "danger", source, {"product": coloured}, place)
        )
    return warnings


def warn_of_particles_after(
    product: str, particles: Mapping[str, float], waited: float, place: str, draws: Draws
) -> list[PlanWarning]:
    """The warning of a coloured product on needled skin, `waited` h after: while holes are open it can go in."""
    if not particles:
        return []
    limit = draws.parameter("rules.make_up.wait")
    if waited >= limit.value:
        return []
    values = {"product": product, "limit": limit.value}
    return [
        PlanWarning(
            "particles_on_holes", "danger", (*limit.source, "resolution_microneedling2021"), values, place
        )
    ]


def warn_of_razor(place: str, opened: bool, draws: Draws) -> list[PlanWarning]:
    """The warning of a razor on skin that is needled then, or has been."""
    entry = draws.parameter("outcome.infection.shaved.wet")
    values = {"times": float(f"{entry.value:.2g}")}
    if opened:
        return [PlanWarning("shaved_open_skin", "danger", entry.source, values, place)]
    return [PlanWarning("shaved_before_needles", "danger", entry.source, values, place)]
