"""A published trial as it is simulated: its treatment, its people, who rated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from hudnal.evidence.entries import choose, read_number
from hudnal.evidence.fault import CaseFault
from hudnal.intake.treatment import write_canonically

Raters = Literal["blinded", "open", "patient"]
_ROUNDING = 1e-6  # by which shares of the people may miss 1
_MOST_PARTS = 50  # of the people, each of which is simulated


@dataclass(frozen=True)
class Trial:
    """How a trial is simulated: its treatment, its `people` in parts that are alike, who rated, where it was looked.

    A part differs in what of the person it names, and in its `session` where it was treated otherwise, as where depth
    was chosen for each.
    """

    treatment: Mapping[str, Any]  # as plain data
    people: tuple[tuple[float, Mapping[str, Any]], ...] = ()  # share, and what differs
    raters: Raters = "blinded"
    zone: str | None = None  # of a treatment with zones, the one that is looked at; None for the whole person

    @property
    def runs(self) -> list[tuple[float, str]]:
        """The parts without what a treatment is called: trials that do the same under other titles are run once."""
        return replace(self, treatment={k: v for k, v in self.treatment.items() if k != "title"}).parts

    @property
    def parts(self) -> list[tuple[float, str]]:
        """Share of the people, and the treatment of that part as canonical JSON text."""
        parts = []
        for share, differs in self.people or ((1.0, {}),):
            whole = dict(self.treatment)
            person = {name: value for name, value in differs.items() if name != "session"}
            if person:
                whole["person"] = {**(self.treatment.get("person") or {}), **person}
            if "session" in differs:
                whole["session"] = differs["session"]
            parts.append((share, write_canonically(whole)))
        return parts


def read_trial(data: Mapping[str, Any]) -> Trial:
    """The trial of an entry of `studies:`: a treatment's entries, with `raters`, `people` and `zone` beside them.

    Raises CaseFault where raters are none that there are, people no parts of a whole, or a zone is not treated.
    """
    treatment = dict(data)
    raters = choose("raters", treatment.pop("raters", "blinded"), get_args(Raters))
    people = _read_people(treatment.pop("people", ()))
    person = treatment.get("person")
    if people and person is not None and not isinstance(person, Mapping):
        raise CaseFault("not_entries", entry="person")
    zone = _read_zone(treatment.pop("zone", None), treatment.get("zones"))
    return Trial(treatment, people, raters, zone)  # type: ignore[arg-type]


def _read_zone(told: Any, zones: Any) -> str | None:
    if told is None:
        return None
    if not isinstance(zones, Mapping) or not zones:
        raise CaseFault("no_zones", value=told)
    return choose("zone", told, tuple(zones))


def _read_people(told: Any) -> tuple[tuple[float, Mapping[str, Any]], ...]:
    if not told:
        return ()
    if not isinstance(told, list) or not all(isinstance(part, Mapping) and "share" in part for part in told):
        raise CaseFault("people_form")
    if len(told) > _MOST_PARTS:
        raise CaseFault("too_many_people", most=_MOST_PARTS)
    people = tuple(
        (read_number("share", part["share"], above=0), {k: v for k, v in part.items() if k != "share"})
        for part in told
    )
    total = sum(share for share, _ in people)
    if abs(total - 1) > _ROUNDING:
        raise CaseFault("shares", total=f"{total:g}")
    return people
