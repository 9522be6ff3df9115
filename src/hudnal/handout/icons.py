"""An icon array: so many people of a hundred or a thousand, drawn as inline SVG."""

from __future__ import annotations

from hudnal.handout.told import HUNDRED, Odds

_HURT, _WELL = "#a3271f", "#c9c2ba"
_PERSON = (10.0, 12.0)  # room for one of a hundred
_ACROSS = {HUNDRED: 20}
_DOT, _DOTS_ACROSS = 5.0, 50  # room for one of a thousand


def draw_people(odds: Odds, label: str) -> str:
    """The people of a chance as SVG text: as many as are hurt in red, the first ones; `label` is its alternative text.

    A chance that is not known has no people: it is drawn as a question mark.
    """
    if odds.count is None:
        return (
            f'<svg viewBox="0 0 200 60" role="img" aria-label="{label}">'
            f'<rect x="1" y="1" width="198" height="58" rx="6" fill="none" stroke="{_WELL}" stroke-dasharray="4 3"/>'
            f'<text x="100" y="42" font-size="34" text-anchor="middle" fill="{_HURT}">?</text></svg>'
        )
    shape = _draw_persons if odds.base == HUNDRED else _draw_dots
    return shape(odds.count, odds.base, label)


def _draw_persons(count: int, base: int, label: str) -> str:
    across = _ACROSS[base]
    wide, high = _PERSON
    paths = {_WELL: "", _HURT: ""}
    for i in range(base):
        x, y = (i % across) * wide + wide / 2, (i // across) * high
        paths[_HURT if i < count else _WELL] += _outline_person(x, y)
    return _frame(across * wide, base // across * high, label, paths)


def _outline_person(x: float, y: float) -> str:
    """A head over shoulders, its middle at `x` and its top at `y`."""
    head = f"M{x - 1.8:g} {y + 2.6:g}a1.8 1.8 0 1 1 3.6 0a1.8 1.8 0 1 1-3.6 0z"
    return head + f"M{x - 3.2:g} {y + 11:g}v-3.2a3.2 3.2 0 0 1 6.4 0v3.2z"


def _draw_dots(count: int, base: int, label: str) -> str:
    paths = {_WELL: "", _HURT: ""}
    for i in range(base):
        x, y = (i % _DOTS_ACROSS) * _DOT + 1, (i // _DOTS_ACROSS) * _DOT + 1
        paths[_HURT if i < count else _WELL] += f"M{x:g} {y:g}h3v3h-3z"
    return _frame(_DOTS_ACROSS * _DOT, base // _DOTS_ACROSS * _DOT, label, paths)


def _frame(width: float, height: float, label: str, paths: dict[str, str]) -> str:
    drawn = "".join(f'<path d="{d}" fill="{colour}"/>' for colour, d in paths.items() if d)
    return f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{label}">{drawn}</svg>'
