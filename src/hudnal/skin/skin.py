"""The state of the skin at the start: `Skin.at(site, person, lesion, draws)`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.parameters import Draws, table
from hudnal.skin.lesion import Lesion
from hudnal.skin.person import Person
from hudnal.units import N_PER_MM


def list_sites() -> list[str]:
    """Names of the sites of the body that the tables know."""
    return [name for name in table("skin")["sites"] if name != "default"]


@dataclass(frozen=True)
class Skin:
    """One person's skin at one site, one value a draw; lengths mm, tension N/mm, modulus MPa."""

    site: str
    person: Person
    lesion: Lesion
    corneum: PerDraw  # mm
    epidermis: PerDraw  # mm, living
    dermis: PerDraw  # mm
    hypodermis: PerDraw  # mm
    soft_depth: PerDraw  # mm, of what yields under the dermis down to firm ground
    variation: PerDraw  # 1, of epidermal thickness between places
    loop_depth: PerDraw  # mm, tops of the capillary loops
    loop_density: PerDraw  # 1/mm2
    loop_diameter: PerDraw  # mm
    loop_flow: PerDraw  # uL/h of one loop
    plexus_depth: PerDraw  # mm, upper plexus
    plexus_breadth: PerDraw  # 1
    plexus_length: PerDraw  # mm of vessel per mm2 of skin
    deep_length: PerDraw  # mm/mm2, lower plexus, at the bottom of the dermis
    plexus_diameter: PerDraw  # mm, median
    plexus_variation: PerDraw  # 1, geometric standard deviation
    tension: PerDraw  # N/mm, natural
    epidermis_modulus: PerDraw  # MPa
    soft_modulus: PerDraw  # MPa, under the dermis
    stiffness: PerDraw  # 1, of the dermis against 35 years
    bone_below: PerDraw  # 1, share of the area
    face: PerDraw  # 1 on the face, 0 elsewhere
    sensitivity: PerDraw  # 1, against the volar forearm
    blood_flow: PerDraw  # 1, against the arm
    water_loss: PerDraw  # g/m2/h
    passage: PerDraw  # 1, of what the corneum lets through against excised skin of the trunk
    turnover: PerDraw  # day, transit through the corneum
    adnexa: PerDraw  # 1/mm2
    collagen: PerDraw  # 1, against young skin
    collagen_iii_share: PerDraw  # 1
    elastin: PerDraw  # 1, against young skin
    tropoelastin_share: PerDraw  # 1
    synthesis: PerDraw  # 1, collagen that fibroblasts make, against young never-smokers
    epithelium_speed: PerDraw  # 1
    barrier_speed: PerDraw  # 1

    @property
    def surface_to_dermis(self) -> PerDraw:
        """Thickness of corneum and living epidermis, mm."""
        return self.corneum + self.epidermis

    @property
    def thickness(self) -> PerDraw:
        """Thickness down to the fat, mm."""
        return self.corneum + self.epidermis + self.dermis

    @staticmethod
    def at(site: str, person: Person, lesion: Lesion, draws: Draws) -> Skin:
        """The skin of `person` at `site`, with its `lesion`. Raises KeyError for a site without a table."""
        if site not in list_sites():
            raise KeyError(site)
        tables = _Tables(site, person, draws)
        layers = tables.read_layers(lesion)
        return Skin(
            site=site,
            person=person,
            lesion=lesion,
            **layers,
            **tables.read_vessels(lesion, layers["corneum"], layers["epidermis"], layers["dermis"]),
            **tables.read_mechanics(),
            **tables.read_matrix(lesion),
            **tables.read_speeds_of_healing(),
            bone_below=tables.read_here("bone_below"),
            face=tables.read_here("face"),
            sensitivity=tables.read_here("sensitivity"),
            blood_flow=tables.read_here("flow"),
            water_loss=tables.read_here("water_loss"),
            passage=tables.read_here("passage"),
            turnover=tables.read_turnover(),
            adnexa=draws["skin.adnexa.density"],
        )


@dataclass(frozen=True)
class _Tables:
    """What the tables say of one person's skin at one site: groups of the fields of `Skin`, in the units there."""

    site: str
    person: Person
    draws: Draws

    def read_here(self, quantity: str) -> PerDraw:
        """The site's own entry, or else that of all sites."""
        own = f"skin.sites.{self.site}.{quantity}"
        return self.draws[own if self.draws.has(own) else f"skin.sites.default.{quantity}"]

    def place_on_line(self, start: str, span: str) -> float:
        """How far the person's age is on a study's line from its young group (0) to its old one (1)."""
        beyond, since = self.draws.value("skin.ageing.beyond"), self.person.age - self.draws.value(start)
        return float(np.clip(since / self.draws.value(span), 0, beyond))

    @property
    def adult_years(self) -> float:
        """Years that the person has been grown up, 0 before."""
        return max(0.0, self.person.age - self.draws.value("skin.ageing.adult_from"))

    def read_layers(self, lesion: Lesion) -> dict[str, PerDraw]:
        """Thickness of each layer, and how it varies from place to place."""
        draws, person = self.draws, self.person
        older = person.age - draws.value("skin.layers.thinning_from")
        thinned = np.exp(-draws["skin.layers.thinning"] * older)
        epidermis = self.read_here("epidermis") * thinned * lesion.epidermis
        dermis = self.read_here(f"dermis_{person.sex}")
        if person.is_small_child:
            dermis = dermis * draws["skin.layers.child"]
        return {
            "corneum": self.read_here("corneum"),
            "epidermis": epidermis * draws[f"skin.ageing.sun_epidermis.{person.sun}"],
            "dermis": dermis * np.exp(-draws["skin.layers.dermal_thinning"] * older),
            "hypodermis": (soft := self.read_here("hypodermis")),
            # Where bone is close below soft tissue is thin: the more of the area it is, the thinner by its share.
            "soft_depth": soft
            * (draws["skin.mechanics.soft_on_bone"] / soft) ** self.read_here("bone_below"),
            "variation": draws["skin.layers.variation"],
        }

    def read_vessels(
        self, lesion: Lesion, corneum: PerDraw, epidermis: PerDraw, dermis: PerDraw
    ) -> dict[str, PerDraw]:
        """Capillary loops and the two plexuses in layers that are `corneum`, `epidermis` and `dermis` mm thick."""
        draws = self.draws
        surface = corneum + epidermis
        deepest = surface + draws["skin.vessels.plexus_deepest"] * dermis
        loops_lost = draws["skin.vessels.loop_loss_with_age"] * self.place_on_line(
            "skin.vessels.loop_loss_from", "skin.vessels.loop_loss_span"
        )
        flow_lost = draws["skin.vessels.loop_flow_loss"] * self.place_on_line(
            "skin.vessels.flow_from", "skin.vessels.flow_span"
        )
        return {
            "loop_depth": corneum + np.minimum(draws["skin.layers.papilla_cover"], epidermis),
            "loop_density": self.read_here("loop_density") * (1 - loops_lost) * lesion.loops,
            "loop_diameter": draws["skin.vessels.loop_diameter"],
            "loop_flow": draws["skin.vessels.loop_flow_young"] * (1 - flow_lost),
            "plexus_depth": np.minimum(draws["skin.vessels.plexus_depth"], deepest),
            "plexus_breadth": draws["skin.vessels.plexus_breadth"],
            "plexus_length": 2 / draws["skin.vessels.plexus_mesh"],
            "deep_length": 2 / draws["skin.vessels.deep_mesh"],
            "plexus_diameter": draws["skin.vessels.plexus_diameter"],
            "plexus_variation": draws["skin.vessels.plexus_variation"],
        }

    def read_mechanics(self) -> dict[str, PerDraw]:
        """Natural tension, and how stiff epidermis and dermis are."""
        draws = self.draws
        older = self.person.age - draws.value("skin.mechanics.stiffening_from")
        stiffened = np.exp(draws["skin.mechanics.stiffening"] * older)
        modulus = "skin.mechanics.dermis_modulus"
        return {
            "tension": self.read_here("tension") * N_PER_MM,
            "epidermis_modulus": draws["skin.mechanics.epidermis_modulus"],
            "soft_modulus": self.read_here("soft_modulus"),
            "stiffness": stiffened * draws[modulus] / draws.value(modulus),
        }

    def read_matrix(self, lesion: Lesion) -> dict[str, PerDraw]:
        """Collagen and elastin, and how much collagen is made."""
        draws, person, adult = self.draws, self.person, self.adult_years
        beyond, least = draws.value("skin.ageing.beyond"), draws.value("skin.ageing.least")
        lost_to_sun = draws[f"skin.ageing.sun_collagen.{person.sun}"]
        collagen = np.maximum(1 - draws["skin.ageing.collagen_loss"] * lost_to_sun * adult, least)
        elastin = np.maximum(1 - draws["skin.ageing.elastin_loss"] * adult, least)
        # What the sun clumps is old elastin: it counts in all, not among the new.
        clumped = draws[f"skin.ageing.elastosis.{person.sun}"] * min(
            adult / draws.value("skin.ageing.elastosis_span"), beyond
        )
        new_elastin = draws["skin.ageing.tropoelastin_share"] * elastin
        synthesis = 1 - draws["skin.ageing.synthesis_loss"] * self.place_on_line(
            "skin.ageing.synthesis_from", "skin.ageing.synthesis_span"
        )
        if person.smoker:
            collagen = collagen * draws["skin.ageing.smoker_collagen"]
            synthesis = synthesis * draws["skin.ageing.smoker_synthesis"]
        return {
            "collagen": collagen * lesion.collagen,
            "collagen_iii_share": draws["skin.ageing.collagen_iii_share"],
            "elastin": (elastin + clumped) * lesion.elastin,
            "tropoelastin_share": new_elastin / (elastin + clumped),
            "synthesis": synthesis * lesion.synthesis,
        }

    def read_speeds_of_healing(self) -> dict[str, PerDraw]:
        """How fast epithelium and barrier close, against young never-smokers."""
        draws = self.draws
        slower = draws["skin.ageing.barrier_slowing"] ** self.place_on_line(
            "skin.ageing.adult_from", "skin.ageing.barrier_span"
        )
        if self.person.smoker:
            slower = slower * draws["skin.ageing.smoker_barrier"]
        delay = draws["skin.ageing.epithelium_delay"] * self.place_on_line(
            "skin.ageing.epithelium_from", "skin.ageing.epithelium_span"
        )
        return {"epithelium_speed": 1 / (1 + delay), "barrier_speed": 1 / slower}

    def read_turnover(self) -> PerDraw:
        """Days in which a cell crosses the corneum, longer with age."""
        older = self.person.age - self.draws.value("skin.ageing.turnover_from")
        slowed = np.maximum(
            1 + self.draws["skin.ageing.turnover_slowing"] * older, self.draws.value("skin.ageing.least")
        )
        return self.read_here("turnover") * slowed
