"""What is looked at, at every moment: the series of the course."""

from __future__ import annotations

import numpy as np

from hudnal.course.state import State
from hudnal.course.world import World
from hudnal.outcome.ageing import Matrix, density_change, firmness_change, lines_gone, thickness_change
from hudnal.outcome.grades import graded
from hudnal.outcome.relief import Filling, Shape
from hudnal.transport import water_loss

_NUMB_FOR = 48.0  # h after a cream that its numbness is looked at
_PERCENT = 100.0

# Name: unit, long name. Series of one compound follow in `observe`.
SERIES: dict[str, tuple[str, str]] = {
    "water_loss": ("g/m2/h", "transepidermal water loss"),
    "barrier_open": ("1", "share of holes whose water barrier is open"),
    "channel_open": ("1", "share of holes whose lumen is open"),
    "path_open": ("1", "conductance of the wet path through the holes against just after the needles"),
    "numb_depth": ("mm", "depth down to which pain is blocked by half of what cream can do"),
    "redness": ("1", "redness in units of just visible"),
    "swelling": ("1", "swelling in units of just visible"),
    "tingling": ("1", "tingling and itch in units of just noticeable"),
    "pain_after": ("0-10", "pain after the session, 0 to 10"),
    "dryness": ("1", "dryness and flaking in units of just noticeable"),
    "bruise": ("1", "share of people with a bruise that shows"),
    "dark_marks": ("1", "share of people with a dark mark that shows"),
    "inflammation": ("1", "inflammatory signal, share of the dermis"),
    "macrophages": ("1", "macrophages, in units of what a full wound recruits"),
    "growth_factor": ("1", "growth factor"),
    "fibroblasts": ("1", "fibroblasts against healthy skin"),
    "myofibroblasts": ("1", "myofibroblasts against healthy fibroblasts"),
    "collagenase": ("1", "collagenase, in units of what a full wound brings"),
    "collagen_message": ("1", "procollagen message of the dermis against before"),
    "collagen_laid": ("%", "collagen laid down on top of the upkeep, against all there was"),
    "epidermal_layers": ("1", "how complete the epidermis over the openings stands"),
    "collagen_change": ("%", "change of all collagen, papillary and upper reticular dermis"),
    "collagen_i_change": ("%", "change of collagen I"),
    "collagen_iii_change": ("%", "change of collagen III"),
    "healthy_collagen_change": ("%", "change of collagen that lies as in healthy skin"),
    "elastin_change": ("%", "change of all elastin"),
    "tropoelastin_change": ("%", "change of tropoelastin"),
    "epidermal_thickness_change": ("%", "change of the epidermis' thickness"),
    "turnover": ("day", "time that a cell takes through the corneum"),
    "irritation": ("1", "share of people whose skin vitamin A irritates"),
    "fibre_alignment": ("1", "alignment of fibres: 0 basket weave, 1 parallel"),
    "scar_depth": ("mm", "depth of the scar"),
    "scar_width": ("mm", "width of the scar at half its depth"),
    "scar_volume": ("mm3", "volume of the scar's dent"),
    "firmness_change": ("%", "change of the skin's firmness"),
    "dermal_density_change": ("%", "change of the dermis' density as ultrasound shows it"),
    "dermal_thickness_change": ("%", "change of the dermis' thickness"),
    "wrinkle_depth_change": ("%", "change of the depth of fine lines, measured"),
    "wrinkle_change": ("%", "change of fine wrinkles as a blinded rater would grade them"),
}
COMPOUND_SERIES: dict[str, tuple[str, str]] = {
    "applied": ("ug/cm2", "applied so far"),
    "on_skin": ("ug/cm2", "on the skin"),
    "in_skin": ("ug/cm2", "in the skin and its holes"),
    "blood": ("ug/cm2", "taken up by the blood so far, as it was or broken down"),
    "washed_off": ("ug/cm2", "washed or wiped off so far"),
    "evaporated": ("ug/cm2", "evaporated so far"),
    "metabolised": ("ug/cm2", "broken down by living skin so far: a part of what the blood takes up"),
    "received": ("ug/cm2", "in the receptor below excised skin"),
    "delivered": ("ug/cm2", "come into living skin so far"),
    "delivered_whole": ("ug/cm2", "come into living skin so far, had the skin been left whole"),
}


def observe(state: State, world: World) -> dict[str, np.ndarray]:
    """Every series at this moment, (draw,) each."""
    draws, skin, tissue = world.draws, state.skin, state.tissue
    seen: dict[str, np.ndarray] = {
        "water_loss": water_loss(
            skin,
            state.ways.density,
            state.ways.mean_width,
            state.closure.barrier,
            state.bare.share,
            None if state.surface.petrolatum_at is None else state.time - state.surface.petrolatum_at,
            draws,
        ),
        "barrier_open": state.closure.barrier,
        "channel_open": state.closure.lumen,
        "path_open": state.measured(draws).wet_path(state.openings, draws),
        "redness": state.reaction.redness(tissue.mean("signal")),
        "swelling": state.reaction.swelling(),
        "inflammation": tissue.mean("signal"),
        "macrophages": tissue.mean("macrophages"),
        "growth_factor": tissue.mean("growth"),
        "fibroblasts": tissue.mean("fibroblasts"),
        "myofibroblasts": tissue.mean("myofibroblasts"),
        "fibre_alignment": tissue.mean("alignment"),
        "collagenase": tissue.mean("collagenase"),
        # What fibroblasts make without being told counts as much as what full growth factor tells them (P02).
        "collagen_message": tissue.mean("fibroblasts") + tissue.mean("message"),
        "epidermal_layers": tissue.layers_over_gap(),
        "turnover": state.vitamin_a.turnover(skin.turnover, draws),
        "irritation": state.vitamin_a.irritation(draws),
    }
    creams = world.anaesthetics(state)
    recent = creams and state.time - max(d.first_applied for d in creams) < _NUMB_FOR
    seen["numb_depth"] = world.numbness.numb_depth(creams, draws) if recent else np.zeros(draws.n)

    signal, after = tissue.mean("signal"), state.aftermath
    seen["tingling"] = after.tingling(signal, seen["numb_depth"])
    seen["pain_after"] = after.pain(signal, seen["numb_depth"])
    seen["dryness"] = after.dryness(state.cover_now())
    seen["bruise"], seen["dark_marks"] = state.bruises.share(), state.dark_marks.share()

    def change(*fields: str) -> np.ndarray:
        now = sum((tissue.mean(f) for f in fields), np.zeros(draws.n))
        start = sum((tissue.start_of(f) for f in fields), np.zeros(draws.n))
        return _PERCENT * (now / start - 1)

    seen["collagen_change"] = change("collagen_i", "collagen_iii")
    seen["collagen_i_change"] = change("collagen_i")
    seen["collagen_iii_change"] = change("collagen_iii")
    own = tissue.start_of("collagen_i") + tissue.start_of("collagen_iii")
    seen["healthy_collagen_change"] = _PERCENT * tissue.collagen_gained() / own
    seen["collagen_laid"] = _PERCENT * tissue.mean("laid") / own
    seen["elastin_change"] = change("elastin_old", "elastin_new")
    seen["tropoelastin_change"] = change("elastin_new")
    seen["epidermal_thickness_change"] = change("epidermis")
    collagen = seen["collagen_change"] / _PERCENT
    # Fibres that lie as in a scar make no skin smoother.
    matrix = _matrix(state, seen["healthy_collagen_change"] / _PERCENT)
    seen["firmness_change"] = _PERCENT * firmness_change(matrix, draws)
    seen["dermal_density_change"] = _PERCENT * density_change(collagen, draws)
    seen["dermal_thickness_change"] = _PERCENT * thickness_change(collagen, skin, draws)
    if world.reliefs:
        shape = world.reliefs[0].shape(Filling.of(tissue, state.cut, draws))
        seen |= {"scar_depth": shape.depth, "scar_width": shape.width, "scar_volume": shape.volume}
    else:
        gone = lines_gone(matrix, draws)
        seen["wrinkle_depth_change"] = -_PERCENT * gone
        seen["wrinkle_change"] = _PERCENT * graded(gone, "wrinkle", "blinded", draws)
    for name, depot in state.depots.items():
        here = depot.needled
        seen |= {
            f"applied.{name}": depot.applied,
            f"on_skin.{name}": here.on_skin,
            f"in_skin.{name}": here.in_skin(),
            f"blood.{name}": here.blood + here.metabolised,
            f"washed_off.{name}": here.washed_off,
            f"evaporated.{name}": here.evaporated,
            f"metabolised.{name}": here.metabolised,
            f"received.{name}": here.in_receptor(),
            f"delivered.{name}": here.delivered(),
            f"delivered_whole.{name}": depot.whole.delivered(),
        }
    for name, level in state.plasma.items():
        seen[f"plasma.{name}"] = level
    return seen


def _matrix(state: State, collagen: np.ndarray) -> Matrix:
    tissue = state.tissue
    start = {name: tissue.start_of(name) for name in ("elastin_old", "elastin_new", "epidermis")}
    elastin = start["elastin_old"] + start["elastin_new"]
    return Matrix(
        collagen=collagen,
        elastin_new=(tissue.mean("elastin_new") - start["elastin_new"]) / elastin,
        epidermis=tissue.mean("epidermis") / start["epidermis"] - 1,
    )


def scars(state: State, world: World) -> list[tuple[Shape, Shape]]:
    """The surface over each scar, as it was and at this moment."""
    before, now = Filling.none(world.draws.n), Filling.of(state.tissue, state.cut, world.draws)
    return [(relief.shape(before), relief.shape(now)) for relief in world.reliefs]


def series_meta(name: str) -> tuple[str, str]:
    """Unit and long name of a series."""
    if name in SERIES:
        return SERIES[name]
    kind, compound = name.split(".", 1)
    if kind == "plasma":
        return "ug/mL", f"{compound} in plasma"
    unit, text = COMPOUND_SERIES[kind]
    return unit, f"{compound} {text}"
