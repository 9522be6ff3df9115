"""A published trial as it is simulated: its treatment, its people, who rated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from hudnal.evidence.fault import CaseFault

Raters = Literal["blinded", "open", "patient"]
_ROUNDING = 1e-6  # by which shares of the people may miss 1


@dataclass(frozen=True)
class Trial:
    """How a trial is simulated: its treatment, its `people` in parts that are alike, who rated."""

    treatment: Mapping[str, Any]  # as plain data
    people: tuple[tuple[float, Mapping[str, Any]], ...] = ()  # share, and what of the person differs
    raters: Raters = "blinded"

    @property
    def parts(self) -> list[tuple[float, str]]:
        """Share of the people, and the treatment of that part as canonical JSON text."""
        parts = []
        for share, person in self.people or ((1.0, {}),):
            whole = {**self.treatment, "person": {**self.treatment.get("person", {}), **person}}
            parts.append((share, json.dumps(whole if person else self.treatment, sort_keys=True)))
        return parts


def read_trial(data: Mapping[str, Any]) -> Trial:
    """The trial that an entry of `studies:` describes: a treatment's entries, with `raters` and `people` beside them.

    Raises CaseFault where raters are none that there are, or people no parts of a whole.
    """
    treatment = dict(data)
    raters = treatment.pop("raters", "blinded")
    if raters not in get_args(Raters):
        raise CaseFault("unknown_raters", value=raters, known=", ".join(get_args(Raters)))
    try:
        people = tuple(
            (float(part["share"]), {k: v for k, v in part.items() if k != "share"})
            for part in treatment.pop("people", ())
        )
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise CaseFault("people_form") from fault
    if people and abs(sum(share for share, _ in people) - 1) > _ROUNDING:
        raise CaseFault("shares", total=f"{sum(share for share, _ in people):g}")
    return Trial(treatment, people, raters)
