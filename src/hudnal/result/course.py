"""The Course that a simulation leaves: series, strokes, quantities, holes; as a dataset, a summary, plots."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from hudnal.arrays import Array, Float, PerDraw, Shaped
from hudnal.intake.treatment import Treatment
from hudnal.language import say
from hudnal.names import ByName, UnknownName
from hudnal.outcome.declared import describe_series, find_quantity
from hudnal.outcome.law import pick_country
from hudnal.outcome.relief import Shape
from hudnal.outcome.rules import PlanWarning
from hudnal.outcome.sessions import Strokes
from hudnal.parameters import Draws
from hudnal.parameters.bibliography import references_of
from hudnal.puncture import Holes
from hudnal.result.catalogue import tabulate_intervals
from hudnal.result.interval import NOTHING, Chance, Interval, find_chance, interval, subtract
from hudnal.result.movers import Mover, find_movers
from hudnal.result.plot import mark_sessions, plot_interval
from hudnal.result.record import Record
from hudnal.result.rests_on import find_effects
from hudnal.result.show import make_card, make_html
from hudnal.result.sources import (
    list_facts_of_instruments,
    list_facts_of_parameters,
    list_facts_of_products,
    list_facts_of_warnings,
)
from hudnal.result.summary import describe_warning, summarise
from hudnal.result.tables import list_holes, tabulate, tabulate_holes
from hudnal.result.timeline import Frame, Moment
from hudnal.store.files import write_netcdf
from hudnal.store.table import Table
from hudnal.tissue import Tissue
from hudnal.units import BYTES_PER_MB, HOURS_IN

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes

_Part = TypeVar("_Part")


_WORTH_A_SOURCE = 0.01  # of the strongest effect on a quantity
# What a Course can keep beside its quantities, which it always has.
_HOW_QUANTITIES = "hudnal.quantities() lists all; what is followed over time is in `series`"
_HOW_SERIES = "hudnal.series() lists all; numbers of a whole course are in `quantities`"
CONTROL = "control"  # quantities of the same course without needles, in the same draws
ALL = ("series", "strokes", "holes", "tissue", "scars", CONTROL)


class NotKeptError(AttributeError):
    """A part of a course was not kept when it was simulated."""

    def __init__(self, part: str, kept: Iterable[str]) -> None:
        names = ", ".join(kept) or "nothing"
        super().__init__(
            f"this course did not keep its {part}; simulate(..., keep=('{part}', ...)) does "
            f"(kept beside the quantities: {names})"
        )


@dataclass(frozen=True)
class Parts:
    """The large parts of a course; None for one that was not kept."""

    series: Mapping[str, Float[Array, "time draw"]] | None = None
    strokes: Strokes | None = None
    holes: Holes | None = None
    tissue: Tissue | None = None
    scars: tuple[tuple[Shape, Shape], ...] | None = None
    control: Mapping[str, PerDraw] | None = None


@dataclass(frozen=True, repr=False)
class Course:
    """What was seen of a treatment: quantities, series over time, and the large parts that were kept.

    `hudnal.simulate` makes it. Of each quantity (`hudnal.quantities()`) it holds one number a draw, (draw,), of each
    series (`hudnal.series()`) one at each of `time`, (time, draw): arrays have the draw last. `sample` are the draws
    themselves, `warnings` what the plan should be warned of, `steps` the plan of the first session, `ends` when each
    session was over, `used` the names of the parameters that the run asked for.

    >>> import hudnal
    >>> course = hudnal.simulate("classic", draws=16)  # doctest: +SKIP
    >>> course.interval("hole_density")  # median and central 90 %  # doctest: +SKIP
    >>> course.chance("pih_probability").mean  # what a person faces  # doctest: +SKIP
    >>> course.moved_by("collagen_change")  # what its range comes from  # doctest: +SKIP
    >>> course.to_dataframe()  # every quantity with unit and meaning  # doctest: +SKIP
    >>> course.to_dataset()["redness"].sel(time=24, method="nearest")  # doctest: +SKIP
    >>> course.plot("redness", over="day").figure.savefig("redness.png")  # doctest: +SKIP
    >>> course.to_netcdf("course.nc")  # doctest: +SKIP
    """

    treatment: Treatment
    sample: Draws  # that it was run with
    time: Float[Array, " time"]  # h
    events: tuple[str, ...]  # what has just happened at each time, such as `roll` or `look`
    sessions: tuple[int, ...]  # of each time, from 1
    quantities: Mapping[str, PerDraw]
    warnings: tuple[PlanWarning, ...]
    layers: Mapping[str, PerDraw]  # thickness of the skin's layers and depth of the plexus, mm
    ends: tuple[float, ...]  # h, when each session was over
    used: frozenset[str]  # parameters that the run asked for
    steps: tuple[Moment, ...]  # of the first session
    needle_shape: tuple[float, float] | None  # length and diameter in mm of the first instrument's needles
    parts: Parts
    zones: Mapping[str, Course] = field(default_factory=dict)  # the course of each zone, the main one first

    @staticmethod
    def of(
        treatment: Treatment,
        sample: Draws,
        frame: Frame,
        record: Record,
        warnings: list[PlanWarning],
        keep: Collection[str],
    ) -> Course:
        """The course that a record is of, with the parts that are to be kept. Raises ValueError for another word."""
        unknown = [word for word in keep if word not in (*ALL, "quantities")]
        if unknown:
            raise ValueError(f"a course keeps {', '.join(('quantities', *ALL))}; not {', '.join(unknown)}")
        remains = record.whole
        available: dict[str, Callable[[], Any]] = {
            "series": lambda: ByName(
                "series", {name: record.series(name) for name in record.names()}, _HOW_SERIES
            ),
            "strokes": lambda: remains.strokes,
            "holes": lambda: remains.holes,
            "tissue": lambda: remains.tissue,
            "scars": lambda: tuple(remains.scars),
            CONTROL: lambda: record.control,
        }
        parts = Parts(**{part: give() for part, give in available.items() if part in keep})
        return Course.of_quantities(
            treatment, sample, frame, remains.quantities, remains.layers, warnings, parts
        )

    @staticmethod
    def of_quantities(
        treatment: Treatment,
        sample: Draws,
        frame: Frame,
        quantities: Mapping[str, PerDraw],
        layers: Mapping[str, PerDraw],
        warnings: list[PlanWarning],
        parts: Parts,
    ) -> Course:
        """The course of these quantities and thicknesses of layers, with the large `parts` that are there."""
        by_name = ByName("quantity", quantities, _HOW_QUANTITIES)
        return Course(
            treatment, sample, frame.time, frame.events, frame.sessions, by_name, tuple(warnings), layers, frame.ends,
            frozenset(sample.used), frame.steps, frame.needle_shape, parts,
        )  # fmt: skip

    @property
    def starts(self) -> tuple[float, ...]:
        """When each session begins, h."""
        return tuple(float(t) for t, event in zip(self.time, self.events, strict=True) if event == "begin")

    @property
    def draws(self) -> int:
        """The number of draws."""
        return self.sample.n

    @property
    def seed(self) -> int:
        """The seed of the draws."""
        return self.sample.seed

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the parts that were kept beside the quantities."""
        return tuple(part for part in ALL if getattr(self.parts, part) is not None)

    @property
    def series(self) -> Mapping[str, Float[Array, "time draw"]]:
        """Every series by its name. Raises NotKeptError without them."""
        return self._kept_part("series", self.parts.series)

    @property
    def strokes(self) -> Strokes:
        """What each stroke of the first session did. Raises NotKeptError without it."""
        return self._kept_part("strokes", self.parts.strokes)

    @property
    def holes(self) -> Holes:
        """Holes of the last session, of the first batch of draws. Raises NotKeptError without them."""
        return self._kept_part("holes", self.parts.holes)

    @property
    def tissue(self) -> Tissue:
        """The tissue at the end, of the first batch of draws. Raises NotKeptError without it."""
        return self._kept_part("tissue", self.parts.tissue)

    @property
    def scars(self) -> tuple[tuple[Shape, Shape], ...]:
        """The surface over each scar, before and after. Raises NotKeptError without it."""
        return self._kept_part("scars", self.parts.scars)

    @property
    def control(self) -> Mapping[str, PerDraw]:
        """Every quantity of the same course without needles, in the same draws. Raises NotKeptError without them."""
        return self._kept_part(CONTROL, self.parts.control)

    @property
    def is_needled(self) -> bool:
        """Whether any step of the treatment uses needles."""
        return self.needle_shape is not None

    def _kept_part(self, name: str, part: _Part | None) -> _Part:
        if part is None:
            raise NotKeptError(name, self.kept)
        return part

    def __repr__(self) -> str:
        return make_card(self, _count_bytes(self) / BYTES_PER_MB).text()

    def _repr_html_(self) -> str:
        return make_html(self, _count_bytes(self) / BYTES_PER_MB)

    @cached_property
    def sources(self) -> list[str]:
        """Keys of every reference that the run rests on."""
        facts = list_facts_of_parameters(self.used) | list_facts_of_warnings(self.warnings)
        facts |= list_facts_of_instruments(self.treatment) | list_facts_of_products(self.treatment)
        return [r.key for r in references_of(facts)]

    def sources_of(self, quantity: str) -> list[str]:
        """Keys of the references that a quantity rests on."""
        if quantity not in self._sources_by_quantity:
            self._sources_by_quantity[quantity] = self._find_sources(quantity)
        return list(self._sources_by_quantity[quantity])

    @cached_property
    def _sources_by_quantity(self) -> dict[str, list[str]]:
        return {}  # filled as they are asked for: a summary and a report ask for all

    def _find_sources(self, quantity: str) -> list[str]:
        effects = find_effects(quantity, self.used, self.treatment.site)
        facts = list_facts_of_parameters(name for name, e in effects.items() if e.weight >= _WORTH_A_SOURCE)
        if getattr(find_quantity(quantity), "of_geometry", False):
            facts |= list_facts_of_instruments(self.treatment)
        return [r.key for r in references_of(facts)]

    def interval(self, quantity: str) -> Interval:
        """Median, low and high of a quantity over draws; None where it does not apply or never comes."""
        return interval(self.quantities[quantity])

    def chance(self, quantity: str) -> Chance | None:
        """The chance that a person faces of a quantity that is a probability; None where it does not apply."""
        return find_chance(self.quantities[quantity])

    def effect_of_needles(self, quantity: str) -> Interval:
        """By how much a quantity is above that of the same course without needles, in the same draws.

        No numbers where it does not apply without needles, or nobody needles. Raises NotKeptError without the control.
        """
        values = self.quantities[quantity]
        if not self.is_needled:
            return NOTHING
        without = self.control.get(quantity)
        return NOTHING if without is None else interval(subtract(values, without))

    def moved_by(self, quantity: str) -> list[Mover]:
        """The parameters that move a quantity most over the draws, and by themselves, the strongest first."""
        return find_movers(
            self.quantities[quantity],
            find_effects(quantity, sorted(self.used), self.treatment.site),
            self.sample,
        )

    def summary(self, language: str = "en") -> dict[str, Any]:
        """The content of `summary.json`, with the series and scars that were kept."""
        return summarise(self, language)

    def warnings_in(self, language: str) -> list[PlanWarning]:
        """The warnings to tell in a language: where the treatment names no country, the rules of the language's."""
        return pick_country(self.warnings, self.treatment.country, (language,))

    def describe_warning(self, warning: PlanWarning, language: str = "en") -> dict[str, Any]:
        """A warning as the summary and the report give it."""
        return describe_warning(warning, language)

    def to_dataframe(self, language: str = "en") -> pd.DataFrame:
        """Every quantity by its name: median, low, high, unit, what it is called and means (in pandas).

        No number where a quantity does not apply or never comes.

        >>> course.to_dataframe().loc["pain", ["median", "unit"]]  # doctest: +SKIP
        """
        return tabulate_intervals(self, language)

    def to_dataset(self) -> xr.Dataset:
        """Every observation: series over (time, draw), strokes over (stroke, draw), quantities over (draw).

        Each time stands once, in hours: looks at the same moment, before a step and after it, follow each other by a
        millionth of an hour, and `event` says what had just happened. Names and units follow the CF conventions, and
        `treatment` among the attributes is the treatment, which `hudnal.load(json.loads(...))` reads.

        >>> ds = course.to_dataset()  # doctest: +SKIP
        >>> ds["redness"].sel(time=24, method="nearest").median()  # doctest: +SKIP
        >>> ds["collagen_change"].interp(time=[24 * 7, 24 * 28]).quantile([0.05, 0.5, 0.95], "draw")  # doctest: +SKIP
        """
        return self.table().to_dataset()

    def table(self) -> Table:
        """What the dataset and `course.nc` hold: the quantities, and the series, strokes and scars that were kept."""
        return tabulate(self)

    def holes_of(self, draw: int) -> dict[str, Shaped[Array, " hole"]]:
        """Every hole on the sample area in one draw: place, depths, width, blood. Raises NotKeptError without holes."""
        return list_holes(self.holes, draw, self.sample)

    def tabulate_sample_area(self, draw: int | None = None) -> xr.Dataset:
        """Every hole on the sample area in one draw (the one nearest to the medians), as a dataset."""
        return tabulate_holes(self, self.middle_draw if draw is None else draw)

    def tabulate_zones(self) -> dict[str, xr.Dataset]:
        """What each zone's own course holds, as datasets by `zone_` and its name."""
        return {f"zone_{name}": zone.to_dataset() for name, zone in self.zones.items()}

    @property
    def compounds(self) -> list[str]:
        """Names of the compounds that were put on the skin, in their order."""
        return [name.split(".", 1)[1] for name in self.series if name.startswith("applied.")]

    @cached_property
    def middle_draw(self) -> int:
        """The draw of the first batch whose quantities lie nearest to the middle of all: the one for pictures."""
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

    def to_netcdf(self, path: str | Path, holes: bool = False) -> None:
        """Write `course.nc` (NetCDF-4); with `holes` every hole of the sample area as a group of that name."""
        area = {"holes": self.tabulate_sample_area()} if holes else {}
        write_netcdf(Path(path), self.table(), {**self.tabulate_zones(), **area})

    def plot(self, name: str, ax: Axes | None = None, language: str = "en", over: str = "week") -> Axes:
        """Draw a series with its interval on a matplotlib axis, which is returned.

        `over` is the unit of time: h, day or week. Raises KeyError for a series that was not seen, and for a unit.
        """
        if over not in HOURS_IN:
            raise UnknownName("unit of time", over, HOURS_IN)
        if name in self.quantities and name not in self.series:
            told = f"it is one number of the whole course: course.interval({name!r})"
            raise UnknownName("series", name, self.series, told)
        values = self.series[name]
        unit, long_name = describe_series(name)
        label = say(f"series.{name.split('.')[0]}", language)
        title = long_name[:1].upper() + long_name[1:] if language == "en" else ""
        ax = plot_interval(self.time, values, label, unit, title, over, ax, language)
        return mark_sessions(ax, self.ends, over)


def _count_bytes(course: Course) -> int:
    """Bytes of the arrays that a course holds, each counted once."""
    arrays: dict[int, int] = {}
    waiting: list[Any] = [course.quantities, course.layers, course.time, course.parts]
    while waiting:
        item = waiting.pop()
        if isinstance(item, np.ndarray):
            base = item if item.base is None else item.base
            arrays[id(base)] = getattr(base, "nbytes", item.nbytes)
        elif isinstance(item, Mapping):
            waiting += item.values()
        elif isinstance(item, (tuple, list)):
            waiting += item
        elif is_dataclass(item):
            waiting += [getattr(item, f.name) for f in fields(item)]
    return sum(arrays.values())
