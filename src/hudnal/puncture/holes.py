"""The holes of one session on a sample area: each with its place, depths, width, slit and slant."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.special import ndtri

from hudnal.arrays import Array, Bool, Float, Int, PerDraw, sum_by_group
from hudnal.compiled import compiled
from hudnal.puncture.contacts import Contacts
from hudnal.puncture.dragging import Drag
from hudnal.puncture.insertion import NeedleLaw, relaxed_share
from hudnal.skin import Skin
from hudnal.skin.field import SkinField

_NO_LUCK = -1.0  # below any: what is not yet drawn
_FINEST_SEARCH = 512  # squares along each side, in which old holes are looked up


@dataclass(frozen=True)
class Holes:
    """Distinct holes on a sample area of `side` x `side` mm, one entry a hole, sorted by draw.

    `attempts` counts the needles that met the area, `strokes` the strokes so far. Places count from the area's corner.
    """

    side: float  # mm
    strokes: int
    attempts: PerDraw
    draw: Int[Array, " hole"]
    stroke: Int[Array, " hole"]  # from 0, the one that made it
    needle: Int[Array, " hole"]  # the one that made it
    x: Float[Array, " hole"]  # mm
    y: Float[Array, " hole"]  # mm
    tip_depth: Float[Array, " hole"]  # mm, under load
    channel_depth: Float[Array, " hole"]  # mm, after spring-back
    dye_depth: Float[Array, " hole"]  # mm, where a stain reaches
    width: Float[Array, " hole"]  # mm, at the surface
    slit: Float[Array, " hole"]  # mm, length at the surface, along the stroke
    torn: Float[Array, " hole"]  # mm along the stroke that its needle tore on its way below
    heading: Float[Array, " hole"]  # rad
    slant: Float[Array, " hole"]  # rad, of its axis forward along the stroke
    force: Float[Array, " hole"]  # N, on the needle at its most
    thickness: Float[Array, " hole"]  # 1, of corneum and epidermis here against the site's
    flow: Float[Array, " hole"]  # uL/h when wounds were last made
    clotting: Float[Array, " hole"]  # h, mean time for which that vessel bleeds
    since: Float[Array, " hole"]  # h, when wounds were last made
    earlier: Float[Array, " hole"]  # uL of blood that came before that
    wiped: Float[Array, " hole"]  # uL of blood that was wiped off
    vessel: Int[Array, " hole"]  # 0 none opened, 1 a capillary loop, 2 the upper plexus, 3 the lower
    last_hit: Int[Array, " hole"]  # the latest stroke whose needle was in it
    reopened: Int[Array, " hole"]  # the first stroke of the latest step that had a needle in it
    loop_luck: Float[Array, " hole"]  # 0-1, chance of that step's contacts to meet capillary loops,
    plexus_luck: Float[Array, " hole"]  # 0-1, vessels of the plexuses,
    vessel_score: Float[Array, " hole"]  # and how wide those are, a standard normal score

    @property
    def count(self) -> Int[Array, " draw"]:
        """Number of distinct holes of each draw."""
        return np.bincount(self.draw, minlength=self.attempts.size)

    @property
    def density(self) -> PerDraw:
        """Distinct holes, 1/mm2."""
        return self.count / self.side**2

    @property
    def starts(self) -> Int[Array, " edge"]:
        """Where each draw's holes begin, and the end, (draw + 1,)."""
        return np.concatenate([[0], np.cumsum(self.count)])

    def mean(self, values: Float[Array, " hole"]) -> PerDraw:
        """Mean over the holes of each draw; 0 where there are none."""
        total = sum_by_group(self.draw, values, self.attempts.size)
        return np.divide(total, self.count, out=np.zeros_like(total), where=self.count > 0)

    def median(self, values: Float[Array, " hole"]) -> PerDraw:
        """Median over the holes of each draw; NaN where there are none."""
        parts = np.split(values, self.starts[1:-1])
        return np.array([np.median(p) if p.size else np.nan for p in parts])

    def deviation(self, values: Float[Array, " hole"]) -> PerDraw:
        """Standard deviation between the holes of each draw."""
        square = self.mean(values**2) - self.mean(values) ** 2
        return np.sqrt(np.maximum(square, 0))

    def blood_volume(self, time: Float[Array, " hole"] | float = np.inf) -> Float[Array, " hole"]:
        """uL of blood that has come out of each hole until `time` h: its flow dies away as it clots."""
        tau = self.clotting
        lasted = np.maximum(time - self.since, 0)
        return self.earlier + self.flow * tau * -np.expm1(-lasted / tau)

    def flow_at(self, time: float) -> Float[Array, " hole"]:
        """uL/h that come out of each hole at `time` h, if no other is made until then."""
        return self.flow * np.exp(-np.maximum(time - self.since, 0) / self.clotting)

    def drop_volume(self, time: Float[Array, " hole"] | float = np.inf) -> Float[Array, " hole"]:
        """uL of blood that lies on the skin at `time` h, since the last wiping."""
        return np.maximum(self.blood_volume(time) - self.wiped, 0)

    def wipe_blood(self, time: float) -> Holes:
        """The same holes, wiped at `time` h."""
        return replace(self, wiped=self.blood_volume(time))

    @staticmethod
    def none(side: float, draws: int) -> Holes:
        """A sample area of `side` mm without holes."""
        empty, whole = np.zeros(0), np.zeros(0, dtype=np.int64)
        arrays = {f.name: empty for f in fields(Holes)}
        arrays |= dict.fromkeys(("draw", "stroke", "needle", "vessel", "last_hit", "reopened"), whole)
        return Holes(**{**arrays, "attempts": np.zeros(draws), "side": side, "strokes": 0})


def punch_holes(
    before: Holes,
    contacts: Contacts,
    strokes: int,
    law: NeedleLaw,
    skin: Skin,
    field: SkinField,
    drag: Drag | None = None,
) -> Holes:
    """The holes after these contacts of `strokes` strokes: new ones, and old ones into which a needle fell again.

    `drag` is how the instrument pulls its needles along, None where it does not. Places of contacts count from the
    middle of the sample area, those of holes from its corner.
    """
    d = contacts.draw
    placed = replace(contacts, x=contacts.x + before.side / 2, y=contacts.y + before.side / 2)
    # A needle that does not pierce the corneum leaves no hole; the corneum varies from place to place. Before it breaks
    # through a tip cuts as far as it slides in: the rest of its depth is skin pressed in round it.
    thickness = np.exp(skin.variation[d] * field.scores_at(d, placed.x, placed.y))
    cut = placed.tip_depth * np.where(placed.entered, 1.0, law.smooth_share()[d])
    pierced = np.nonzero(cut > skin.corneum[d] * thickness)[0]
    met = placed.select(pierced)
    columns = _columns_of(met, thickness[pierced], before.strokes)
    columns |= _shapes_of(met, law, drag or Drag())
    reach = law.draws["puncture.channel.capture_radius"]
    owner, is_new = _capture(before.draw, before.x, before.y, met.draw, met.x, met.y, reach, before.side)
    merged = _merge_columns(before, columns, owner, is_new, before.strokes + strokes)
    order = np.argsort(merged["draw"], kind="stable")
    return Holes(
        side=before.side,
        strokes=before.strokes + strokes,
        attempts=before.attempts + np.bincount(d, minlength=law.draws.n),
        **{name: values[order] for name, values in merged.items()},
    )


def _columns_of(met: Contacts, thickness: Float[Array, " contact"], before: int) -> dict[str, Array]:
    """Fields of `Holes` but for the shapes, each (contact,), of contacts that pierce after `before` strokes."""
    zero, stroke = np.zeros(met.count), met.stroke + before
    return {
        "draw": met.draw,
        "stroke": stroke,
        "needle": met.needle,
        "x": met.x,
        "y": met.y,
        "heading": met.heading % (2 * np.pi),
        "force": met.force,
        "thickness": thickness,
        "flow": zero,
        "clotting": np.ones(met.count),
        "since": zero,
        "earlier": zero,
        "wiped": zero,
        "vessel": np.zeros(met.count, dtype=np.int64),
        "last_hit": stroke,
        "reopened": stroke,
        "loop_luck": met.luck[:, 1],
        "plexus_luck": met.luck[:, 2],
        "vessel_score": ndtri(met.luck[:, 3]),
    }


def _merge_columns(
    before: Holes,
    columns: dict[str, Array],
    owner: Int[Array, " contact"],
    is_new: Bool[Array, " contact"],
    unmade: int,
) -> dict[str, Array]:
    """Fields of the holes before and of those that new contacts made, each (hole,); `owner` is the hole of a contact.

    A needle that falls into a hole can only deepen and widen it. `unmade` is a stroke after all of these.
    """
    merged = {name: np.concatenate([getattr(before, name), new[is_new]]) for name, new in columns.items()}
    again = ~is_new
    for name in ("tip_depth", "channel_depth", "dye_depth", "width", "slit", "torn", "force", "last_hit"):
        np.maximum.at(merged[name], owner[again], columns[name][again])
    old = owner[again][owner[again] < before.x.size]
    merged["reopened"][old] = unmade
    np.minimum.at(merged["reopened"], owner[again], columns["reopened"][again])
    # A second needle does not close what the first one opened: the luckiest contact of the step counts.
    for name in ("loop_luck", "plexus_luck"):
        merged[name][old] = _NO_LUCK
        np.maximum.at(merged[name], owner[again], columns[name][again])
    luckiest = columns["plexus_luck"][again] >= merged["plexus_luck"][owner[again]]
    merged["vessel_score"][owner[again][luckiest]] = columns["vessel_score"][again][luckiest]
    return merged


def _shapes_of(contacts: Contacts, law: NeedleLaw, drag: Drag) -> dict[str, Float[Array, " contact"]]:
    """Depths, width, slit, tear and slant that contacts leave when the needle has gone."""
    draws, d, tip = law.draws, contacts.draw, contacts.tip_depth
    lost = relaxed_share(contacts.held, draws, d)
    # What has not relaxed of the dent springs back; the cut below is shut but still there, and a stain creeps in.
    floor = draws["puncture.channel.floor"][d]
    channel = np.maximum(tip - contacts.dent * (1 - lost), floor * tip)
    dye = channel + draws["puncture.channel.dye_share"][d] * (tip - channel)
    needle = law.needle
    taper, radius = needle.taper[d], needle.tip_radius[d]
    at_surface = radius + (needle.diameter / 2 - radius) * np.clip(tip / (taper * needle.length), 0, 1)
    width = 2 * at_surface * draws["puncture.channel.width_kept"][d]
    slit, torn = drag.find_slits(contacts, law)
    return {
        "tip_depth": tip, "channel_depth": channel, "dye_depth": dye, "width": width, "slit": width + slit,
        "torn": torn, "slant": contacts.lean,
    }  # fmt: skip


@compiled()
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
    for i in range(n_old):  # one by one: to compile an assignment of slices takes a second more
        hole_x[i], hole_y[i] = old_x[i], old_y[i]
    count = n_old
    start = 0
    old_start = 0
    for d in range(radius.size):
        r = radius[d]
        cells = max(1, min(_FINEST_SEARCH, int(side / r)))
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
