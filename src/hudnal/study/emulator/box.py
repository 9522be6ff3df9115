"""The box of an emulator: which settings vary, from where to where, and how a point of it is written in a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, log
from typing import Any

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.intake.change import BadVariation
from hudnal.language import HudnalError
from hudnal.study.sweep import read_variations
from hudnal.treatment.quantity import Phototype
from hudnal.treatment.units import UnreadableQuantity, read_quantity

_RANGE = re.compile(r"\s*([+-]?[\d.,]*\d|[IV]+)\s*\.\.\s*([+-]?[\d.,]*\d|[IV]+)\s*(\S.*?)?\s*")
_BY_RATIO = 3.0  # from which on a range is gone through by factors instead of by steps
_DIGITS = 4  # of a setting that is tried
_SLACK = 1e-9  # of a range, by which rounding may lead out of it

Point = Mapping[str, str]  # what stands in the file, by the setting's name


class OutsideBox(HudnalError, ValueError):
    """A setting that an emulator has not learnt, or that lies outside what it has learnt."""

    head = "cli"


@dataclass(frozen=True)
class Axis:
    """One setting of a box: a range in its unit, a range of whole numbers, or words to choose from.

    Ends are numbers in `unit`; phototypes are whole numbers that are written in Roman.
    """

    name: str
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    whole: bool = False
    roman: bool = False
    choices: tuple[str, ...] = ()

    @property
    def by_ratio(self) -> bool:
        """Whether the range is gone through by factors: its ends are both above 0 and far apart."""
        return not self.choices and self.low > 0 and self.high >= _BY_RATIO * self.low

    @property
    def span(self) -> str:
        """The range, or the words, as they were asked for."""
        if self.choices:
            return ",".join(self.choices)
        low, high = (self.write(end) for end in (self.low, self.high))
        return f"{low.removesuffix(f' {self.unit}')}..{high}"

    def write(self, value: float) -> str:
        """A value as a file spells it; of choices, the word with that number."""
        if self.choices:
            return self.choices[int(value)]
        if self.roman:
            return Phototype.NAMES[int(value) - 1]
        text = f"{round(value)}" if self.whole else f"{value:.12g}"
        return f"{text} {self.unit}".strip()

    def spread(self, share: float) -> float:
        """The value at a share, 0 to 1, of the way through the range, rounded as it is tried."""
        if self.choices:
            return float(min(floor(share * len(self.choices)), len(self.choices) - 1))
        if self.whole:
            return float(min(self.low + floor(share * (self.high - self.low + 1)), self.high))
        way = (
            (self.high / self.low) ** share * self.low
            if self.by_ratio
            else self.low + share * (self.high - self.low)
        )
        return min(max(float(f"{way:.{_DIGITS}g}"), self.low), self.high)

    def place(self, values: Float[Array, ...]) -> Float[Array, ...]:
        """Where values of the range lie: -1 at its lower end, 1 at its upper."""
        if self.by_ratio:
            return 2 * np.log(values / self.low) / log(self.high / self.low) - 1
        return 2 * (values - self.low) / (self.high - self.low) - 1

    def read(self, text: object) -> float:
        """The value of a text such as "1.5 mm", a number of the choices. Raises OutsideBox."""
        word = str(text).strip()
        if self.choices:
            chosen = word.lower() if word in ("True", "False") else word
            if chosen not in self.choices:
                raise self._refuse(word)
            return float(self.choices.index(chosen))
        if self.roman and word.upper() in Phototype.NAMES:
            value = float(Phototype.NAMES.index(word.upper()) + 1)
        else:
            try:
                value = read_quantity(word, self.unit or "1", self.write(self.low))
            except UnreadableQuantity:
                raise self._refuse(word) from None
        slack = _SLACK * (self.high - self.low)
        if not self.low - slack <= value <= self.high + slack or (self.whole and not value.is_integer()):
            raise self._refuse(word)
        return min(max(value, self.low), self.high)

    def _refuse(self, word: str) -> OutsideBox:
        return OutsideBox("outside_box", setting=self.name, value=word, span=self.span)

    def as_dict(self) -> dict[str, Any]:
        """The axis as plain data, with the scale that its place is on."""
        if self.choices:
            return {"name": self.name, "choices": list(self.choices)}
        words = {"unit": self.unit} if self.unit else {}
        kind = "roman" if self.roman else "whole" if self.whole else "real"
        scale = "log" if self.by_ratio else "linear"
        return {"name": self.name, "low": self.low, "high": self.high, **words, "kind": kind, "scale": scale}

    @staticmethod
    def of_dict(data: Mapping[str, Any]) -> Axis:
        """The axis that `as_dict` wrote."""
        if "choices" in data:
            return Axis(data["name"], choices=tuple(data["choices"]))
        kind, low, high = data["kind"], float(data["low"]), float(data["high"])
        return Axis(data["name"], low, high, data.get("unit", ""), kind != "real", kind == "roman")


Box = tuple[Axis, ...]


def read_box(words: Iterable[str]) -> Box:
    """The box of words such as "length=0.5..2.5 mm", "rounds=1..4", "person.sun=little,usual,much".

    Raises BadVariation for what is no range and no choice, and for a setting that nothing has.
    """
    return tuple(_read_axis(name, values) for name, values in read_variations(words, whole=True).items())


def _read_axis(name: str, values: Sequence[str]) -> Axis:
    text = ",".join(values)
    match = _RANGE.fullmatch(text)
    if match is None:
        if len(values) < 2 or len(set(values)) < len(values) or ".." in text:
            raise BadVariation("box_form", value=f"{name}={text}")
        return Axis(name, choices=tuple(values))
    roman = match[1] in Phototype.NAMES and match[2] in Phototype.NAMES
    try:
        low, high = (
            float(Phototype.NAMES.index(end) + 1) if roman else float(end.replace(",", "."))
            for end in (match[1], match[2])
        )
    except ValueError:
        raise BadVariation("box_form", value=f"{name}={text}") from None
    unit = match[3] or ""
    if not low < high:
        raise BadVariation("box_form", value=f"{name}={text}")
    # A range of numbers without a unit and without a point is one of whole numbers.
    whole = roman or (not unit and match[1].isdigit() and match[2].isdigit())
    return Axis(name, low, high, unit, whole, roman)


def spread_settings(box: Box, count: int, seed: int) -> Float[Array, "setting axis"]:
    """`count` settings spread evenly over the box, (setting, axis): Sobol's points, shuffled by the seed.

    Fewer are the first of more. Choices are numbers from 0.
    """
    from scipy.stats.qmc import Sobol

    power = max(count - 1, 1).bit_length()
    points = Sobol(len(box), scramble=True, rng=np.random.default_rng(seed)).random_base2(power)[:count]
    return np.array([[axis.spread(share) for axis, share in zip(box, row, strict=True)] for row in points])


def write_point(box: Box, values: Sequence[float] | Float[Array, " axis"]) -> dict[str, str]:
    """A setting of the box as a file spells it."""
    return {axis.name: axis.write(float(value)) for axis, value in zip(box, values, strict=True)}


def split_point(words: Iterable[str]) -> dict[str, str]:
    """The point that words such as "force=6 N" name. Raises BadVariation."""
    point = {}
    for word in words:
        name, given, value = word.partition("=")
        if not given or not name.strip() or not value.strip():
            raise BadVariation("at_form", value=word)
        point[name.strip()] = value.strip()
    return point


def read_point(box: Box, point: Mapping[str, object], usual: Point) -> Float[Array, " axis"]:
    """The values of a point, in the order of the box; settings that it does not name are the `usual` ones.

    Raises OutsideBox for a name that the box does not have, and for a value outside.
    """
    known = {axis.name for axis in box}
    for name in point:
        if name not in known:
            raise OutsideBox("not_in_box", setting=name, known=", ".join(sorted(known)))
    missing = [axis.name for axis in box if axis.name not in point and axis.name not in usual]
    if missing:
        raise OutsideBox("not_told", setting=missing[0])
    return np.array([axis.read(point[axis.name] if axis.name in point else usual[axis.name]) for axis in box])
