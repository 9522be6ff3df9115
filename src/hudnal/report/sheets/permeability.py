"""Measured permeability beside the prediction, as a table and sentences, on a page and as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hudnal.evidence.permeability import PermeabilityComparison
from hudnal.language import Words, say
from hudnal.store.files import make_header, write_folder, write_json
from hudnal.units import PERCENT

_COLUMNS = ("rows", "rmse", "bias", "coverage", "plain_rmse", "plain_bias")


@dataclass(frozen=True)
class PermeabilityTable:
    """One set as a person reads it: a title, column heads, one row a part of the set, sentences beneath."""

    title: str
    heads: tuple[str, ...]  # the first is empty: above the names of the parts
    rows: tuple[tuple[str, ...], ...]
    sentences: tuple[str, ...]


def tabulate_permeability(comparison: PermeabilityComparison, language: str) -> PermeabilityTable:
    """The accuracy over a set and its parts, what was left out and why, and whether the goals are met."""
    words = Words(language, "permeability")
    data = comparison.data
    rows = []
    for name, part in comparison.accuracy.items():
        cells = (
            f"{part.rmse:.2f}",
            f"{part.bias:+.2f}",
            f"{PERCENT * part.coverage:.1f} %",
            f"{part.plain_rmse:.2f}",
            f"{part.plain_bias:+.2f}",
        )
        rows.append((words(name), str(part.rows), *(_with_decimal_sign(cell, language) for cell in cells)))
    return PermeabilityTable(
        title=words("title", set=data.name, used=len(data.rows), all=data.size),
        heads=("", *(words(head) for head in _COLUMNS)),
        rows=tuple(rows),
        sentences=tuple(_sentences_of(comparison, words)),
    )


def write_permeability(
    comparisons: Sequence[PermeabilityComparison], folder: Path, language: str = "en"
) -> None:
    """Leave permeability.md and permeability.json in `folder`. Raises OutputFault."""
    page = format_permeability(comparisons, language)
    content = {
        **make_header("hudnal/permeability/1", language),
        "sets": [describe_permeability(comparison) for comparison in comparisons],
    }
    write_folder(
        folder,
        {
            "permeability.md": lambda path: path.write_text(page, encoding="utf-8"),
            "permeability.json": lambda path: write_json(path, content),
        },
    )


def format_permeability(comparisons: Sequence[PermeabilityComparison], language: str = "en") -> str:
    """The page: one table a set, as Markdown."""
    words = Words(language)
    lines = [f"# {words('permeability.heading')}", ""]
    for comparison in comparisons:
        shown = tabulate_permeability(comparison, language)
        lines += [f"## {shown.title}", "", f"| {' | '.join(shown.heads)} |"]
        lines += ["|---|" + "---:|" * (len(shown.heads) - 1)]
        lines += [f"| {' | '.join(row)} |" for row in shown.rows]
        lines += ["", *(f"- {sentence}" for sentence in shown.sentences), ""]
    return "\n".join([*lines, words("permeability.note"), "", words("notice"), ""])


def describe_permeability(comparison: PermeabilityComparison) -> dict[str, Any]:
    """One set as plain data."""
    return {
        "name": comparison.data.name,
        "used": len(comparison.data.rows),
        "left_out": dict(comparison.data.left_out),
        "unit": "log10(cm/h)",
        "parts": {name: asdict(part) for name, part in comparison.accuracy.items()},
        "no_worse_than_potts_guy": comparison.no_worse_than_potts_guy,
        "covers_enough": comparison.covers_enough,
    }


def _sentences_of(comparison: PermeabilityComparison, words: Words) -> list[str]:
    left_out = comparison.data.left_out.items()
    sentences = [words("left_out", n=n, why=words(why)) for why, n in left_out]
    if comparison.with_ph:
        sentences.append(words("ionisation", n=comparison.with_ph, unknown=comparison.without_pka))
    else:
        sentences.append(words("no_ph"))
    for name, met in (
        ("error_goal", comparison.no_worse_than_potts_guy),
        ("coverage_goal", comparison.covers_enough),
    ):
        sentences.append(words(name, met=words("met" if met else "missed")))
    return sentences


def _with_decimal_sign(text: str, language: str) -> str:
    return text.replace(".", say("numbers.decimal", language))
