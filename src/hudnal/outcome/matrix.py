"""The tissue as a histologist sees it: cells, messengers, collagen, elastin, epidermis, over time and at the end."""

from __future__ import annotations

from typing import Any

from hudnal.arrays import PerDraw
from hudnal.outcome.contract import Quantity, Series, read_at_end
from hudnal.units import PERCENT


def _read_mean(field: str) -> Any:
    return lambda look: look.tissue.mean(field)


def measure_message(look: Any) -> PerDraw:
    """Procollagen message of the dermis against before, (draw,).

    What fibroblasts make without being told counts as much as what full growth factor tells them (P02).
    """
    return look.tissue.mean("fibroblasts") + look.tissue.mean("message")


CELLS = (
    Series(
        "inflammation", "1", "inflammatory signal, share of the dermis", lambda look: look.signal, "cells"
    ),
    Series(
        "macrophages",
        "1",
        "macrophages, in units of what a full wound recruits",
        _read_mean("macrophages"),
        "cells",
    ),
    Series("growth_factor", "1", "growth factor", _read_mean("growth"), "cells"),
    Series("fibroblasts", "1", "fibroblasts against healthy skin", _read_mean("fibroblasts"), "cells"),
    Series(
        "myofibroblasts",
        "1",
        "myofibroblasts against healthy fibroblasts",
        _read_mean("myofibroblasts"),
        "cells",
    ),
    Series(
        "fibre_alignment",
        "1",
        "alignment of fibres: 0 basket weave, 1 parallel",
        _read_mean("alignment"),
        "cells",
    ),
    Series(
        "collagenase",
        "1",
        "collagenase, in units of what a full wound brings",
        _read_mean("collagenase"),
        "cells",
    ),
    Series(
        "collagen_message", "1", "procollagen message of the dermis against before", measure_message, "cells"
    ),
    Series(
        "epidermal_layers",
        "1",
        "how complete the epidermis over the openings stands",
        lambda look: look.tissue.layers_over_gap(),
        "epidermis",
    ),
)
FIBRES = (
    Series(
        "collagen_change",
        "%",
        "change of all collagen, papillary and upper reticular dermis",
        lambda look: look.collagen_change,
    ),
    Series("collagen_i_change", "%", "change of collagen I", lambda look: look.change_of("collagen_i")),
    Series("collagen_iii_change", "%", "change of collagen III", lambda look: look.change_of("collagen_iii")),
    Series(
        "healthy_collagen_change",
        "%",
        "change of collagen that lies as in healthy skin",
        lambda look: look.healthy_collagen_change,
    ),
    Series(
        "collagen_laid",
        "%",
        "collagen laid down on top of the upkeep, against all there was",
        lambda look: PERCENT * look.tissue.mean("laid") / look.collagen_at_start,
    ),
    Series(
        "elastin_change",
        "%",
        "change of all elastin",
        lambda look: look.change_of("elastin_old", "elastin_new"),
    ),
    Series("tropoelastin_change", "%", "change of tropoelastin", lambda look: look.change_of("elastin_new")),
    Series(
        "epidermal_thickness_change",
        "%",
        "change of the epidermis' thickness",
        lambda look: look.change_of("epidermis"),
        "epidermis",
    ),
)
QUANTITIES = (
    Quantity("epidermal_thickness_change", "%", "epidermis", read_at_end("epidermal_thickness_change")),
    Quantity("collagen_change", "%", "matrix", read_at_end("collagen_change")),
    Quantity(
        "healthy_collagen_change", "%", "matrix", read_at_end("healthy_collagen_change"), weight="benefit"
    ),
    Quantity("collagen_iii_change", "%", "matrix", read_at_end("collagen_iii_change")),
    Quantity("elastin_change", "%", "matrix", read_at_end("elastin_change")),
    Quantity("tropoelastin_change", "%", "matrix", read_at_end("tropoelastin_change")),
    Quantity("fibre_alignment", "0-1", "cells", read_at_end("fibre_alignment")),
)
