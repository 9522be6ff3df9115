"""A treatment that can be run: what the file says, and everything that it names is known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Self

from pydantic import ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from hudnal.card import Card
from hudnal.intake.change import OF_INSTRUMENT, OF_PLAN, OF_STEP, change_treatment, require_needles
from hudnal.intake.check import find_faults, find_faults_of_rest
from hudnal.intake.shelf import Shelf
from hudnal.language import Words
from hudnal.language.numbers import format_duration
from hudnal.names import UnknownName
from hudnal.transport import Product
from hudnal.treatment.model import Concern, TreatmentFile
from hudnal.treatment.read import FOUND_FAULTS, read_data
from hudnal.treatment.rest import REST
from hudnal.treatment.steps import Repeat, Step


class Treatment(TreatmentFile):
    """A treatment file that has been checked: frozen, hashable, and there is none that could not be run.

    `hudnal.load` makes it, with faults that name their line. Its fields are those of the file, in house units.

    >>> import hudnal
    >>> treatment = hudnal.load("classic")
    >>> treatment.site, treatment.person.age, treatment.course.sessions
    ('cheek', 35.0, 1)
    >>> treatment.with_(force="3 N", rounds=1).as_data()["session"][4]["repeat"]["rounds"]
    1
    """

    @cached_property
    def shelf(self) -> Shelf:
        """Everything that can be put on the skin: products and compounds of the tables and of the file."""
        return Shelf.of(self)

    @cached_property
    def canonical_text(self) -> str:
        """The treatment as JSON text with sorted keys: the same for any way to write it down, and it loads again.

        Zones keep their order, since the first is the main one.
        """
        return write_canonically(self.as_data())

    @cached_property
    def by_zone(self) -> Mapping[str, Treatment]:
        """The treatment as each zone sees it, the main one first; without zones there is none.

        What is done elsewhere is a wait of no time, so that every step keeps its number and its place.
        """
        return {name: read_data(self.as_zone_data(name), "treatment", Treatment) for name in self.zones}

    @property
    def products_used(self) -> list[Product]:
        """Every product that the steps name, each once."""
        steps = [*(step for _, step in self.walk_steps()), *self.aftercare]
        named = dict.fromkeys(step.product for step in steps if step.product is not None)
        return [self.shelf.find_product(name) for name in named]

    def with_(self, changes: Mapping[str, Any] | None = None, /, **more: Any) -> Treatment:
        """The treatment with other values at named places, as a file would give them; this one stays as it is.

        The names are those of the command line's `--over`: `force` or `strokes` of every step with needles, `length` or
        `rings` of its instrument, `rounds`, `instrument`, `site`; those with a point in `changes` or by `**`.
        Raises TreatmentError for what cannot be run, BadVariation where no step has it, UnknownName (a KeyError) for a
        name that nothing has.

        >>> import hudnal
        >>> gentle = hudnal.load("classic").with_(force="3 N", **{"person.age": "50 year"})
        >>> gentle.person.age
        50.0
        """
        point = {**(changes or {}), **more}
        known = OF_INSTRUMENT | OF_STEP | OF_PLAN
        for name in point:
            if name not in known:
                raise UnknownName("entry that can be changed", name, sorted(known))
        if point.keys() - OF_PLAN:
            require_needles(self)
        return read_data(change_treatment(self, point), "treatment", Treatment)

    def __repr__(self) -> str:
        return self._card().text()

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return self._card().html()

    def _card(self) -> Card:
        """The treatment in some ten lines, each under its word in the file."""
        data = self.as_data()
        person, instrument, words = data["person"], data.get("instrument"), Words("en")
        pause, after = (format_duration(h, words) for h in (self.course.interval, self.course.follow_up))
        of_person = (person["sex"], person["age"], f"phototype {person['phototype']}", *person["conditions"])
        told = [f"sessions {len(self.sessions_of_course)}", f"interval {pause}", f"follow_up {after}"]
        if self.phases:
            told.remove(f"interval {pause}")
        rows = [
            ("person", ", ".join(of_person)),
            *self._tell_places(data),
            ("concern", ", ".join(_tell_concern(concern) for concern in self.concerns)),
            ("instrument", instrument if isinstance(instrument, str) else _tell_own(instrument)),
            *([("beforehand", _list_steps(self.beforehand))] if self.beforehand else ()),
            *((("phase" if self.phases else "session"), text) for text in self._list_phases()),
            ("aftercare", _list_steps(self.aftercare) or "none"),
            ("course", ", ".join(told)),
        ]
        return Card(f"Treatment {self.title_in('en')!r}", rows, "whole, as a file would give it: .as_data()")

    def _tell_places(self, data: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Where it is done: the site and its area, or every zone."""
        if not self.zones:
            return [("site", f"{self.site}, {data['area']}, {self.setting}")]
        zones = ", ".join(f"{name} {zone['area']}" for name, zone in data["zones"].items())
        return [("zones", zones), ("setting", self.setting)]

    def _list_phases(self) -> list[str]:
        """The steps of each phase, with the number of its sessions where there are several phases."""
        alone = not self.phases
        return [
            _list_steps(phase.steps) if alone else f"{len(phase.starts)} x: {_list_steps(phase.steps)}"
            for phase in self.phases_of_course
        ]

    @model_validator(mode="after")
    def _require_runnable(self, info: ValidationInfo) -> Self:
        rest = (info.context or {}).get(REST)
        faults = find_faults(self) if rest is None else find_faults_of_rest(self, rest)
        if faults:
            raise PydanticCustomError(
                FOUND_FAULTS, "{problems}", {"faults": faults, "problems": _join_faults(faults)}
            )
        return self

    def model_copy(self, **changes: Any) -> Self:
        """Refused with changes, which nobody would have checked: change the data and load them."""
        if changes.get("update"):
            raise TypeError("change `as_data()` and load it: a changed treatment has to be checked")
        return super().model_copy(**changes)

    @classmethod
    def model_construct(cls, *_: Any, **__: Any) -> Self:
        """Refused: what is not checked is a TreatmentFile."""
        raise TypeError("a treatment is made by hudnal.load, which checks it")


def write_canonically(data: Mapping[str, Any]) -> str:
    """Plain data of a treatment as JSON text with sorted keys; zones keep their order: the first is the main one."""
    return json.dumps({key: data[key] if key == "zones" else _sort_keys(data[key]) for key in sorted(data)})


def _sort_keys(data: Any) -> Any:
    """Plain data with the keys of its mappings sorted."""
    if isinstance(data, Mapping):
        return {key: _sort_keys(data[key]) for key in sorted(data)}
    return [_sort_keys(one) for one in data] if isinstance(data, (list, tuple)) else data


def _tell_concern(concern: Concern) -> str:
    return concern.name if concern.form in concern.name else f"{concern.name}, {concern.form}"


def _tell_own(instrument: Mapping[str, Any] | None) -> str:
    """An instrument of the file's own: its kind and the length of its needles."""
    return "none" if instrument is None else f"{instrument['kind']} of its own, {instrument['length']}"


def _list_steps(steps: Iterable[Step]) -> str:
    """The words of steps in their order, those in rounds in brackets."""
    return ", ".join(
        f"{_tell_rounds(step)} ({_list_steps(step.steps)})" if isinstance(step, Repeat) else step.name
        for step in steps
    )


def _tell_rounds(step: Repeat) -> str:
    """How often the steps of a repeat are done: "3 x", or "until even-redness, at most 6 x"."""
    return f"{step.rounds} x" if step.until is None else f"until {step.until}, at most {step.most} x"


def _join_faults(faults: list[Any]) -> str:
    return "; ".join(fault.text() for fault in faults)
