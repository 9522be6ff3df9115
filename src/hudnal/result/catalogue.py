"""What a course can be asked for, as tables: names, units, meanings; and what one course says of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hudnal.language import named, say
from hudnal.outcome.declared import (
    COMPOUND_QUANTITIES,
    COMPOUND_SERIES,
    all_quantities,
    all_series,
    find_quantity,
)

if TYPE_CHECKING:
    import pandas as pd

    from hudnal.result.course import Course

_OF_COMPOUND = ".COMPOUND"  # stands for the name of one that was put on the skin


def quantities(language: str = "en") -> pd.DataFrame:
    """Every quantity, one number of a whole course, by its name: what it is called, its unit, what it means.

    Of those that end in `.COMPOUND` there is one for each compound on the skin, such as `delivered.lidocaine`.

    >>> import hudnal
    >>> hudnal.quantities().loc["hole_density", "unit"]
    '1/cm2'
    >>> hudnal.quantities("sv").loc["pain", "title"]
    'Smärta'
    """
    names = [*all_quantities(), *(f"{one.name}{_OF_COMPOUND}" for one in COMPOUND_QUANTITIES)]
    return _make_frame("quantity", names, [describe_quantity(name, language) for name in names])


def series(language: str = "en") -> pd.DataFrame:
    """Every series, what is followed over time, by its name: what it is called, its unit, in English what it means.

    Which of them a course has goes by its concern and by what was put on the skin: `course.series`.

    >>> import hudnal
    >>> hudnal.series().loc["water_loss", "unit"]
    'g/m2/h'
    """
    declared = {**all_series(), **{f"{one.name}{_OF_COMPOUND}": one for one in COMPOUND_SERIES}}
    rows = []
    for name, one in declared.items():
        about = {"title": say(f"series.{name.split('.')[0]}", language), "unit": one.unit}
        rows.append({**about, **({"meaning": one.title} if language == "en" else {})})
    return _make_frame("series", list(declared), rows)


def describe_quantity(name: str, language: str = "en") -> dict[str, str]:
    """What a quantity is called, its unit, what it means."""
    kind, _, compound = name.partition(".")
    called = named("compounds", compound, language)
    title = say(f"quantities.{kind}.name", language)
    return {
        "title": f"{title}: {called}" if compound else title,
        "unit": find_quantity(name).unit,
        "meaning": say(f"quantities.{kind}.meaning", language, compound=called),
    }


def tabulate_intervals(course: Course, language: str = "en") -> pd.DataFrame:
    """Every quantity of a course by its name: median, low, high, unit, what it is called and means.

    No number where a quantity does not apply or never comes.
    """
    names = [*all_quantities(), *(name for name in course.quantities if name not in all_quantities())]
    rows = [{**course.interval(name).as_dict(), **describe_quantity(name, language)} for name in names]
    frame = _make_frame("quantity", names, rows)
    numbers = ["median", "low", "high"]
    frame[numbers] = frame[numbers].astype(float)
    return frame.reindex(columns=[*numbers, "unit", "title", "meaning"])


def _make_frame(of: str, names: list[str], rows: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd  # late: it takes half a second

    return pd.DataFrame(rows, index=pd.Index(names, name=of))
