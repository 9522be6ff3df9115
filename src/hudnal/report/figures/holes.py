"""The holes from above, and the skin cut through, to scale."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection, LineCollection, PatchCollection
from matplotlib.patches import Polygon

from hudnal.arrays import Array, Shaped
from hudnal.language import Words
from hudnal.report.figures.style import BLOOD, DRY, INK, JUNCTION, SKIN, STEEL, put_legend
from hudnal.result.course import Course

_STRIP = 0.35  # mm to either side of the cut whose holes are shown
_EDGE = 0.1  # mm beside both ends of the cut where no hole is shown
_WIDEST = 4.2  # mm of skin that are cut through, at most
_AIR = (0.75, 1.6)  # mm above the skin that are shown, at least and at most
_LEAST_DEPTH = 0.6  # mm that are shown below it
_LINE = 0.05  # of the width of the cut: the height of a line of words beside it
_WAVES = 7.0  # of the epidermis' underside a mm
_LEAST_SEEN = 0.008  # of the map's side: smaller holes are drawn that large
_CROWDED, _CLOSE = 0.25, 4.0  # share of the skin under holes from which on the map shows so many mm of it

Columns = Mapping[str, Shaped[Array, " hole"]]


def draw_map(course: Course, ax: Axes, words: Words) -> None:
    """Every hole of the middle draw on its sample area: an ellipse along its slit, red where it bled.

    To scale, but that holes too small to be seen are drawn larger; where they crowd only the middle is shown.
    """
    holes = course.holes_of(course.middle_draw)
    bled, side = holes["bled"], course.holes.side
    shown = find_map_side(course)
    ax.set_facecolor(SKIN["dermis"])
    for chosen, colour, key in ((~bled, DRY, "dry"), (bled, BLOOD, "bled")):
        ax.add_collection(
            EllipseCollection(
                np.maximum(holes["slit"], _LEAST_SEEN * shown)[chosen],
                np.maximum(holes["width"], _LEAST_SEEN * shown)[chosen],
                np.rad2deg(holes["heading"][chosen]),
                units="xy",
                offsets=np.column_stack([holes["x"], holes["y"]])[chosen],
                transOffset=ax.transData,
                facecolors=colour,
                linewidths=0,
                alpha=0.9,
            )
        )
        ax.plot([], [], "o", color=colour, markersize=5, label=words(f"report.{key}"))
    ends = ((side - shown) / 2, (side + shown) / 2)
    ax.set(xlim=ends, ylim=ends, aspect="equal", xlabel=words("report.axis_mm"))
    ax.set_title(words("report.map_title"))
    ax.grid(visible=False)
    put_legend(ax)


def find_map_side(course: Course) -> float:
    """mm along a side of the map: the sample area's, or less where holes crowd so that none could be told."""
    side = course.holes.side
    if not course.holes.x.size:
        return side
    holes = course.holes_of(course.middle_draw)
    covered = float((holes["slit"] * holes["width"]).sum()) * np.pi / 4 / side**2
    return min(side, _CLOSE) if covered > _CROWDED else side


def are_enlarged(course: Course) -> bool:
    """Whether the map draws most holes larger than they are."""
    holes = course.holes_of(course.middle_draw)
    least = _LEAST_SEEN * find_map_side(course)
    return bool(holes["width"].size) and float(np.median(holes["width"])) < least


def draw_section(course: Course, ax: Axes, words: Words) -> None:
    """Layers, the channels near a cut, and one needle at its deepest; both axes in mm at one scale."""
    holes = course.holes_of(course.middle_draw)
    layers = {name: float(values[course.middle_draw]) for name, values in course.layers.items()}
    width = min(course.holes.side, _WIDEST)
    bottom = layers["corneum"] + layers["epidermis"] + layers["dermis"]
    deepest = max(bottom * 1.12, float(holes["tip_depth"].max(initial=0)) * 1.15, _LEAST_DEPTH)
    _draw_layers(ax, layers, width, deepest)
    _draw_channels(ax, holes, course.holes.side, width)
    needle = course.needle_shape
    air = _AIR[0]
    if needle is not None and holes["x"].size:
        tip = float(np.median(holes["tip_depth"]))
        air = float(np.clip(needle[0] - tip + 0.2, *_AIR))
        _draw_needle(needle, tip, ax, words, width)
    _name_layers(ax, layers, width, deepest, words)
    ax.set(xlim=(0, width), ylim=(deepest, -air), aspect="equal")
    ax.set_xlabel(words("report.axis_mm"))
    ax.set_title(words("report.section_title"))
    ax.grid(visible=False)
    ax.spines["left"].set_bounds(0, deepest)
    ax.set_yticks(np.arange(0, deepest, 0.5))
    ax.set_ylabel(words("report.axis_depth"))


def _draw_layers(ax: Axes, layers: Mapping[str, float], width: float, deepest: float) -> None:
    """The layers in their colours, the waves of the epidermis' underside, and the plexus as a dashed line."""
    x = np.linspace(0, width, 600)
    zero = np.zeros_like(x)
    top_of_dermis = layers["corneum"] + layers["epidermis"]
    wave = layers["epidermis"] * 0.35 * np.cos(2 * np.pi * _WAVES * x) * (1 + 0.3 * np.sin(3.1 * x))
    junction, end = top_of_dermis + wave, zero + top_of_dermis + layers["dermis"]
    edges = (zero, zero + layers["corneum"], junction, end, zero + deepest)
    for name, above, below in zip(("corneum", "epidermis", "dermis", "fat"), edges, edges[1:], strict=False):
        ax.fill_between(x, above, below, color=SKIN[name], linewidth=0)
    ax.plot(x, junction, color=JUNCTION, linewidth=0.6)
    ax.axhline(layers["plexus"], color=BLOOD, linewidth=1.2, alpha=0.45, linestyle=(0, (6, 3)))


def _draw_channels(ax: Axes, holes: Columns, side: float, width: float) -> None:
    """The open channels near the cut, which runs through the middle of the sample area."""
    x = holes["x"] - (side - width) / 2
    shown = (np.abs(holes["y"] - side / 2) < _STRIP) & (x > _EDGE) & (x < width - _EDGE)
    columns = (x[shown], holes["width"][shown] / 2, holes["channel_depth"][shown])
    shapes = [
        Polygon([(at - half, 0), (at + half, 0), (at, deep)]) for at, half, deep in zip(*columns, strict=True)
    ]
    ax.add_collection(PatchCollection(shapes, facecolor=BLOOD, edgecolor="none", alpha=0.75))


def _name_layers(ax: Axes, layers: Mapping[str, float], width: float, deepest: float, words: Words) -> None:
    """Write the layers' names at the right; the dermis is named where no other name stands."""
    top_of_dermis = layers["corneum"] + layers["epidermis"]
    bottom = top_of_dermis + layers["dermis"]
    places = top_of_dermis + np.array([0.3, 0.55, 0.8]) * layers["dermis"]
    names = {
        "epidermis": top_of_dermis / 2,
        "dermis": float(places[np.argmax(np.abs(places - layers["plexus"]))]),
        "fat": (bottom + deepest) / 2,
        "vessels": layers["plexus"],
    }
    for name, depth in _set_apart(names, _LINE * width, deepest).items():
        ax.annotate(
            words(f"report.{name}"), (width, depth), xytext=(5, 0), textcoords="offset points",
            va="center", fontsize=8.5, color=INK, annotation_clip=False,
        )  # fmt: skip


def _set_apart(depths: Mapping[str, float], gap: float, deepest: float) -> Mapping[str, float]:
    """Depths of names moved, in their order, until each lies a `gap` from the next and none below `deepest`."""
    names = sorted(depths, key=lambda name: depths[name])
    places = [depths[name] for name in names]
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + gap)
    places[-1] = min(places[-1], deepest)
    for i in reversed(range(len(places) - 1)):
        places[i] = min(places[i], places[i + 1] - gap)
    return dict(zip(names, places, strict=True))


def _draw_needle(needle: tuple[float, float], tip: float, ax: Axes, words: Words, width: float) -> None:
    """The needle at its deepest. The skin is drawn at rest: it is dented by what of the needle sticks out."""
    length, diameter = needle
    at, half, top = width * 0.5, diameter / 2, tip - length
    shape = [(at, tip), (at - half, top), (at + half, top)]
    ax.add_patch(Polygon(shape, facecolor=STEEL, edgecolor=INK, linewidth=0.6))
    ax.add_collection(LineCollection([[(at - 0.4, top), (at + 0.4, top)]], colors=STEEL, linewidths=4))
    for key, depth, side, align in (("needle", top, 0.48, "left"), ("tip", tip, -0.12, "right")):
        place = (at + side, depth)
        ax.annotate(words(f"report.{key}"), place, ha=align, va="center", fontsize=8.5, color=INK)
