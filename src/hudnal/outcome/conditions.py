"""Who should not be needled, or only with care: what makers, labels, trials and task forces say of each condition.

They contradict each other. Every view is shown, as one warning each.
"""

from __future__ import annotations

from hudnal.outcome.rules import Level, PlanWarning
from hudnal.parameters import Draws

# View: level, source, conditions that it names. The texts stand under `warnings` in the language tables.
_VIEWS: dict[str, tuple[Level, tuple[str, ...], tuple[str, ...]]] = {
    "excluded_strict_maker": (
        "danger",
        ("safety:REG-055",),
        ("bleeding-disorder", "uncontrolled-diabetes", "active-acne", "skin-cancer", "keloid", "solar-keratosis",
         "warts", "eczema", "infection", "herpes", "rosacea", "immunosuppressed", "recent-surgery", "recent-filler",
         "anaesthetic-allergy"),
    ),
    "excluded_lenient_maker": ("danger", ("safety:REG-056",), ("skin-cancer", "infection")),
    "not_studied_lenient_maker": (
        "caution", ("safety:REG-056",), ("eczema", "psoriasis", "herpes", "keloid", "scleroderma"),
    ),
    "doctor_third_maker": (
        "caution",
        ("safety:REG-057",),
        ("rosacea", "active-acne", "herpes", "warts", "scleroderma", "infection", "solar-keratosis", "skin-cancer",
         "bleeding-disorder"),
    ),
    "excluded_trial": ("caution", ("safety:REG-059",), ("pregnant", "metal-allergy", "anaesthetic-allergy")),
    "excluded_other_trial": (
        "caution", ("safety:REG-052",), ("keloid", "infection", "recent-filler"),
    ),
    "metal_risk": ("caution", ("safety:AE-002",), ("metal-allergy",)),
    "isotretinoin_label": ("caution", ("safety:REG-050",), ("isotretinoin",)),
    "isotretinoin_task_force": ("note", ("safety:REG-051",), ("isotretinoin",)),
    "isotretinoin_asds": ("note", ("asds_isotretinoin2017",), ("isotretinoin",)),
    "isotretinoin_trial": ("caution", ("safety:REG-052",), ("isotretinoin",)),
    "slow_healing": ("note", ("safety:REG-056",), ("diabetes",)),
}  # fmt: skip
# The same of numbing creams.
_CREAM_VIEWS: dict[str, tuple[Level, tuple[str, ...], tuple[str, ...]]] = {
    "cream_excluded": (
        "danger",
        ("safety:REG-057",),
        ("pregnant", "breastfeeding", "methaemoglobinaemia", "heart-rhythm-drug"),
    ),
    "cream_blood": ("danger", ("safety:ANA-006",), ("methaemoglobinaemia",)),
    "cream_heart": ("caution", ("safety:ANA-007",), ("heart-rhythm-drug",)),
    "cream_allergy": ("danger", ("safety:REG-059", "safety:REG-055"), ("anaesthetic-allergy",)),
}
_LENIENT = ("excluded_lenient_maker", "not_studied_lenient_maker")


# Views of a drug that has ended fall silent once the wait is over that they speak of: a parameter of the rules, days.
_WAITS = {
    "isotretinoin_label": "label", "isotretinoin_task_force": "label", "isotretinoin_asds": "label",
    "isotretinoin_trial": "trial",
}  # fmt: skip


def warn_of_conditions(
    conditions: tuple[str, ...],
    setting: str,
    numbed: bool,
    draws: Draws | None = None,
    isotretinoin_ended: float | None = None,
) -> list[PlanWarning]:
    """Every view of every condition; `numbed`: a numbing cream is used.

    `isotretinoin_ended`: days since that drug was last taken, where it has ended; the `draws` then tell the wait.
    """
    warnings: list[PlanWarning] = []
    views = {**_VIEWS, **(_CREAM_VIEWS if numbed else {})}
    if isotretinoin_ended is not None and draws is not None:
        over = {
            view
            for view, wait in _WAITS.items()
            if isotretinoin_ended >= draws.value(f"rules.isotretinoin.{wait}")
        }
        views = {view: what for view, what in views.items() if view not in over}
    for condition in conditions:
        own = [view for view, (_, _, named) in views.items() if condition in named]
        for view in own:
            level, source, _ = views[view]
            warnings.append(PlanWarning(view, level, source, {"condition": condition}, "person.conditions"))
        strict = "excluded_strict_maker" in own
        if strict and not any(view in own for view in _LENIENT):
            # The other side of the conflict: a maker whose list leaves it out.
            values = {"condition": condition}
            warnings.append(
                PlanWarning(
                    "not_listed_lenient_maker", "note", ("safety:REG-056",), values, "person.conditions"
                )
            )
        if setting != "clinic" and (strict or "doctor_third_maker" in own):
            source = ("safety:REG-057", "safety:REG-055")
            values = {"condition": condition}
            warnings.append(PlanWarning("condition_setting", "danger", source, values, "person.conditions"))
    return warnings
