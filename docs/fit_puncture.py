"""Infer four parameters of needle entry from all figures that this room has to fit, at once.

python docs/fit_puncture.py (half a minute)

1024 draws of what is not known, with the four at their priors, are weighted by how well they give the rat's channel and
the force on one needle of a patch. The posterior that is printed is what the tables hold, rounded.
"""

from __future__ import annotations

import numpy as np

from hudnal.instrument import Drum, Roller, Stamp, from_catalogue, passes_over, stamp_places
from hudnal.instrument.catalogue import build
from hudnal.parameters import Draws
from hudnal.parameters.distribution import Distribution
from hudnal.puncture import Ground, Holes, Layers, drum_law, lead_of, press, punch, roll, stamp_law
from hudnal.skin import Lesion, Person, Skin
from hudnal.skin.field import Field

PRIOR = {
    "skin.mechanics.dermis_modulus": Distribution("lognormal", 0.22, 2.5),
    "puncture.entry.spread": Distribution("lognormal", 1.0, 1.35),
    "puncture.entry.cutting_share": Distribution("uniform", 0.333, 1.0),
    "puncture.entry.shaft_shear": Distribution("lognormal", 0.06, 2.0),
}
# Measured, and the logarithmic error allowed: its own, and that of a rat's skin or of a model.
MEASURED = {
    "channel_depth": (0.1525, float(np.hypot(0.063, 0.4))),
    "width": (0.0707, float(np.hypot(0.14, 0.3))),
    "force": (0.055, 0.3),
}
N, SEED, FORCE, SIDE = 1024, 7, 5.0, 6.0


class Prior(Draws):
    """Draws with the four at their priors."""

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in PRIOR:
            return super().__getitem__(name)
        return PRIOR[name].quantile(self._points(name))


def predicted(draws: Draws) -> dict[str, np.ndarray]:
    """The measured figures as every draw gives them."""
    rng = np.random.default_rng(0)
    rat = Skin.at("volar-forearm", Person(), Lesion.none(draws), draws)
    roller = from_catalogue("dermaroller-770", draws)
    assert isinstance(roller, Roller)
    law, strip = drum_law(
        roller, rat, Ground(Layers.of(rat, rat.tension, draws)), np.full(draws.n, FORCE), draws
    )
    passes = passes_over(roller, np.zeros(1), SIDE, SIDE, draws, rng, lead_of(strip))
    drum = Drum.of(roller, draws, rng)
    contacts, _ = roll(
        drum, law, strip, passes, np.full((draws.n, 1), FORCE), draws["instruments.hand.speed"]
    )
    field = Field.drawn(draws["skin.layers.variation_length"], rng)
    holes = punch(Holes.none(SIDE, draws.n), contacts, 1, law, rat, field, roller)

    arm = Skin.at("upper-arm", Person(), Lesion.none(draws), draws)
    patch = {
        "kind": "stamp", "needles": 5, "head_width": 10, "length": 0.7, "diameter": 0.2, "tip_radius": 0.005,
    }  # fmt: skip
    stamp = build("patch", patch, draws)
    assert isinstance(stamp, Stamp)
    law = stamp_law(stamp, arm, Ground(Layers.of(arm, arm.tension, draws)), draws)
    places = stamp_places(stamp, 1, 2 * SIDE, draws.n, rng)
    pressed, _ = press(
        stamp, law, places, np.full((draws.n, 1), 20.0), draws["instruments.hand.press_time"], rng
    )
    force = [np.median(pressed.force[pressed.draw == d]) for d in range(draws.n)]
    found = {"channel_depth": holes.median(holes.channel_depth), "width": holes.median(holes.width)}
    return found | {"force": np.array(force)}


def main() -> None:
    """Print prior, posterior, and how the figures fall in both."""
    draws = Prior(N, SEED)
    found = predicted(draws)
    score = np.zeros(N)
    for name, (measured, error) in MEASURED.items():
        # A draw without a hole is as far off as a hole of a micrometre.
        found[name] = np.where(np.isfinite(found[name]), found[name], 1e-3)
        score -= 0.5 * (np.log(found[name] / measured) / error) ** 2
    weight = np.exp(score - score.max())
    weight /= weight.sum()
    even = np.full(N, 1 / N)
    print(f"draws that count: {1 / np.sum(weight**2):.0f} of {N}")
    for name, values in [*found.items(), *((name, draws[name]) for name in PRIOR)]:
        prior, posterior = (quantiles(values, w) for w in (even, weight))
        print(f"{name:35s} prior {prior}  posterior {posterior}")


def quantiles(values: np.ndarray, weight: np.ndarray) -> str:
    """Median and central 90 % of weighted values."""
    order = np.argsort(values)
    at = np.interp((0.5, 0.05, 0.95), np.cumsum(weight[order]), values[order])
    return "{:.3g} ({:.3g} - {:.3g})".format(*at)


if __name__ == "__main__":
    main()
