"""The holes of one session on a patch of skin: each with its place, depth, width, slit and slant."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numba import njit

from hudnal.instrument import Contacts, Roller
from hudnal.parameters import Draws
from hudnal.puncture.insertion import Insertion, NeedleLaw, insert
from hudnal.puncture.load import Load
from hudnal.skin import Skin


@dataclass(frozen=True)
class Holes:
    """Distinct holes on a patch of `side` x `side` mm, one entry a hole, sorted by draw. Lengths mm.

    `attempts` (draw,) counts the needles that met the patch, `strokes` the strokes so far.
    """

    side: float
    strokes: int
    attempts: np.ndarray  # (draw,)
    draw: np.ndarray  # int, (hole,)
    stroke: np.ndarray  # int from 0, the one that made it
    x: np.ndarray
    y: np.ndarray
    tip_depth: np.ndarray  # under load
    channel_depth: np.ndarray  # after spring-back
    width: np.ndarray  # at the surface
    slit: np.ndarray  # length at the surface, along the stroke
    heading: np.ndarray  # rad
    slant: np.ndarray  # rad, of its side walls along the stroke
    force: np.ndarray  # N, on the needle at its deepest
    volume: np.ndarray  # uL of blood in all
    drop: np.ndarray  # uL of it that lies on the skin, since the last wiping
    last_hit: np.ndarray  # int, the latest stroke whose needle was in it
    loop_luck: np.ndarray  # 0-1, chance of the latest contact to meet capillary loops,
    plexus_luck: np.ndarray  # 0-1, vessels of the plexuses,
    vessel_score: np.ndarray  # and how wide those are, a standard normal score

    @property
    def count(self) -> np.ndarray:
        """Distinct holes of each draw, (draw,)."""
        return np.bincount(self.draw, minlength=self.attempts.size)

    @property
    def density(self) -> np.ndarray:
        """Distinct holes, 1/mm2, (draw,)."""
        return self.count / self.side**2

    def starts(self) -> np.ndarray:
        """Where each draw's holes begin, and the end, (draw + 1,)."""
        return np.concatenate([[0], np.cumsum(self.count)])

    def mean(self, values: np.ndarray) -> np.ndarray:
        """Mean over the holes of each draw; 0 where there are none. (draw,)."""
        total = np.bincount(self.draw, weights=values, minlength=self.attempts.size).astype(float)
        return np.divide(total, self.count, out=np.zeros_like(total), where=self.count > 0)

    def median(self, values: np.ndarray) -> np.ndarray:
        """Median over the holes of each draw; NaN where there are none. (draw,)."""
        parts = np.split(values, self.starts()[1:-1])
        return np.array([np.median(p) if p.size else np.nan for p in parts])

    def deviation(self, values: np.ndarray) -> np.ndarray:
        """Standard deviation between the holes of each draw. (draw,)."""
        square = self.mean(values**2) - self.mean(values) ** 2
        return np.sqrt(np.maximum(square, 0))

    def wiped(self) -> Holes:
        """The same holes with the drops wiped off."""
        return replace(self, drop=np.zeros_like(self.drop))

    @staticmethod
    def none(side: float, draws: int) -> Holes:
        """Untouched skin."""
        empty, whole = np.zeros(0), np.zeros(0, dtype=np.int64)
        arrays = {f.name: empty for f in fields(Holes)}
        arrays |= {"draw": whole, "stroke": whole, "last_hit": whole}
        return Holes(**{**arrays, "side": side, "strokes": 0, "attempts": np.zeros(draws)})


def trochoid_slit(roller: Roller, depth: np.ndarray) -> np.ndarray:
    """Length in mm of the slit that a needle reaching `depth` mm would cut in skin that does not follow.

    slit = 2 r (tan t0 - t0), cos t0 = r / (R + L), r = R + L - d: the trochoid of the tip.
    """
    outer = roller.drum_radius + roller.needle.length
    r = outer - np.minimum(depth, roller.needle.length)
    t0 = np.arccos(np.clip(r / outer, 0, 1))
    return 2 * r * (np.tan(t0) - t0)


def punch(
    before: Holes,
    contacts: Contacts,
    load: Load,
    law: NeedleLaw,
    skin: Skin,
    draws: Draws,
    rng: np.random.Generator,
    roller: Roller | None = None,
    drag: float = 0.0,
) -> Holes:
    """The holes after these contacts: new ones, and old ones into which a needle fell again.

    `roller` cuts its trochoid's slit; `drag` mm is how far a pen's needle is pulled along while it is in.
    """
    place = np.exp(
        np.log(draws["puncture.entry.place_spread"])[contacts.draw] * rng.standard_normal(contacts.count)
    )
    found = _insert_each(law, load, contacts, place)
    # A needle that does not pierce the corneum leaves no hole; the corneum varies from place to place.
    corneum = skin.corneum[contacts.draw] * np.exp(
        skin.variation[contacts.draw] * rng.standard_normal(contacts.count)
    )
    pierced = found.tip_depth > corneum
    slit = found.width
    if roller is not None:
        slit = slit + draws["puncture.channel.slit_cut"][contacts.draw] * trochoid_slit(
            roller, found.tip_depth
        )
    slit = slit + drag
    slant = np.arctan2((slit - found.width) / 2, np.maximum(found.channel_depth, 1e-6))

    attempts = before.attempts + np.bincount(contacts.draw, minlength=draws.n)
    keep = np.nonzero(pierced)[0]
    # Drawn for every contact, whether it pierces or not: so that chance stays with the place.
    luck = {
        "loop_luck": rng.random(contacts.count),
        "plexus_luck": rng.random(contacts.count),
        "vessel_score": rng.standard_normal(contacts.count),
    }
    radius = draws["puncture.channel.capture_radius"]
    owner, is_new = _capture(
        before.draw,
        before.x,
        before.y,
        contacts.draw[keep],
        contacts.x[keep],
        contacts.y[keep],
        radius,
        before.side,
    )
    columns = {
        "draw": contacts.draw[keep],
        "stroke": contacts.stroke[keep] + before.strokes,
        "x": contacts.x[keep],
        "y": contacts.y[keep],
        "tip_depth": found.tip_depth[keep],
        "channel_depth": found.channel_depth[keep],
        "width": found.width[keep],
        "slit": slit[keep],
        "heading": contacts.heading[keep] % (2 * np.pi),
        "slant": slant[keep],
        "force": found.force[keep],
        "volume": np.zeros(keep.size),
        "drop": np.zeros(keep.size),
        "last_hit": contacts.stroke[keep] + before.strokes,
        **{name: values[keep] for name, values in luck.items()},
    }
    merged = {name: np.concatenate([getattr(before, name), new[is_new]]) for name, new in columns.items()}
    # A needle that falls into an old hole can only deepen and widen it.
    again = ~is_new
    for name in ("tip_depth", "channel_depth", "width", "slit", "force", "last_hit"):
        np.maximum.at(merged[name], owner[again], columns[name][again])
    for name in luck:  # the latest contact's
        merged[name][owner[again]] = columns[name][again]
    order = np.argsort(merged["draw"], kind="stable")
    return Holes(
        side=before.side,
        strokes=before.strokes + load.way.shape[1],
        attempts=attempts,
        **{name: values[order] for name, values in merged.items()},
    )


def _insert_each(law: NeedleLaw, load: Load, contacts: Contacts, place: np.ndarray) -> Insertion:
    """`insert` for a flat list of contacts: the law of each contact's draw, the load of its stroke."""
    needle = replace(
        law.needle,
        tip_radius=law.needle.tip_radius[contacts.draw],
        taper=law.needle.taper[contacts.draw],
        wear=law.needle.wear[contacts.draw],
    )
    arrays = {f.name: getattr(law, f.name)[contacts.draw] for f in fields(NeedleLaw) if f.name != "needle"}
    each = NeedleLaw(needle=needle, **arrays)
    at = (contacts.draw, contacts.stroke)
    return insert(each, load.way[at], load.pressure[at], place)


@njit(cache=True)
def _capture(old_draw, old_x, old_y, draw, x, y, radius, side):
    """Which hole each new contact belongs to, and whether it made that hole.

    Contacts come in order of draw and stroke; a contact within `radius` (draw,) of a hole of its own draw falls
    into the nearest such hole. Holes are numbered: the old ones first, then the new ones as they come.
    """
    n_old, n = old_draw.size, draw.size
    owner = np.empty(n, np.int64)
    is_new = np.zeros(n, np.bool_)
    hole_x = np.empty(n_old + n)
    hole_y = np.empty(n_old + n)
    following = np.full(n_old + n, -1, np.int64)
    hole_x[:n_old] = old_x
    hole_y[:n_old] = old_y
    count = n_old
    start = 0
    old_start = 0
    for d in range(radius.size):
        r = radius[d]
        cells = max(1, min(512, int(side / r)))
        size = side / cells
        first = np.full(cells * cells, -1, np.int64)
        while old_start < n_old and old_draw[old_start] == d:
            i = min(int(hole_x[old_start] / size), cells - 1)
            j = min(int(hole_y[old_start] / size), cells - 1)
            following[old_start] = first[j * cells + i]
            first[j * cells + i] = old_start
            old_start += 1
        while start < n and draw[start] == d:
            i = min(int(x[start] / size), cells - 1)
            j = min(int(y[start] / size), cells - 1)
            best = -1
            nearest = r * r
            for jj in range(max(j - 1, 0), min(j + 2, cells)):
                for ii in range(max(i - 1, 0), min(i + 2, cells)):
                    k = first[jj * cells + ii]
                    while k >= 0:
                        apart = (hole_x[k] - x[start]) ** 2 + (hole_y[k] - y[start]) ** 2
                        if apart < nearest:
                            nearest = apart
                            best = k
                        k = following[k]
            if best < 0:
                best = count
                hole_x[count] = x[start]
                hole_y[count] = y[start]
                following[count] = first[j * cells + i]
                first[j * cells + i] = count
                is_new[start] = True
                count += 1
            owner[start] = best
            start += 1
    return owner, is_new
