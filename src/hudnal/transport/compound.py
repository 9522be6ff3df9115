"""One active substance: how it parts and diffuses in corneum, living epidermis, dermis and blood.

Structure of Dancik et al. 2013 (Adv Drug Deliv Rev 65:221) with Potts and Guy's permeability: concentrations are
counted as the neutral form in water at the same push (`activity`, ug/mL), so that they are continuous across layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.parameters import Draws, table
from hudnal.skin import Skin
from hudnal.transport.permeability import corneum_permeability, free_diffusivity, potts_guy

_CLOSED = 1e-9  # 1/h
_RELATIVE = "lidocaine"  # whose permeability others may be told against


def compound_names() -> list[str]:
    """Names of the actives that the tables know."""
    return list(table("transport")["compounds"])


@dataclass(frozen=True)
class Compound:
    """How one active parts and moves in one skin. Partitions are against the neutral form in water."""

    name: str
    corneum_partition: PerDraw
    corneum_diffusivity: PerDraw  # mm2/h, of a fully hydrated corneum
    tissue_partition: PerDraw
    tissue_diffusivity: PerDraw  # mm2/h
    water_diffusivity: PerDraw  # mm2/h, in the fluid of a hole
    passage: PerDraw  # 1, of what this skin lets through against excised skin of the trunk
    wall: PerDraw  # 1/h, passage of the free drug through the walls of the dermis' capillaries
    flow: PerDraw  # 1/h, of the blood in them at rest
    free: PerDraw  # what of the tissue's drug the capillaries see, for each unit of activity
    neutral_in_tissue: PerDraw  # share of the dissolved drug that is neutral at the tissue's pH
    metabolism: PerDraw  # 1/h, of all that living tissue holds
    saturation: PerDraw  # ug/mL of the neutral form in water at 32 C; inf where it never matters
    evaporation: PerDraw  # mm/h, from the film for each unit of activity

    @staticmethod
    def of(name: str, skin: Skin, draws: Draws) -> Compound:
        """The compound of that name in this skin. Raises KeyError for an unknown one."""
        own = f"transport.compounds.{name}."
        if not draws.has(own + "molar_mass"):
            raise KeyError(name)
        r = {key: draws[f"transport.relations.{key}"] for key in table("transport")["relations"]}
        log_kow, mass = draws[own + "log_kow"], draws[own + "molar_mass"]
        kow = 10**log_kow
        neutral = neutral_share(name, draws, r["tissue_ph"])
        # What is charged for good has one form, which is counted as the neutral one is, and binds to no lipid.
        uncharged = 0.0 if draws.has(own + "permanent_charge") else neutral

        def optional(key: str, otherwise: float) -> PerDraw:
            return draws[own + key] if draws.has(own + key) else np.full(draws.n, otherwise)

        # Site and person let everything through alike; the corneum's thickness cancels, as it was seen to.
        passage = skin.passage * draws["transport.people.passage"]
        permeability = passage * _find_permeability(name, log_kow, mass, r, draws)
        # Corneum/water: lipid between, protein and water within the corneocytes.
        cells = r["corneocytes"]
        protein = r["protein_inner"] * r["protein_share"] * kow ** r["protein_power"]
        # Corneocytes fill slowly: in a passage of hours only a part of what they would hold takes part.
        protein_held = (protein + r["corneocyte_water"]) * r["corneocyte_exchange"]
        corneum_partition = (1 - cells) * r["lipid_share"] * kow ** r[
            "lipid_power"
        ] + cells * protein_held / (r["protein_inner"] / r["protein_density"] + r["corneocyte_water"])

        binding = (
            r["binding_base"]
            + r["binding_protein"] / draws[own + "unbound"]
            + r["binding_lipid"] * uncharged * kow
        )
        free = free_diffusivity(mass, r)
        # The capillary wall, 1/h; what is far too large for it stays where it is.
        wall = r["capillary_factor"] * 10 ** potts_guy(log_kow, mass, r) * r["capillary_surface"]
        wall = np.maximum(wall, _CLOSED)
        return Compound(
            name=name,
            corneum_partition=corneum_partition,
            corneum_diffusivity=permeability * skin.corneum / corneum_partition,
            tissue_partition=r["tissue_water"] / neutral * binding,
            tissue_diffusivity=free / binding,
            water_diffusivity=free,
            passage=passage,
            wall=wall,
            flow=r["capillary_flow"] * skin.blood_flow,
            free=r["tissue_water"] / neutral,
            neutral_in_tissue=neutral,
            metabolism=optional("metabolism", 0.0),
            saturation=optional("solubility", np.inf),
            evaporation=optional("evaporation", 0.0),
        )

    def uptake(self, perfusion: PerDraw | float) -> PerDraw:
        """1/h by which the dermis' blood takes drug up for each unit of activity, at `perfusion` times its flow."""
        flow = np.maximum(self.flow * perfusion, _CLOSED)
        return self.free / (1 / self.wall + 1 / flow)


def _find_permeability(
    name: str, log_kow: PerDraw, mass: PerDraw, r: Mapping[str, PerDraw], draws: Draws
) -> PerDraw:
    """Permeability in mm/h of excised skin of the trunk to the neutral form: measured, or by the relation.

    One that is told against lidocaine's goes with it, so that two drugs of one cream do not part by luck. Of what is
    charged for good it is the ion's.
    """
    own = f"transport.compounds.{name}."
    if draws.has(own + "permeability"):
        return draws[own + "permeability"]
    if draws.has(own + "permeability_ratio"):
        return draws[own + "permeability_ratio"] * draws[f"transport.compounds.{_RELATIVE}.permeability"]
    if draws.has(own + "permanent_charge"):
        return corneum_permeability(log_kow, mass, r) * 10 ** draws["transport.ions.error"]
    return corneum_permeability(log_kow, mass, r)


def neutral_share(name: str, draws: Draws, ph: PerDraw | float) -> PerDraw:
    """Share of a dissolved compound that carries no charge at `ph`: Henderson and Hasselbalch.

    The groups of one with a base and an acid are taken to be charged each by itself: most of it is then a zwitterion
    between its two pKa, whose charges cancel and which is no more the neutral form than an ion is. What is charged for
    good has one form alone, by which it is counted.
    """
    own = f"transport.compounds.{name}."
    base, acid = draws.has(own + "pka"), draws.has(own + "pka_acid")
    if not base and not acid:
        return np.ones(draws.n)
    share = 1 / (1 + 10 ** (draws[own + "pka"] - ph)) if base else 1.0
    return share / (1 + 10 ** (ph - draws[own + "pka_acid"])) if acid else np.asarray(share)


def find_partition(name: str, vehicle: str, draws: Draws) -> PerDraw:
    """How much of a compound one mL of a vehicle holds against one mL of water at the same push, (draw,).

    In an oil that goes by the compound, as its octanol/water ratio does; other vehicles have one number for all.
    """
    if draws.has(oil := f"transport.oils.{vehicle}"):
        return 10 ** (draws[f"transport.compounds.{name}.log_kow"] + draws[oil])
    return draws[f"transport.vehicles.{vehicle}"]
