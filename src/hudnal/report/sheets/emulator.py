"""What an emulator answers, and how far it is off, as tables and as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hudnal.language import Words
from hudnal.language.numbers import NONE, format_as, format_probability, format_unit
from hudnal.outcome.declared import find_quantity
from hudnal.report.sheets.rows import Cell, Piece, TextTable
from hudnal.report.words.headlines import BY_WEIGHT
from hudnal.report.words.intervals import format_cell
from hudnal.result.interval import Interval
from hudnal.store.files import make_header
from hudnal.study.compare import list_main_quantities
from hudnal.study.emulator.emulator import ENDS, Emulator, Learnt
from hudnal.study.emulator.file import shorten_error
from hudnal.units import PERCENT

_SCHEMA = "hudnal/answer/1"


def list_main(emulator: Emulator) -> list[str]:
    """The quantities that an emulator has and that matter most, those of the report's first numbers first."""
    names = [*BY_WEIGHT, *(name for of in list_main_quantities().values() for name in of)]
    return [
        name
        for name in dict.fromkeys(names)
        if name in emulator.quantities and emulator.quantities[name].paths is not None
    ]


def tabulate_answer(
    emulator: Emulator, answer: Mapping[str, Interval], words: Words, everything: bool = False
) -> TextTable:
    """Median and interval of the quantities that matter most, or of all, and how far each may be off."""
    names = list(answer) if everything else list_main(emulator)
    rows = [
        (
            _name_quantity(name, words),
            _show_interval(name, answer[name], words),
            _show_off(emulator.quantities[name], words),
        )
        for name in names
        if answer[name].median is not None or everything
    ]
    heads = [words("cli.quantity"), "", words("cli.emulator_off")]
    return TextTable(heads, "lrr", rows, _tell(emulator, "cli.emulator_legend", words))


def tabulate_errors(emulator: Emulator, words: Words, names: Sequence[str] | None = None) -> TextTable:
    """The errors at left-out settings of the quantities that matter most, or of those that are named."""
    heads = [
        words("cli.quantity"),
        *(words(f"cli.emulator_{end}") for end in ENDS),
        words("cli.emulator_missed"),
    ]
    rows: list[list[Cell]] = []
    for name in list_main(emulator) if names is None else names:
        learnt = emulator.quantities[name]
        cells = [
            " / ".join(show_share(part, words) for part in (error.middle, error.ninetieth, error.largest))
            for error in learnt.errors
        ]
        rows.append([_name_quantity(name, words), *cells, show_share(learnt.missed, words)])
    return TextTable(heads, "lrrrr", rows, _tell(emulator, "cli.emulator_table", words))


def describe_answer(
    emulator: Emulator, point: Mapping[str, str], answer: Mapping[str, Interval], group: bool, language: str
) -> dict[str, Any]:
    """The answer as plain data, with the settings that it is of and how far each end may be off."""
    return {
        **make_header(_SCHEMA, language),
        "settings": {**emulator.usual, **point},
        "group": group,
        "quantities": {
            name: {
                **interval.as_dict(),
                "unit": find_quantity(name).unit,
                "off": {
                    end: shorten_error(error.ninetieth)
                    for end, error in zip(ENDS, emulator.quantities[name].errors, strict=False)
                },
            }
            for name, interval in answer.items()
        },
    }


def _tell(emulator: Emulator, key: str, words: Words) -> str:
    told = words(key, settings=emulator.origin.settings, draws=emulator.origin.draws)
    return f"{told}\n{words('notice')}"


def _name_quantity(name: str, words: Words) -> Cell:
    kind, _, compound = name.partition(".")
    label = words(f"quantities.{kind}.name")
    if compound:
        label += f": {words.named('compounds', compound)}"
    symbol = format_unit(find_quantity(name).unit, words)
    return (Piece(f"{label} "), Piece(symbol, "soft")) if symbol else label


def _show_interval(name: str, interval: Interval, words: Words) -> str:
    if name.endswith("_probability"):
        return format_cell(interval, words.language, show=format_probability)
    return format_cell(interval, words.language)


def _show_off(learnt: Learnt, words: Words) -> str:
    return show_share(max(error.ninetieth for error in learnt.errors), words) if learnt.errors else NONE


def show_share(share: float, words: Words) -> str:
    """A share of an interval's width in percent."""
    return f"{format_as(PERCENT * share, '.1f', words.language)}{words('numbers.before_unit')}%"
