"""The quantities of the contract: what a run leaves in `summary.json`, in the contract's names and units."""

from __future__ import annotations

import numpy as np

from hudnal.course.state import State
from hudnal.course.world import World
from hudnal.outcome.grades import Raters, grade_after, graded, responders, satisfied, seen_of_scar
from hudnal.outcome.risks import SOURCES
from hudnal.parameters import Draws
from hudnal.result.record import Seen

_DAY = 24.0
_PERCENT = 100.0
_FELT_FOR = 60 * _DAY  # h after a session that one looks at what it feels like

# When marks show and how long they stay is no matter of whether they come.
_OF_PIGMENT = tuple(
    f"outcome.pigment.{part}"
    for part in ("light", "dark", "reference", "exponent", "heat", "acid", "sun", "frailty")
)
_CLOSING = ("transport.closure", "skin.ageing.barrier_slowing")
_INSTRUMENT_HEADS = {
    "water_loss": (*_CLOSING, "transport.measures.water_loss_left", "transport.water"),
    "dye": (*_CLOSING, "transport.measures.dye_left"),
    "impedance": (*_CLOSING, "transport.measures.impedance_left", "transport.measures.mouth"),
    "tomography": (*_CLOSING, "transport.measures.tomography_left"),
}
_SCAR = ("outcome.scars", "skin.lesions", "skin.mechanics", "tissue.collagen", "tissue.fibroblasts")
_AGED = ("outcome.ageing", "tissue.collagen", "tissue.fibroblasts", "tissue.elastin")
_GRADED = ("outcome.raters", *_SCAR)
_GRADES = {
    "goodman_baron_change": "%", "goodman_baron_change_open": "%", "goodman_baron_grade": "1",
    "goodman_baron_score_change": "%", "goodman_baron_score_change_open": "%", "ecca_change": "%",
    "ecca_change_open": "%", "responders": "0-1", "responders_open": "0-1", "responders_two": "0-1",
    "responders_two_open": "0-1", "overall_improvement": "%", "overall_improvement_open": "%",
    "patient_improvement": "%", "patient_satisfied": "0-1",
}  # fmt: skip
# Name: unit, and the heads of the parameters that it rests on.
CONTRACT: dict[str, tuple[str, tuple[str, ...]]] = {
    "attempted_density": ("1/cm2", ()),
    "hole_density": ("1/cm2", ("puncture.channel.capture_radius",)),
    "tip_depth": ("um", ("puncture.entry", "puncture.dent", "skin.mechanics")),
    "channel_depth": ("um", ("puncture.channel", "skin.mechanics.relaxation")),
    "channel_width": ("um", ("puncture.channel.width_kept",)),
    "slit_length": ("um", ("puncture.channel.slit_cut", "puncture.entry", "instruments.needle")),
    "tip_depth_spread": (
        "um",
        ("puncture.entry", "puncture.dent", "skin.mechanics", "instruments.hand.force_variation"),
    ),
    "needle_force": ("N", ("puncture.entry",)),
    "entry_force": ("N", ("puncture.entry", "instruments.needle")),
    "bleeding_points": ("1/cm2", ("puncture.bleeding", "skin.vessels")),
    "blood_volume": ("uL/cm2", ("puncture.bleeding", "skin.vessels")),
    "pinpoint_stroke": ("1", ("puncture.bleeding", "skin.vessels")),
    "confluent_stroke": ("1", ("puncture.bleeding", "skin.vessels")),
    "dye_depth": ("um", ("puncture.channel", "skin.mechanics.relaxation")),
    "push_force": ("N", ("puncture.entry", "skin.mechanics")),
    "pain": ("0-10", ("outcome.pain", "transport.numbness")),
    "pain_without_cream": ("0-10", ("outcome.pain",)),
    "hurting_strokes": ("1", ("outcome.pain", "transport.numbness")),
    "numb_depth": ("mm", ("transport.numbness", "transport.relations")),
    "numb_hours": ("h", ("transport.numbness", "transport.relations")),
    "numb_share": ("0-1", ("transport.numbness", "transport.relations")),
    "lidocaine_peak": ("ug/mL", ("transport.compounds.lidocaine.", "transport.relations")),
    "tewl_peak": ("g/m2/h", ("transport.water", "skin.sites")),
    "barrier_closed": ("h", _CLOSING),
    "channel_closed": ("h", _CLOSING),
    **{f"closed_by_{name}": ("h", heads) for name, heads in _INSTRUMENT_HEADS.items()},
    "epidermis_closed": ("h", ("tissue.front",)),
    "epidermal_thickness_change": ("%", ("tissue.epidermis",)),
    "collagen_change": ("%", ("tissue",)),
    "healthy_collagen_change": ("%", ("tissue",)),
    "collagen_iii_change": ("%", ("tissue.collagen", "tissue.growth_factor")),
    "elastin_change": ("%", ("tissue.elastin",)),
    "tropoelastin_change": ("%", ("tissue.elastin",)),
    "fibre_alignment": ("0-1", ("tissue.fibres", "skin.fibres", "tissue.circuit")),
    "redness_days": ("day", ("outcome.redness",)),
    "swelling_days": ("day", ("outcome.redness",)),
    "tingling_hours": ("h", ("outcome.tingling",)),
    "pain_hours": ("h", ("outcome.soreness", "outcome.pain.length_exponent")),
    "dryness_days": ("day", ("outcome.dryness",)),
    "downtime_days": ("day", ("outcome.redness", "tissue.front", "tissue.epidermis", "handling.downtime")),
    "scar_depth": ("mm", _SCAR),
    "scar_depth_change": ("%", _SCAR),
    "scar_width": ("mm", _SCAR),
    "scar_volume_change": ("%", _SCAR),
    "tethers_cut": ("0-1", ("outcome.scars.tether", "outcome.scars.stays_cut", "skin.lesions.tether_depth")),
    "bundles_cut": ("0-1", ("outcome.scars.bundle", "puncture.channel", "puncture.entry")),
    **{name: (unit, _GRADED) for name, unit in _GRADES.items()},
    **{f"{name}_change": ("%", _AGED) for name in ("firmness", "dermal_density", "dermal_thickness")},
    "wrinkle_depth_change": ("%", _AGED),
    "wrinkle_change": ("%", (*_AGED, "outcome.raters")),
    "wrinkle_change_open": ("%", (*_AGED, "outcome.raters")),
    "pih_probability": ("0-1", _OF_PIGMENT),
    "bruise_probability": ("0-1", ("outcome.bruise.reference", "outcome.bruise.frailty")),
    "tram_track_probability": ("0-1", ("outcome.tram",)),
    "heavy_bleeding_probability": ("0-1", ("outcome.heavy_bleeding",)),
    "infection_probability": ("0-1", ("outcome.infection",)),
    **{f"infection_from_{source}": ("0-1", ("outcome.infection",)) for source in SOURCES},
    "bloodborne_probability": ("0-1", ("outcome.bloodborne",)),
    "granuloma_probability": ("0-1", ("outcome.granuloma",)),
    "herpes_probability": ("0-1", ("outcome.herpes",)),
    "irritation_probability": ("0-1", ("outcome.vitamin_a", "tissue.epidermis.retinoid")),
}
# These rest on the instrument's geometry too.
OF_GEOMETRY = {
    "attempted_density", "hole_density", "tip_depth", "channel_depth", "channel_width", "slit_length",
    "pinpoint_stroke", "confluent_stroke", "dye_depth", "push_force", "blood_volume", "bleeding_points",
}  # fmt: skip
_RATERS: dict[str, Raters] = {"": "blinded", "_open": "open"}  # by what the name of a quantity ends on
_HAZARDS = {
    "pih_probability": "pigment",
    "bruise_probability": "bruise",
    "tram_track_probability": "tram",
    "heavy_bleeding_probability": "heavy_bleeding",
    "infection_probability": "infection",
    "bloodborne_probability": "bloodborne",
    "granuloma_probability": "granuloma",
    "herpes_probability": "herpes",
}


def meta(name: str) -> tuple[str, tuple[str, ...]]:
    """Unit of a quantity and the heads of the parameters that it rests on."""
    if name in CONTRACT:
        return CONTRACT[name]
    kind, compound = name.split(".", 1)
    heads = (f"transport.compounds.{compound}.", "transport.relations", "puncture.channel")
    return {"delivered": "ug/cm2", "enhancement": "1", "plasma_peak": "ug/mL"}[kind], heads


def plasma_peak(compound: str) -> str:
    """The quantity that holds a compound's highest level in plasma."""
    return "lidocaine_peak" if compound == "lidocaine" else f"plasma_peak.{compound}"


def quantities(state: State, seen: Seen, world: World) -> dict[str, np.ndarray]:
    """Every quantity, (draw,); NaN where it does not apply or never comes."""
    draws, skin = world.draws, state.skin
    nan = np.full(draws.n, np.nan)
    found: dict[str, np.ndarray] = dict.fromkeys(CONTRACT, nan)
    found |= {name: value for name, value in state.notes.items() if name in CONTRACT}
    bleeding = "puncture.bleeding."
    strokes = state.strokes
    found["pinpoint_stroke"] = _first_over(strokes.drops, draws.value(bleeding + "pinpoint"))
    found["confluent_stroke"] = _first_over(strokes.covered, draws.value(bleeding + "confluent"))
    if strokes.pain.shape[1]:
        found["hurting_strokes"] = (
            (strokes.pain > draws.value("outcome.pain.hurts")).sum(axis=1).astype(float)
        )
    if strokes.push.any():
        found["push_force"] = strokes.push.max(axis=1)
    deep = seen.series("numb_depth")
    if deep.any():
        found["numb_hours"] = _hours_above(
            np.array(seen.times), deep, draws.value("transport.numbness.felt_depth")
        )
    lost = seen.series("water_loss")
    found["tewl_peak"] = lost.max(axis=0)
    closed = {"barrier_closed": state.closure.barrier_half, "channel_closed": state.closure.lumen_half}
    closed |= {f"closed_by_{name}": hours for name, hours in state.measures.closing_hours.items()}
    for name, hours in closed.items():
        found[name] = _in_time(hours, state.closure.lumen_from > 0)
    bared = state.bare.share_from > 0
    found["barrier_closed"] = np.where(bared, _in_time(state.bare.half, bared), found["barrier_closed"])
    found["epidermis_closed"] = state.tissue.front.closing_hours
    hurt = "redness_hours" in state.notes
    found["redness_days"] = state.notes["redness_hours"] / _DAY if hurt else np.zeros(draws.n)
    found["swelling_days"] = state.notes["swelling_hours"] / _DAY if hurt else np.zeros(draws.n)
    found["downtime_days"] = np.maximum(found["redness_days"], _raw_days(seen, draws) if hurt else 0.0)
    found |= _felt_for(seen, world)
    last = seen.looks[-1]
    for name in (
        "epidermal_thickness_change",
        "collagen_change",
        "healthy_collagen_change",
        "collagen_iii_change",
        "elastin_change",
        "tropoelastin_change",
        "fibre_alignment",
        "firmness_change",
        "dermal_density_change",
        "dermal_thickness_change",
    ):
        found[name] = last[name]
    found["bundles_cut"] = state.bundles
    if skin.lesion.is_scar:
        before = seen.looks[0]
        found |= {name: last[name] for name in ("scar_depth", "scar_width")}
        for name in ("scar_depth", "scar_volume"):
            found[f"{name}_change"] = _PERCENT * (last[name] / before[name] - 1)
        found["tethers_cut"] = state.cut
        depth_change = found["scar_depth_change"] / _PERCENT
        seen_share = seen_of_scar(depth_change, last["healthy_collagen_change"] / _PERCENT, draws)
        if skin.lesion.kind == "acne-scar":
            found |= _acne_grades(seen_share, draws)
    else:
        seen_share = -last["wrinkle_depth_change"] / _PERCENT
        found["wrinkle_depth_change"] = last["wrinkle_depth_change"]
        for name, raters in _RATERS.items():
            found["wrinkle_change" + name] = _PERCENT * graded(seen_share, "wrinkle", raters, draws)
    found |= _overall(seen_share, draws)
    for name, kind in _HAZARDS.items():
        found[name] = state.hazards.probability(kind, draws)
    # The sources share out the whole, so that they add up to it.
    infection = state.hazards.infection
    for source in SOURCES:
        part = getattr(state.hazards, f"infection_{source}")
        share = np.divide(part, infection, out=np.zeros(draws.n), where=infection > 0)
        found[f"infection_from_{source}"] = found["infection_probability"] * share
    found["irritation_probability"] = state.vitamin_a.worst
    for name, depot in state.depots.items():
        day = seen.looks[min(seen.after(depot.first_applied + _DAY), len(seen.looks) - 1)]
        needled, whole = day[f"delivered.{name}"], day[f"delivered_whole.{name}"]
        found[f"delivered.{name}"] = needled
        found[f"enhancement.{name}"] = np.divide(needled, whole, out=nan.copy(), where=whole > 0)
    for name in state.plasma:
        found[plasma_peak(name)] = seen.series(f"plasma.{name}").max(axis=0)
    return found


def _acne_grades(seen_share: np.ndarray, draws: Draws) -> dict[str, np.ndarray]:
    """What raters make of acne scars of which that share is gone."""
    found = {}
    for name, raters in _RATERS.items():
        change = graded(seen_share, "grade", raters, draws)
        found["goodman_baron_change" + name] = _PERCENT * change
        found["responders" + name] = responders(change, draws)
        found["responders_two" + name] = responders(change, draws, grades=2)
        found["goodman_baron_score_change" + name] = _PERCENT * graded(seen_share, "score", raters, draws)
        found["ecca_change" + name] = _PERCENT * graded(seen_share, "ecca", raters, draws)
    found["goodman_baron_grade"] = grade_after(found["goodman_baron_change"] / _PERCENT, draws)
    return found


def _overall(seen_share: np.ndarray, draws: Draws) -> dict[str, np.ndarray]:
    """Overall improvement, which can be said of any concern, by raters and by the patients themselves."""
    found = {}
    for name, raters in _RATERS.items():
        found["overall_improvement" + name] = -_PERCENT * graded(seen_share, "overall", raters, draws)
    own = -graded(seen_share, "overall", "patient", draws)
    return found | {"patient_improvement": _PERCENT * own, "patient_satisfied": satisfied(own, draws)}


def _raw_days(seen: Seen, draws: Draws) -> np.ndarray:
    """Days after the last session until the epidermis over the openings stands, (draw,); inf while it does not."""
    layers, level = seen.series("epidermal_layers"), draws["handling.downtime.layers"]
    start = seen.after(seen.ends[-1])
    time = np.array(seen.times[start:])
    raw = layers[start:] < level
    last = raw.shape[0] - 1 - raw[::-1].argmax(axis=0)  # the last look at which it is raw
    each, at = np.arange(draws.n), np.minimum(last, raw.shape[0] - 2)
    before, after = layers[start + at, each], layers[start + at + 1, each]
    rise = after - before
    share = np.divide(level - before, rise, out=np.ones_like(rise), where=rise > 0)
    whole = time[at] + np.clip(share, 0, 1) * (time[at + 1] - time[at]) - time[0]
    return np.where(raw.any(axis=0), np.where(raw[-1], np.inf, whole / _DAY), 0.0)


def _felt_for(seen: Seen, world: World) -> dict[str, np.ndarray]:
    """How long after the first session one feels it, (draw,) each."""
    since, until = seen.ends[0], seen.ends[0] + _FELT_FOR
    if world.treatment.course.sessions > 1:
        until = min(until, world.treatment.course.interval)
    start = int(np.searchsorted(seen.times, since, side="right")) - 1  # the last look at the session's end
    looks = slice(start, max(seen.after(until), start + 1))
    times, hurts = np.array(seen.times)[looks], world.draws.value("outcome.soreness.felt")
    hours = {
        name: _hours_above(times, seen.series(name)[looks], level)
        for name, level in (("tingling", 1.0), ("pain_after", hurts), ("dryness", 1.0))
    }
    return {
        "tingling_hours": hours["tingling"],
        "pain_hours": hours["pain_after"],
        "dryness_days": hours["dryness"] / _DAY,
    }


def _in_time(hours: np.ndarray, opened: np.ndarray) -> np.ndarray:
    """Opened and not yet closed at the end is inf: never, as far as one looked."""
    return np.where(np.isnan(hours) & opened, np.inf, hours)


def _hours_above(time: np.ndarray, values: np.ndarray, level: float) -> np.ndarray:
    """Hours that `values` (time, draw), straight lines between the looks, lie above `level`, (draw,)."""
    low, high = np.minimum(values[1:], values[:-1]), np.maximum(values[1:], values[:-1])
    rise = high - low
    share = np.divide(high - level, rise, out=(high > level).astype(float), where=rise > 0)
    return (np.clip(share, 0, 1) * np.diff(time)[:, None]).sum(axis=0)


def _first_over(values: np.ndarray, threshold: float) -> np.ndarray:
    """The first stroke, from 1, after which `values` (draw, stroke) are above the threshold; inf if none."""
    if values.shape[1] == 0:
        return np.full(values.shape[0], np.nan)
    over = values > threshold
    return np.where(over.any(axis=1), over.argmax(axis=1) + 1.0, np.inf)
