"""The Course that a simulation leaves: series, strokes, quantities, holes; as a dataset, a summary, plots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hudnal.course.observe import series_meta
from hudnal.course.quantities import CONTRACT, OF_GEOMETRY, meta
from hudnal.course.state import Strokes
from hudnal.intake.shelf import Shelf
from hudnal.language import named, say
from hudnal.outcome.relief import Shape
from hudnal.outcome.rules import Warning
from hudnal.parameters import Draws
from hudnal.parameters.bibliography import references_of
from hudnal.puncture import Holes
from hudnal.result.interval import HIGH, LOW, Interval, interval, rounded
from hudnal.result.movers import Mover, movers
from hudnal.result.plot import HOURS, plot_interval
from hudnal.result.record import Seen
from hudnal.result.scars import relief_variables, scar_entries
from hudnal.result.sources import (
    facts_of_instruments,
    facts_of_parameters,
    facts_of_products,
    facts_of_warnings,
)
from hudnal.store.files import header, write_netcdf
from hudnal.store.table import Table
from hudnal.tissue import Tissue
from hudnal.treatment import Treatment
from hudnal.version import __version__

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

    from hudnal.course.plan import Moment

SCHEMA = "hudnal/summary/1"


def warning_entry(warning: Warning, language: str = "en") -> dict[str, Any]:
    """A warning as people and programs read it."""
    values = {k: _plain(v) for k, v in warning.values.items()}
    for kind in ("product", "compound"):
        if kind in values:
            values[kind] = named(f"{kind}s", str(values[kind]), language)
    if "condition" in values:
        values["condition"] = say(f"conditions.{values['condition']}", language)
    return {
        "code": warning.code,
        "level": warning.level,
        "place": warning.place,
        "text": say(f"warnings.{warning.code}", language, **values),
        "sources": [r.key for r in references_of(warning.source)],
    }


@dataclass(frozen=True)
class Course:
    """What was seen of a treatment. Arrays have the draw last."""

    treatment: Treatment
    seed: int
    draws: int
    time: np.ndarray  # h, (time,)
    series: Mapping[str, np.ndarray]  # (time, draw)
    quantities: Mapping[str, np.ndarray]  # (draw,)
    strokes: Strokes  # of the first session
    holes: Holes  # of the last session, of the first block of draws
    warnings: tuple[Warning, ...]
    layers: Mapping[str, np.ndarray]  # mm, thickness of the skin's layers and depth of the plexus, (draw,)
    ends: tuple[float, ...]  # h, when each session was over
    used: frozenset[str]  # parameters that the run asked for
    tissue: Tissue  # at the end, of the first block of draws, with all that it went through
    scars: tuple[tuple[Shape, Shape], ...] = ()  # the surface over each scar, before and after

    @staticmethod
    def of(treatment: Treatment, draws: Draws, seen: Seen, warnings: list[Warning]) -> Course:
        """From a record."""
        assert seen.strokes is not None and seen.holes is not None and seen.tissue is not None
        return Course(
            treatment=treatment,
            seed=draws.seed,
            draws=seen.draws,
            time=np.array(seen.times),
            series={name: seen.series(name) for name in seen.names()},
            quantities=seen.quantities,
            strokes=seen.strokes,
            holes=seen.holes,
            warnings=tuple(warnings),
            layers=seen.layers,
            ends=tuple(seen.ends),
            used=frozenset(draws.used),
            tissue=seen.tissue,
            scars=tuple(seen.scars),
        )

    @cached_property
    def sources(self) -> list[str]:
        """Keys of every reference that the run rests on."""
        facts = facts_of_parameters(self.used) | facts_of_warnings(self.warnings)
        facts |= facts_of_instruments(self.treatment) | facts_of_products(self.treatment)
        return [r.key for r in references_of(facts)]

    def sources_of(self, quantity: str) -> list[str]:
        """Keys of the references that a quantity rests on."""
        heads = meta(quantity)[1]
        facts = facts_of_parameters(n for n in self.used if n.startswith(heads))
        if quantity in OF_GEOMETRY:
            facts |= facts_of_instruments(self.treatment)
        return [r.key for r in references_of(facts)]

    def interval(self, quantity: str) -> Interval:
        """Median, low and high of a quantity over draws; None where it does not apply or never comes."""
        return interval(self.quantities[quantity])

    def moved_by(self, quantity: str) -> list[Mover]:
        """The parameters, among those that a quantity rests on, that move it most over the draws."""
        heads = meta(quantity)[1]
        names = sorted(n for n in self.used if n.startswith(heads))
        return movers(self.quantities[quantity], names, self.sample)

    def _movers_of(self, quantity: str) -> list[dict[str, Any]]:
        found = self.moved_by(quantity)
        return [{"parameter": m.parameter, "correlation": rounded(m.correlation)} for m in found]

    def summary(self, language: str = "en") -> dict[str, Any]:
        """The content of `summary.json`."""
        series = {}
        for name, values in self.series.items():
            median, low, high = (_rounded(np.quantile(values, q, axis=1)) for q in (0.5, LOW, HIGH))
            unit, _ = series_meta(name)
            times = _rounded(self.time)
            series[name] = {"time_h": times, "median": median, "low": low, "high": high, "unit": unit}
        found = {}
        for name in [*CONTRACT, *(q for q in self.quantities if q not in CONTRACT)]:
            median, low, high = self.interval(name)
            found[name] = {
                "median": median,
                "low": low,
                "high": high,
                "unit": meta(name)[0],
                "sources": self.sources_of(name),
            }
        return {
            **header(SCHEMA, language),
            "treatment": self.treatment.as_data(),
            "seed": self.seed,
            "draws": self.draws,
            "quantities": found,
            "moved_by": {name: self._movers_of(name) for name in found if name.endswith("_probability")},
            "scars": scar_entries(self.treatment, self.scars),
            "series": series,
            "warnings": [self.warning_entry(w, language) for w in self.warnings],
            "sources": self.sources,
        }

    def warning_entry(self, warning: Warning, language: str = "en") -> dict[str, Any]:
        """A warning as the summary and the report give it."""
        return warning_entry(warning, language)

    def to_dataset(self) -> xr.Dataset:
        """Every observation: series over (time, draw), strokes over (stroke, draw), quantities over (draw)."""
        return self.table().dataset()

    def table(self) -> Table:
        """What the dataset and `course.nc` hold."""
        variables, places = relief_variables(self.scars)
        for name, values in self.series.items():
            unit, text = series_meta(name)
            variables[name] = (("time", "draw"), values, {"units": unit, "long_name": text})
        for name, unit, text in (
            ("drops", "1/cm2", "drops that show after each stroke of the first session"),
            ("covered", "1", "share of the skin under drops after each stroke"),
            ("push", "N", "with which the hand must push a roller along in each stroke"),
            ("pain", "1", "pain of each stroke, 0-10"),
            ("pain_without_cream", "1", "pain of each stroke without cream, 0-10"),
        ):
            values = getattr(self.strokes, name).T
            variables[f"stroke_{name}"] = (("stroke", "draw"), values, {"units": unit, "long_name": text})
        for name, values in self.quantities.items():
            text = say(f"quantities.{name.split('.')[0]}.name", "en")
            variables[f"quantity_{name}"] = (("draw",), values, {"units": meta(name)[0], "long_name": text})
        since = {"units": "h", "long_name": "time since the first session began"}
        strokes = np.arange(1, self.strokes.drops.shape[1] + 1)
        return Table(
            variables,
            coordinates={
                "time": (("time",), self.time, since),
                "draw": (("draw",), np.arange(self.draws), {}),
                "stroke": (("stroke",), strokes, {"long_name": "stroke"}),
                "stroke_time": (("stroke",), self.strokes.time, {"units": "h"}),
                "stroke_round": (("stroke",), self.strokes.round + 1, {}),
                **places,
            },
            attributes={
                "title": self.treatment.title_in("en"),
                "source": f"hudnal {__version__}",
                "seed": self.seed,
                "notice": say("notice", "en"),
            },
        )

    def holes_of(self, draw: int) -> dict[str, np.ndarray]:
        """Every hole on the patch in one draw: place, depths, width, blood; each (hole,)."""
        holes = self.holes
        columns = {
            name: getattr(holes, name)
            for name in (
                "stroke", "needle", "x", "y", "tip_depth", "channel_depth", "dye_depth", "width", "slit", "heading",
                "slant", "force", "vessel", "last_hit",
            )
        }  # fmt: skip
        bled = holes.blood_volume()
        columns |= {"volume": bled, "drop": holes.drop_volume()}
        columns["bled"] = bled > self.sample["puncture.bleeding.visible_drop"][draw]
        chosen = holes.draw == draw
        return {name: values[chosen] for name, values in columns.items()}

    def patch(self, draw: int | None = None) -> xr.Dataset:
        """Every hole on the patch in one draw (the one nearest to the medians), as a dataset."""
        import xarray as xr

        which = self.middle_draw if draw is None else draw
        units = {"heading": "rad", "slant": "rad", "force": "N", "volume": "uL", "drop": "uL"}
        units |= dict.fromkeys(("stroke", "needle", "last_hit", "vessel"), "1")
        about = {"bled": {"long_name": "whether a drop showed"}}
        variables = {
            name: ("hole", values, about.get(name, {"units": units.get(name, "mm")}))
            for name, values in self.holes_of(which).items()
        }
        return xr.Dataset(variables, attrs={"side_mm": self.holes.side, "draw": which})

    @property
    def compounds(self) -> list[str]:
        """The substances that were put on the skin, in their order."""
        return [name.split(".", 1)[1] for name in self.series if name.startswith("applied.")]

    @cached_property
    def plan(self) -> list[Moment]:
        """The timeline of the course."""
        from hudnal.course.world import World

        return World.of(self.treatment, self.sample).timeline

    @property
    def needle_shape(self) -> tuple[float, float] | None:
        """Length and diameter in mm of the first instrument's needles; None without needles."""
        from hudnal.course.plan import build_instrument
        from hudnal.intake.check import spec_of
        from hudnal.treatment.steps import Needling

        for _, step in self.treatment.steps():
            if isinstance(step, Needling):
                spec = spec_of(step, self.treatment)
                assert spec is not None
                needle = build_instrument(spec, self.sample).needle
                return needle.length, needle.diameter
        return None

    @cached_property
    def middle_draw(self) -> int:
        """The draw of the first block whose quantities lie nearest to the middle of all: the one for pictures."""
        names = (
            "hole_density",
            "channel_depth",
            "blood_volume",
            "collagen_change",
            "tip_depth",
            "channel_width",
        )
        n = self.holes.attempts.size
        table = np.stack([self.quantities[q][:n] for q in names])
        table = table[np.isfinite(table).all(axis=1)]
        if table.size == 0:
            return 0
        ranks = np.argsort(np.argsort(table, axis=1, kind="stable"), axis=1)
        return int(np.abs(ranks - (n - 1) / 2).max(axis=0).argmin())

    @cached_property
    def sample(self) -> Draws:
        """The draws of the run."""
        return Draws(self.draws, self.seed).including(Shelf.of(self.treatment).parameters())

    def to_netcdf(self, path: str | Path, holes: bool = False) -> None:
        """Write `course.nc` (NetCDF-4); with `holes` every hole of the patch as a group of that name."""
        write_netcdf(Path(path), self.table(), {"holes": self.patch()} if holes else {})

    def plot(self, name: str, ax: Axes | None = None, language: str = "en", over: str = "week") -> Axes:
        """Draw a series with its interval on a matplotlib axis, which is returned.

        `over` is the unit of time: h, day or week. Raises KeyError for a series that was not seen, and for a unit.
        """
        if over not in HOURS:
            raise KeyError(f"no unit of time '{over}'; there are {', '.join(HOURS)}")
        if name not in self.series:
            raise KeyError(f"no series '{name}'; there are {', '.join(self.series)}")
        unit, long_name = series_meta(name)
        label = say(f"series.{name.split('.')[0]}", language)
        title = long_name if language == "en" else ""
        return plot_interval(self.time, self.series[name], label, unit, title, over, ax, language)


def _rounded(values: np.ndarray) -> list[float | None]:
    return [rounded(v) if np.isfinite(v) else None for v in values]


def _plain(value: object) -> object:
    return f"{value:g}" if isinstance(value, float) else value
