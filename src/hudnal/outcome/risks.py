"""Dark marks, bruises, tram tracks, heavy bleeding, herpes, granuloma: hazards that sessions add up.

P = 1 - exp(-sum of hazards); a hazard is a published anchor's, scaled by what the model says was done against what was
done in the trials behind it. Where people differ in how easily they mark, the hazard of each is multiplied by a frailty
of mean 1 (gamma, shape k), and P = 1 - (1 + H/k)^-k over all of them: who has not marked yet may never do.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from math import pi, sqrt
from typing import Any

import numpy as np
from scipy.special import expit

from hudnal.arrays import PerDraw
from hudnal.outcome.chance import convert_to_chance, convert_to_hazard, read_chance
from hudnal.outcome.contract import Quantity
from hudnal.outcome.zones import join_alike, join_prone
from hudnal.parameters import Draws
from hudnal.puncture.bleeding import find_thinning
from hudnal.skin import Skin

_FRAIL = ("pigment", "bruise", "tram")
SOURCES = ("skin", "instrument", "hands", "serum", "later")  # of infection


@dataclass(frozen=True)
class Hazards:
    """The hazards of each harm that a course has added up so far, (draw,) each."""

    pigment: PerDraw
    bruise: PerDraw
    tram: PerDraw
    heavy_bleeding: PerDraw
    infection_skin: PerDraw
    infection_instrument: PerDraw
    infection_hands: PerDraw
    infection_serum: PerDraw
    infection_later: PerDraw
    bloodborne: PerDraw
    granuloma: PerDraw
    herpes: PerDraw  # of those who can relapse
    mycobacteria: PerDraw
    worker_stick: PerDraw  # of who works, not of who is treated
    worker_bloodborne: PerDraw
    raised: PerDraw  # what triggers raised scars in the prone, in usual courses (`outcome/raised.py`)

    @staticmethod
    def none(draws: int) -> Hazards:
        """The hazards before anything is done: none."""
        return Hazards(*(np.zeros(draws) for _ in fields(Hazards)))

    def add(self, **more: PerDraw) -> Hazards:
        """The hazards with `more` of the named kinds, (draw,) each."""
        return replace(self, **{kind: getattr(self, kind) + value for kind, value in more.items()})

    @property
    def infection(self) -> PerDraw:
        """Hazard of infection from every source together, (draw,)."""
        return sum((getattr(self, f"infection_{source}") for source in SOURCES), np.zeros_like(self.pigment))

    def find_probability(self, kind: str, draws: Draws) -> PerDraw:
        """Probability of a `kind` of harm in the course, (draw,), 0-1."""
        hazard = getattr(self, kind)
        return convert_to_chance(hazard, draws[f"outcome.{kind}.frailty"] if kind in _FRAIL else None)


def assess_pigment(hurt: PerDraw, agent: str, skin: Skin, draws: Draws) -> PerDraw:
    """Hazard of dark marks from one session that hurt this share of the dermis; `agent` needle, heat or acid."""
    group = "outcome.pigment."
    base = draws[group + ("dark" if skin.person.marks_readily else "light")]
    power = draws[group + ("exponent_needle" if agent == "needle" else "exponent")]
    dose = (np.maximum(hurt, 0) / draws.anchor[group + "reference_injury"]) ** power
    harsher = 1.0 if agent == "needle" else draws[group + agent]
    return (
        convert_to_hazard(base, draws[group + "frailty"])
        / draws.anchor[group + "reference_sessions"]
        * dose
        * harsher
    )


def assess_sheet_marks(open_sheet: PerDraw, skin: Skin, draws: Draws) -> PerDraw:
    """Hazard of dark marks where a session left `open_sheet`, a share of the face, without epidermis for days, (draw,).

    It hangs neither on depth nor on heat: one pass and many, CO2 and Er:YAG marked as many.
    """
    group = "outcome.pigment."
    rate = draws[group + ("sheet_dark" if skin.person.marks_readily else "sheet_light")]
    return convert_to_hazard(rate, draws[group + "frailty"]) * open_sheet


def assess_bruise(deep_hits: PerDraw, skin: Skin, draws: Draws) -> PerDraw:
    """Hazard of a bruise from one session that crosses the lower plexus `deep_hits` times a mm2.

    It goes by the share of the skin into which the plexus bleeds: blood of crossings as near as it spreads is one spot.
    """
    group = "outcome.bruise."
    rate = convert_to_hazard(draws[group + "reference"], draws[group + "frailty"])
    per_session = rate / draws.anchor[group + "reference_sessions"]
    thinner = find_thinning(skin.person, draws)
    bled_into = -np.expm1(-deep_hits * pi * draws[group + "spread"] ** 2)
    usual = -np.expm1(-draws.anchor[group + "reference_hits"] * pi * draws.anchor[group + "spread"] ** 2)
    return per_session * bled_into / usual * thinner


def assess_tram_tracks(torn: PerDraw, depth: PerDraw, pressed: PerDraw, skin: Skin, draws: Draws) -> PerDraw:
    """Hazard of tram-track scars from one session: what needles that are pulled along tear, whatever their number.

    `torn` mm that a hole's needle tore along the stroke, over that and the hole's width; `depth` of the tip, over the
    thickness down to the fat; `pressed` N with which the instrument itself lay on the skin; (draw,) each.
    """
    group = "outcome.tram."
    rate = convert_to_hazard(draws[group + "reference"], draws[group + "frailty"])
    per_session = rate / draws.anchor[group + "reference_sessions"]
    # Where skin tears easily it tore in those trials, too.
    slit = draws.anchor["puncture.channel.slit_cut"] * draws.anchor[group + "reference_drag"]
    usual = slit / (slit + draws.anchor[group + "reference_width"])
    harder = (torn / usual) ** draws[group + "exponent"]
    deeper = (depth / draws.anchor[group + "reference_depth"]) ** draws[group + "depth_exponent"]
    over_bone = skin.bone_below * np.minimum(pressed / draws[group + "pressure"], 1)
    bone = 1 + (draws[group + "bone"] - 1) * over_bone
    # Those trials were done in dark skin.
    marks = 1.0 if skin.person.marks_readily else 1 / draws[group + "dark"]
    return per_session * harder * deeper * bone * marks


def assess_heavy_bleeding(volume: PerDraw, draws: Draws) -> PerDraw:
    """Hazard of bleeding that one would call heavy, when a typical person loses `volume` uL/cm2 in the session.

    People differ log-logistically, of that standard deviation: among many some bleed far more than the rest.
    """
    group = "outcome.heavy_bleeding."
    with np.errstate(divide="ignore"):  # no blood: a logarithm of minus infinity, and no chance
        score = np.log(volume / draws[group + "volume"]) / draws[group + "person"]
    return convert_to_hazard(expit(score * pi / sqrt(3)))


def assess_granuloma(punctured: PerDraw, deep: PerDraw, draws: Draws) -> PerDraw:
    """Hazard of lasting lumps where a product that is not made for the dermis lies under the needles of one session.

    `punctured` share of the surface, `deep` share of holes that reach the dermis, (draw,).
    """
    usual = draws.anchor.value("outcome.infection.usual_punctured")
    return convert_to_hazard(draws["outcome.granuloma.session"]) * punctured / usual * deep


def assess_herpes(
    hurt: PerDraw, burnt: PerDraw, skin: Skin, draws: Draws, open_sheet: PerDraw | float = 0.0
) -> PerDraw:
    """Hazard of cold sores that come back after one session, in those who can relapse; on faces only.

    `hurt` share of the dermis, `burnt` the part of it by heat or acid, (draw,) each: lasers stand behind the rate, and
    needles that hurt as much wake less. `open_sheet` is the share of the face that it left without epidermis for days,
    (draw,): there as many had them who knew of none. A drug against them lowers it.
    """
    if not skin.face.any():
        return np.zeros_like(hurt)
    group = "outcome.herpes."
    prone = find_relapsing_share(skin, draws)
    # Lasers treated people with and without a history alike: only those with one can relapse.
    relapse = np.minimum(draws[group + "session"] / draws[group + "history"], 1.0)
    usual = draws.anchor[group + "reference_injury"]
    by_heat, by_all = (-np.expm1(-np.maximum(one, 0) / usual) for one in (burnt, hurt))
    small = relapse * (by_heat + draws[group + "needle"] * np.maximum(by_all - by_heat, 0))
    bared = np.minimum(draws[group + "full"] / prone, 1.0) * open_sheet
    protected = draws[group + "antiviral"] if skin.person.antiviral else 1.0
    return convert_to_hazard(np.maximum(small, bared) * protected)


def find_relapsing_share(skin: Skin, draws: Draws) -> PerDraw:
    """Share of people like this one who carry herpes that can come back, (draw,): all who have had cold sores."""
    return np.ones(draws.n) if "herpes" in skin.person.conditions else draws["outcome.herpes.history"]


def _read_herpes(ending: Any) -> PerDraw:
    # A trait: sessions add up within those who can relapse.
    relapsed = ending.hazards.find_probability("herpes", ending.draws)
    return find_relapsing_share(ending.last.skin, ending.draws) * relapsed


def _share_out_infection(source: str) -> Any:
    # The sources share out the whole, so that they add up to it.
    def share_out(ending: Any) -> PerDraw:
        whole = ending.hazards.infection
        part = getattr(ending.hazards, f"infection_{source}")
        share = np.divide(part, whole, out=np.zeros(ending.draws.n), where=whole > 0)
        return ending.hazards.find_probability("infection", ending.draws) * share

    return share_out


def _tell_trait(name: str, kind: str) -> Quantity:
    """A harm for which people differ in how easily they have it."""
    joined = join_alike(f"outcome.{kind}.frailty")
    return Quantity(name, "0-1", "risk", read_chance(kind), weight="harm", over_zones=joined)


QUANTITIES = (
    _tell_trait("pih_probability", "pigment"),
    _tell_trait("bruise_probability", "bruise"),
    _tell_trait("tram_track_probability", "tram"),
    Quantity(
        "heavy_bleeding_probability",
        "0-1",
        "risk",
        read_chance("heavy_bleeding"),
        weight="harm",
        over_zones="most",
    ),
    Quantity(
        "infection_probability",
        "0-1",
        "risk",
        read_chance("infection"),
        weight="harm",
        over_zones="any",
    ),
    *(
        Quantity(f"infection_from_{source}", "0-1", "risk", _share_out_infection(source), over_zones="any")
        for source in SOURCES
    ),
    Quantity("bloodborne_probability", "0-1", "risk", read_chance("bloodborne"), over_zones="most"),
    Quantity("granuloma_probability", "0-1", "risk", read_chance("granuloma"), over_zones=join_alike()),
    Quantity("herpes_probability", "0-1", "risk", _read_herpes, over_zones=join_prone(find_relapsing_share)),
)
