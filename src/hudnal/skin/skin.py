"""The state of the skin at the start: `Skin.at(site, person, lesion, draws)`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hudnal.parameters import Draws, table
from hudnal.skin.lesion import Lesion
from hudnal.skin.person import Person


def site_names() -> list[str]:
    """The sites of the body that the tables know."""
    return [name for name in table("skin")["sites"] if name != "default"]


@dataclass(frozen=True)
class Skin:
    """One person's skin at one site. Every array (draw,); lengths mm, tension N/mm, modulus MPa."""

    site: str
    person: Person
    lesion: Lesion
    corneum: np.ndarray  # mm
    epidermis: np.ndarray  # mm, living
    dermis: np.ndarray  # mm
    hypodermis: np.ndarray  # mm
    variation: np.ndarray  # 1, of epidermal thickness between places
    loop_depth: np.ndarray  # mm, tops of the capillary loops
    loop_density: np.ndarray  # 1/mm2
    loop_diameter: np.ndarray  # mm
    loop_flow: np.ndarray  # uL/h of one loop
    plexus_depth: np.ndarray  # mm, upper plexus
    plexus_breadth: np.ndarray  # 1
    plexus_length: np.ndarray  # mm of vessel per mm2 of skin
    deep_length: np.ndarray  # mm/mm2, lower plexus, at the bottom of the dermis
    plexus_diameter: np.ndarray  # mm, median
    plexus_variation: np.ndarray  # 1, geometric standard deviation
    tension: np.ndarray  # N/mm, natural
    epidermis_modulus: np.ndarray  # MPa
    stiffness: np.ndarray  # 1, of the dermis against 35 years
    bone_below: np.ndarray  # 1, share of the area
    sensitivity: np.ndarray  # 1, against the volar forearm
    blood_flow: np.ndarray  # 1, against the arm
    water_loss: np.ndarray  # g/m2/h
    turnover: np.ndarray  # day, transit through the corneum
    adnexa: np.ndarray  # 1/mm2
    collagen: np.ndarray  # 1, against young skin
    collagen_iii_share: np.ndarray  # 1
    elastin: np.ndarray  # 1, against young skin
    tropoelastin_share: np.ndarray  # 1
    synthesis: np.ndarray  # 1, collagen that fibroblasts make, against young never-smokers
    epithelium_speed: np.ndarray  # 1
    barrier_speed: np.ndarray  # 1

    @property
    def surface_to_dermis(self) -> np.ndarray:
        """Corneum and living epidermis, mm, (draw,)."""
        return self.corneum + self.epidermis

    @property
    def thickness(self) -> np.ndarray:
        """Down to the fat, mm, (draw,)."""
        return self.corneum + self.epidermis + self.dermis

    @staticmethod
    def at(site: str, person: Person, lesion: Lesion, draws: Draws) -> Skin:
        """The skin of `person` at `site`. Raises KeyError for a site without a table."""

        def here(quantity: str) -> np.ndarray:
            own = f"skin.sites.{site}.{quantity}"
            return draws[own if draws.has(own) else f"skin.sites.default.{quantity}"]

        if site not in site_names():
            raise KeyError(site)
        beyond, least = draws.value("skin.ageing.beyond"), draws.value("skin.ageing.least")

        def along(start: str, span: str) -> float:
            """How far the person's age is on a study's line from its young to its old group."""
            return float(np.clip((person.age - draws.value(start)) / draws.value(span), 0, beyond))

        adult = max(0.0, person.age - draws.value("skin.ageing.adult_from"))
        older = person.age - draws.value("skin.layers.thinning_from")
        sun = person.sun
        epidermis = here("epidermis") * np.exp(-draws["skin.layers.thinning"] * older) * lesion.epidermis
        epidermis = epidermis * draws[f"skin.ageing.sun_epidermis.{sun}"]
        dermis = here(f"dermis_{person.sex}") * np.exp(-draws["skin.layers.dermal_thinning"] * older)
        corneum = here("corneum")
        surface = corneum + epidermis
        plexus = np.minimum(
            draws["skin.vessels.plexus_depth"], surface + draws["skin.vessels.plexus_deepest"] * dermis
        )
        loops_lost = draws["skin.vessels.loop_loss_with_age"] * along(
            "skin.vessels.loop_loss_from", "skin.vessels.loop_loss_span"
        )
        flow_lost = draws["skin.vessels.loop_flow_loss"] * along(
            "skin.vessels.flow_from", "skin.vessels.flow_span"
        )
        synthesis = 1 - draws["skin.ageing.synthesis_loss"] * along(
            "skin.ageing.synthesis_from", "skin.ageing.synthesis_span"
        )
        slower = draws["skin.ageing.barrier_slowing"] ** along(
            "skin.ageing.adult_from", "skin.ageing.barrier_span"
        )
        epithelium_delay = draws["skin.ageing.epithelium_delay"] * along(
            "skin.ageing.epithelium_from", "skin.ageing.epithelium_span"
        )
        stiffness = (
            np.exp(
                draws["skin.mechanics.stiffening"]
                * (person.age - draws.value("skin.mechanics.stiffening_from"))
            )
            * draws["skin.mechanics.dermis_modulus"]
            / draws.value("skin.mechanics.dermis_modulus")
        )
        turnover_slowing = draws["skin.ageing.turnover_slowing"] * (
            person.age - draws.value("skin.ageing.turnover_from")
        )
        kept = np.maximum(
            1 - draws["skin.ageing.collagen_loss"] * draws[f"skin.ageing.sun_collagen.{sun}"] * adult, least
        )
        elastin = np.maximum(1 - draws["skin.ageing.elastin_loss"] * adult, least)
        # What the sun clumps is old elastin: it counts in all, not among the new.
        clumped = draws[f"skin.ageing.elastosis.{sun}"] * min(
            adult / draws.value("skin.ageing.elastosis_span"), beyond
        )
        young = draws["skin.ageing.tropoelastin_share"] * elastin
        if person.smoker:
            kept = kept * draws["skin.ageing.smoker_collagen"]
            synthesis = synthesis * draws["skin.ageing.smoker_synthesis"]
            slower = slower * draws["skin.ageing.smoker_barrier"]
        return Skin(
            site=site,
            person=person,
            lesion=lesion,
            corneum=corneum,
            epidermis=epidermis,
            dermis=dermis,
            hypodermis=here("hypodermis"),
            variation=draws["skin.layers.variation"],
            loop_depth=corneum + np.minimum(draws["skin.layers.papilla_cover"], epidermis),
            loop_density=here("loop_density") * (1 - loops_lost) * lesion.loops,
            loop_diameter=draws["skin.vessels.loop_diameter"],
            loop_flow=draws["skin.vessels.loop_flow_young"] * (1 - flow_lost),
            plexus_depth=plexus,
            plexus_breadth=draws["skin.vessels.plexus_breadth"],
            plexus_length=2 / draws["skin.vessels.plexus_mesh"],
            deep_length=2 / draws["skin.vessels.deep_mesh"],
            plexus_diameter=draws["skin.vessels.plexus_diameter"],
            plexus_variation=draws["skin.vessels.plexus_variation"],
            tension=here("tension") * 1e-3,
            epidermis_modulus=draws["skin.mechanics.epidermis_modulus"],
            stiffness=stiffness,
            bone_below=here("bone_below"),
            sensitivity=here("sensitivity"),
            blood_flow=here("flow"),
            water_loss=here("water_loss"),
            turnover=here("turnover") * np.maximum(1 + turnover_slowing, least),
            adnexa=draws["skin.adnexa.density"],
            collagen=kept * lesion.collagen,
            collagen_iii_share=draws["skin.ageing.collagen_iii_share"],
            elastin=(elastin + clumped) * lesion.elastin,
            tropoelastin_share=young / (elastin + clumped),
            synthesis=synthesis * lesion.synthesis,
            epithelium_speed=1 / (1 + epithelium_delay),
            barrier_speed=1 / slower,
        )
