"""The holes from above, and the skin cut through, to scale."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection, LineCollection, PatchCollection
from matplotlib.patches import Polygon

from hudnal.language import Words
from hudnal.report.figures.style import BLOOD, INK, SKIN, STEEL
from hudnal.result.course import Course

_STRIP = 0.35  # mm to either side of the cut whose holes are shown
_AIR = (0.75, 1.6)  # mm above the skin that are shown, at least and at most
_WAVES = 7.0  # of the epidermis' underside a mm


def draw_map(course: Course, ax: Axes, words: Words) -> None:
    """Every hole of the middle draw on its patch, to scale: an ellipse along its slit, red where it bled."""
    holes = course.holes_of(course.middle_draw)
    side = course.holes.side
    bled = holes["bled"]
    ax.set_facecolor(SKIN["dermis"])
    for chosen, colour, key in ((~bled, "#9c8679", "dry"), (bled, BLOOD, "bled")):
        ax.add_collection(
            EllipseCollection(
                holes["slit"][chosen],
                holes["width"][chosen],
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
    ax.set(xlim=(0, side), ylim=(0, side), aspect="equal", xlabel=words("report.axis_mm"))
    ax.set_title(words("report.map_title"))
    ax.grid(visible=False)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=2, handletextpad=0.2)


def draw_section(course: Course, ax: Axes, words: Words) -> None:
    """Layers, the channels near a cut, and one needle at its deepest; both axes in mm at one scale."""
    holes = course.holes_of(course.middle_draw)
    layers = {name: float(values[course.middle_draw]) for name, values in course.layers.items()}
    side = course.holes.side
    width = min(side, 4.2)
    top_of_dermis = layers["corneum"] + layers["epidermis"]
    bottom = top_of_dermis + layers["dermis"]
    deepest = max(bottom * 1.12, float(holes["tip_depth"].max()) * 1.15 if holes["x"].size else 0, 0.6)
    x = np.linspace(0, width, 600)
    wave = layers["epidermis"] * 0.35 * np.cos(2 * np.pi * _WAVES * x) * (1 + 0.3 * np.sin(3.1 * x))
    junction = top_of_dermis + wave
    zero = np.zeros_like(x)
    ax.fill_between(x, zero, zero + layers["corneum"], color=SKIN["corneum"], linewidth=0)
    ax.fill_between(x, zero + layers["corneum"], junction, color=SKIN["epidermis"], linewidth=0)
    ax.fill_between(x, junction, zero + bottom, color=SKIN["dermis"], linewidth=0)
    ax.fill_between(x, zero + bottom, zero + deepest, color=SKIN["fat"], linewidth=0)
    ax.plot(x, junction, color="#d79a76", linewidth=0.6)
    ax.axhline(layers["plexus"], color=BLOOD, linewidth=1.2, alpha=0.45, linestyle=(0, (6, 3)))

    middle = side / 2
    near = np.abs(holes["y"] - middle) < _STRIP
    left = (side - width) / 2
    inside = near & (holes["x"] > left + 0.1) & (holes["x"] < left + width - 0.1)
    shapes = []
    for hole in np.nonzero(inside)[0]:
        at, half, depth = holes["x"][hole] - left, holes["width"][hole] / 2, holes["channel_depth"][hole]
        shapes.append(Polygon([(at - half, 0), (at + half, 0), (at, depth)]))
    ax.add_collection(PatchCollection(shapes, facecolor=BLOOD, edgecolor="none", alpha=0.75))
    needle = course.needle_shape
    air = _AIR[0]
    if needle is not None and holes["x"].size:
        tip = float(np.median(holes["tip_depth"]))
        air = float(np.clip(needle[0] - tip + 0.2, *_AIR))
        _draw_needle(needle, tip, ax, words, width)
    # The dermis is named where no other name stands.
    places = top_of_dermis + np.array([0.3, 0.55, 0.8]) * layers["dermis"]
    dermis = places[np.argmax(np.abs(places - layers["plexus"]))]
    for name, depth in (
        ("epidermis", top_of_dermis / 2),
        ("dermis", dermis),
        ("fat", (bottom + deepest) / 2),
        ("vessels", layers["plexus"]),
    ):
        ax.annotate(
            words(f"report.{name}"), (width, depth), xytext=(5, 0), textcoords="offset points",
            va="center", fontsize=8.5, color=INK, annotation_clip=False,
        )  # fmt: skip
    ax.set(xlim=(0, width), ylim=(deepest, -air), aspect="equal")
    ax.set_xlabel(words("report.axis_mm"))
    ax.set_title(words("report.section_title"))
    ax.grid(visible=False)
    ax.spines["left"].set_bounds(0, deepest)
    ax.set_yticks(np.arange(0, deepest, 0.5))


def _draw_needle(needle: tuple[float, float], tip: float, ax: Axes, words: Words, width: float) -> None:
    """The needle at its deepest. The skin is drawn at rest: it is dented by what of the needle sticks out."""
    length, diameter = needle
    at, half, top = width * 0.5, diameter / 2, tip - length
    ax.add_patch(
        Polygon(
            [(at, tip), (at - half, top), (at + half, top)], facecolor=STEEL, edgecolor=INK, linewidth=0.6
        )
    )
    ax.add_collection(LineCollection([[(at - 0.4, top), (at + 0.4, top)]], colors=STEEL, linewidths=4))
    for key, depth, side in (("needle", top, 0.48), ("tip", tip, 0.12)):
        ax.annotate(words(f"report.{key}"), (at + side, depth), va="center", fontsize=8.5, color=INK)
