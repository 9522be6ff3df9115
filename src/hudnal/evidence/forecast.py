"""Every case run and forecast: what such a study would report, and where the published figure lies in that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy.special import ndtri, stdtrit

from hudnal.arrays import Array, Float, PerDraw
from hudnal.evidence.case import Case
from hudnal.evidence.case_file import load_cases, read_cases
from hudnal.evidence.fault import CaseFault, NotObserved
from hudnal.evidence.infer import TAILS
from hudnal.evidence.readings import read_figures
from hudnal.parameters import Draws, Posterior
from hudnal.progress import Progress, part_of
from hudnal.result.interval import HIGH, LOW, Interval, interval
from hudnal.study.shards import Sharded
from hudnal.units import PERCENT

WITHIN_STUDY = "evidence.within_study"
REPORTED, REPORTED_LASTING = "evidence.reported", "evidence.reported_lasting"
BETWEEN_PEOPLE = "evidence.between_people"
DRAWS = 64  # that a run of the cases takes unless told
_REPEATS = 16  # studies that are imagined of each draw
_SAME = 1e-9  # by which two shares of the same count may differ


@dataclass(frozen=True)
class Forecast:
    """A case and a forecast of the figure that such a study would report, as sorted samples in its unit."""

    case: Case
    samples: Float[Array, " sample"]  # without NaN

    @property
    def predicted(self) -> Interval:
        """Median and central 90 %."""
        return interval(self.samples)

    def covers(self, level: float) -> bool:
        """Whether the measured value, or some of the range that its source leaves open, lies in the central part.

        A bound or a direction is met by a median on the side that is told: some of a wide interval always lies there.
        """
        if not self.samples.size:
            return False
        if self.case.is_bound:
            return self.has_measured_side(self.case.low, self.case.high)
        low, high = _quantiles(self.samples, (1 - level) / 2, (1 + level) / 2)
        return self.case.low <= high and self.case.high >= low

    def has_measured_side(self, low: float, high: float) -> bool:
        """Whether the median lies from `low` to `high`."""
        median = self.predicted.median
        return median is not None and low <= median <= high

    def cover(self, level: float) -> float:
        """How much of the measured value lies in the central part, 0-1: of a count and a range, that of its step.

        A count jumps from one share to the next and a range leaves open where it lies, so that a central part of any
        size touches more of them than its name says. What such a figure takes of the forecast is spread evenly over it
        (as Czado et al. 2009 do with counts).
        """
        if (
            not self.samples.size
            or self.case.is_bound
            or not (self.case.is_range or self.case.count is not None)
        ):
            return float(self.covers(level))
        size = self.samples.size
        below = np.searchsorted(self.samples, self.case.low - _SAME, "left") / size
        upto = np.searchsorted(self.samples, self.case.high + _SAME, "right") / size
        low, high = (1 - level) / 2, (1 + level) / 2
        if upto <= below:
            return float(low <= below <= high)
        return float(max(min(upto, high) - max(below, low), 0.0) / (upto - below))

    @property
    def inside(self) -> bool:
        """Whether the measured value lies in the central 90 %."""
        return self.covers(HIGH - LOW)

    @property
    def factor(self) -> float | None:
        """By how much the median is off, as a factor; None where that means nothing, as for a bound or a direction.

        Within a range it is 1. Of a change in % it is the factor between after over before.
        """
        median = self.predicted.median
        ends = self.case.scale.to(np.array([self.case.low, self.case.high]))
        if median is None or not np.isfinite(ends).all():
            return None
        nearest = min(max(median, self.case.low), self.case.high) if self.case.is_range else self.case.value
        if self.case.scale.name == "change":
            one, other = 1 + median / PERCENT, 1 + nearest / PERCENT
        else:
            one, other = median, nearest
        if one <= 0 or other <= 0:
            return None
        return max(one / other, other / one)

    @property
    def place(self) -> float | None:
        """Share of the forecast below the measured value; None for a range."""
        if self.case.is_range or not self.samples.size:
            return None
        below = np.searchsorted(self.samples, self.case.value, "left")
        return float(
            (below + np.searchsorted(self.samples, self.case.value, "right")) / 2 / self.samples.size
        )

    @property
    def width(self) -> float | None:
        """Width of the central 90 % on the case's scale; None where an end is not finite."""
        if not self.samples.size:
            return None
        low, high = on_scale_of(self.case, np.array(_quantiles(self.samples, LOW, HIGH)))
        return float(high - low) if np.isfinite(low) and np.isfinite(high) else None


def run_cases(
    draws: int = DRAWS,
    seed: int = 1,
    progress: Progress | None = None,
    cases: Sequence[Case] | None = None,
    belief: Posterior | str = "posterior",
    sharded: Sharded | None = None,
) -> list[Forecast]:
    """Forecast every case (the package's, where none are given), in order; in this process, or `sharded`.

    A forecast is of what such a study would report: model, differences between studies, chance. Raises NotObserved for
    a case that looks for what its course does not have.
    """
    cases = load_cases() if cases is None else cases
    values = read_figures(cases, draws, seed, belief, progress, sharded).values
    sample = Draws(draws, seed, belief)
    return [Forecast(case, forecast_figure(case, values[case.id], sample)) for case in cases]


def run_before_and_after(
    file: Path | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    progress: Progress | None = None,
    sharded: Sharded | None = None,
    only: Sequence[str] = (),
) -> tuple[list[Forecast], list[Forecast]]:
    """Forecasts by the tables' prior and by the shipped belief, of the cases in `file` or of the package's.

    Where `only` has words, those cases whose id holds one. Raises CaseFault for a file whose cases are not whole,
    cannot be run, or look for what their course does not have, and for words that no id holds.
    """
    cases = choose_cases(load_cases() if file is None else read_cases(file), only)
    try:
        prior = run_cases(draws, seed, part_of(progress, 0, 2), cases, "prior", sharded)
        posterior = run_cases(draws, seed, part_of(progress, 1, 2), cases, "posterior", sharded)
    except NotObserved as fault:
        raise (fault if file is None else CaseFault("in_file", file=file, problem=fault)) from fault
    return prior, posterior


def choose_cases(cases: Sequence[Case], words: Sequence[str]) -> Sequence[Case]:
    """The cases whose id holds one of the words; all where there are none. Raises CaseFault where no id does."""
    chosen = [case for case in cases if not words or any(word in case.id for word in words)]
    if not chosen:
        known = ", ".join(case.id for case in cases)
        raise CaseFault("none_match", words=", ".join(words), known=known)
    return chosen


def forecast_figure(case: Case, values: PerDraw, draws: Draws) -> Float[Array, " sample"]:
    """What a study would report where the model's mean is `values` (draw,): sorted samples in the case's unit.

    On the case's scale, g = g_model + tau xi + s zeta, with xi of Student's t as inference has it (`infer.TAILS`), zeta
    standard normal, tau how far studies of this kind of thing differ (or the arms of one) and s the standard error; the
    highest of n people lies above g_model by the highest of n zetas. A count is binomial, with the share of it that a
    source would report. Empty where most have no value.
    """
    rng = np.random.default_rng([draws.seed, crc32(case.id.encode())])
    size = draws.n * _REPEATS

    def even_shares() -> Float[Array, " sample"]:
        return (rng.permutation(size) + 0.5) / size

    between = np.repeat(differ_by(case, draws), _REPEATS)
    centre = np.repeat(case.scale.to(values), _REPEATS)
    with np.errstate(invalid="ignore"):
        of_study = centre + between * stdtrit(TAILS, even_shares())
    if case.count is not None and case.n is not None:
        share = np.nan_to_num(case.scale.back(of_study))
        if not case.is_named:
            share = share * np.repeat(draws[find_reported(case)], _REPEATS)
        return np.sort(rng.binomial(case.n, share) / case.n)
    of_people = even_shares()
    zeta = ndtri(of_people ** (1 / case.n) if case.is_highest and case.n else of_people)
    with np.errstate(invalid="ignore"):
        chance = np.repeat(standard_error(case, draws), _REPEATS) * zeta
        samples = case.scale.back(of_study + chance)
    known = samples[~np.isnan(samples)]
    return np.sort(known) if known.size * 2 > samples.size else known[:0]


def find_reported(case: Case) -> str:
    """The parameter that is the share of such a harm which a source that does not name it would have told."""
    return REPORTED if case.is_passing else REPORTED_LASTING


def differ_by(case: Case, draws: Draws) -> PerDraw:
    """How far studies of this kind of thing differ on the case's scale, (draw,); of a pair, the arms of one study."""
    between = draws[f"evidence.between_studies.{case.kind}"]
    return between * draws[WITHIN_STUDY] if case.is_pair else between


def standard_error(case: Case, draws: Draws) -> PerDraw:
    """Standard error of the figure by chance, on the case's scale, (draw,); how people differ, for the highest."""
    if case.is_highest:
        return draws[BETWEEN_PEOPLE]
    if case.single:
        return np.zeros(draws.n)
    if case.error is not None:
        return np.full(draws.n, case.error * case.scale.slope(case.value))
    both = sqrt(2) if case.is_pair else 1.0  # arms have each its own chance
    return both * draws[BETWEEN_PEOPLE] / sqrt(case.n or draws.value("evidence.unknown_number"))


def on_scale_of(case: Case, values: Float[Array, " ..."]) -> Float[Array, " ..."]:
    """Values on the case's scale; a share of counted people by its empirical odds, finite for all and for nobody."""
    if case.count is not None and case.n is not None:
        values = (values * case.n + 0.5) / (case.n + 1)  # Haldane and Anscombe
    return case.scale.to(values)


def _quantiles(samples: Float[Array, " sample"], low: float, high: float) -> tuple[float, float]:
    """Two quantiles, without interpolating between a number and never."""
    ends = np.quantile(samples, (low, high), method="inverted_cdf")
    return float(ends[0]), float(ends[1])
