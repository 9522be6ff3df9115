"""Where in a treatment something stands, as its reader counts: "step 5.1 (rolling)"."""

from __future__ import annotations

import re

from hudnal.language import Words

_STEP = re.compile(r"(?:session|steps)\[(\d+)\]\.(\w+)")
_LATER = re.compile(r"aftercare\[(\d+)\]\.(\w+)")


def tell_place(place: str, words: Words) -> str:
    """A `place` of a file, such as `session[4].repeat.steps[0].roll`, as a numbered step; empty for what is no step."""
    if later := _LATER.search(place):
        return words("report.later_step", number=int(later[1]) + 1, name=words(f"report.later_{later[2]}"))
    steps = _STEP.findall(place)
    if not steps:
        return ""
    number = ".".join(str(int(index) + 1) for index, _ in steps)
    kind = steps[-1][1]
    name = words(f"stepnames.{kind}") if words.has(f"stepnames.{kind}") else words("report.rounds")
    return words("report.step", number=number, name=name)
