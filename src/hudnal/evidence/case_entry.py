"""One case of a file: every entry read, and whatever is wrong with any of them told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, get_args

from hudnal.evidence.case import Case, How, Role
from hudnal.evidence.cell import UNITS
from hudnal.evidence.entries import choose, read_entries, read_number, read_text_entry, refuse_unknown
from hudnal.evidence.fault import CaseFault
from hudnal.evidence.measured import Measured, read_measured
from hudnal.evidence.observation import check_observation, unit_of
from hudnal.evidence.scale import SCALES, Scale, scale_of
from hudnal.evidence.trial import Trial, read_trial
from hudnal.outcome.declared import find_quantity, find_series
from hudnal.parameters import table

ENTRIES = (
    "id", "title", "fact", "role", "study", "with", "than", "how", "observe", "measured", "kind", "scale", "alike",
    "arms", "cause",
)  # fmt: skip


class Faults:
    """What is wrong with one case, gathered entry by entry."""

    def __init__(self) -> None:
        self.found: list[CaseFault] = []

    def read(self, reader: Callable[..., Any], *arguments: Any) -> Any:
        """What `reader` gives for the arguments; None, and a fault more, where it cannot."""
        try:
            return reader(*arguments)
        except KeyError as fault:
            problem = CaseFault("missing", entry=fault.args[0])
        except CaseFault as fault:
            problem = fault
        if problem.text() not in {fault.text() for fault in self.found}:
            self.found.append(problem)
        return None


def read_case(entry: Mapping[str, Any], trials: Mapping[str, Any]) -> tuple[Case | None, list[CaseFault]]:
    """The case that an entry of `cases:` describes, or None and all that is wrong with it."""
    faults = Faults()
    take = faults.read
    take(refuse_unknown, entry, ENTRIES)
    trial, than = take(_read_trial, entry, trials, "with"), take(_read_second, entry, trials)
    observe = take(_read_observation, entry)
    how = take(choose, "how", entry.get("how", "difference"), get_args(How))
    measured = take(_read_figure, entry)
    texts = {word: take(read_text_entry, entry, word) for word in ("id", "title", "fact")}
    role = take(_read_role, entry)
    kind = take(_read_kind, entry, observe)
    arms = take(_read_arms, entry)
    unit = take(_read_unit, entry, observe, how)
    scale = take(_choose_scale, entry, observe, measured, how)
    value = measured.find_middle(scale) if measured is not None and scale is not None else None
    if value is not None:
        take(_check_on_scale, measured, value, scale)
    more = {word: take(read_text_entry, entry, word, "") for word in ("cause", "alike")}
    if faults.found or measured is None or scale is None or value is None:
        return None, faults.found
    case = Case(
        **texts, **more, role=role, trial=trial, observe=observe, value=value, low=measured.low, high=measured.high,
        unit=unit, n=measured.n, spread=measured.spread, kind=kind, scale=scale, error=measured.error,
        count=measured.count, than=than, how=how, arms=arms, is_named=measured.is_named,
        is_highest=measured.is_highest,
    )  # fmt: skip
    return case, []


def first_given(entry: Mapping[str, Any], word: str, usual: Callable[[], str]) -> Any:
    """What stands under `word`; what is usual where nothing does."""
    given = entry.get(word)
    return usual() if given is None else given


def _read_trial(entry: Mapping[str, Any], trials: Mapping[str, Any], word: str) -> Trial:
    """The trial of the case's study, with what the entry changes of its treatment under `word`."""
    base = trials[choose("study", entry["study"], tuple(trials))]
    return read_trial({**base, **(read_entries(entry, word) if word in entry else {})})


def _read_second(entry: Mapping[str, Any], trials: Mapping[str, Any]) -> Trial | None:
    return _read_trial(entry, trials, "than") if "than" in entry else None


def _read_observation(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    observe = read_entries(entry, "observe")
    check_observation(observe)
    return observe


def _read_figure(entry: Mapping[str, Any]) -> Measured:
    return read_measured(read_entries(entry, "measured"))


def _read_role(entry: Mapping[str, Any]) -> Role:
    return choose("role", entry["role"], get_args(Role))  # type: ignore[return-value]


def _read_kind(entry: Mapping[str, Any], observe: Mapping[str, Any] | None) -> str:
    known = tuple(name for name in table("evidence")["between_studies"] if not name.startswith("_"))
    if observe is None:  # what is wrong there is told already
        return choose("kind", first_given(entry, "kind", lambda: known[0]), known)
    return choose("kind", first_given(entry, "kind", lambda: _kind_of(observe)), known)


def _kind_of(observe: Mapping[str, Any]) -> str:
    """The kind of thing that is observed, for a case that names none: as the course declares it."""
    if {"share", "ratio", *UNITS} & observe.keys():
        return "delivery"
    if "quantity" in observe:
        return find_quantity(str(observe["quantity"])).group
    return find_series(str(observe.get("series") or observe.get("area") or observe.get("until"))).group


def _read_arms(entry: Mapping[str, Any]) -> tuple[str, ...]:
    arms = entry.get("arms", [])
    if not isinstance(arms, list) or not all(isinstance(arm, str) for arm in arms):
        raise CaseFault("arms_form")
    return tuple(arms)


def _read_unit(entry: Mapping[str, Any], observe: Mapping[str, Any] | None, how: str | None) -> str:
    measured = read_entries(entry, "measured")
    told = _told_unit(measured)
    if observe is None or how is None:
        return told
    given = unit_of(observe)
    if "than" in entry and how == "relative" and given != "%":
        raise CaseFault("relative", given=given)
    unit = "1" if "than" in entry and how == "ratio" else given
    if told != unit and "times" not in observe:
        raise CaseFault("unit", given=unit, unit=told)
    return told


def _told_unit(measured: Mapping[str, Any]) -> str:
    """The unit that a file tells; % for a value beside its start."""
    return "%" if "start" in measured else read_text_entry(measured, "unit")


def _choose_scale(
    entry: Mapping[str, Any], observe: Mapping[str, Any] | None, measured: Measured | None, how: str | None
) -> Scale | None:
    """The scale that the entry names, or what is usual; None where what decides it is wrong."""
    if entry.get("scale") is not None:
        return _read_scale(entry["scale"])
    if observe is None or measured is None or how is None:
        return None
    try:
        return _read_scale(_usual_scale(entry, observe, measured, how))
    except KeyError:  # a unit that is missing is told where it is read
        return None


def _usual_scale(entry: Mapping[str, Any], observe: Mapping[str, Any], measured: Measured, how: str) -> str:
    """The scale of a case that names none, as a file would write it."""
    if measured.count is not None:
        return "share"
    if "than" in entry and how == "ratio":
        return "log"
    if observe.get("quantity") in ("pain", "pain_without_cream"):
        return "share 10"
    if "above" in observe:
        return "share"
    unit = _told_unit(read_entries(entry, "measured"))
    return "change" if unit == "%" and "share" not in observe else "log"


def _read_scale(told: object) -> Scale:
    """The scale that a file writes as `log`, `change`, `share`, or a share of what: `share 10`."""
    try:
        name, *top = str(told).split() if isinstance(told, str) else [""]
        return scale_of(name, *(read_number("scale", text, above=0) for text in top))
    except (KeyError, TypeError, ValueError):  # of CaseFault too
        raise CaseFault("unknown_scale", value=told, known=", ".join(SCALES)) from None


def _check_on_scale(measured: Measured, value: float, scale: Scale) -> None:
    for number in (value, measured.low, measured.high):
        if isfinite(number) and not scale.holds(number):
            raise CaseFault("not_on_scale", value=f"{number:g}", scale=scale.name)
