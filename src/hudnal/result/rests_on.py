"""Which parameters a quantity rests on, by the heads of their names."""

from __future__ import annotations

from hudnal.outcome.risks import SOURCES

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
HEADS: dict[str, tuple[str, tuple[str, ...]]] = {
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


def heads_of(quantity: str) -> tuple[str, ...]:
    """Heads of the names of the parameters that a quantity rests on."""
    if quantity in HEADS:
        return HEADS[quantity][1]
    compound = quantity.split(".", 1)[1]
    return (f"transport.compounds.{compound}.", "transport.relations", "puncture.channel")
