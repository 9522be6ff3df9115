"""What a quantity rests on: the parameters that move it, as the program itself shows when they are moved one at a time.

The table `effects.json` is made by `study/effects.py` (`make effects`) and not by hand. It knows families: what moves
pain at one site moves it at the others, and a compound of a file's own acts as those of the tables do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from hudnal.parameters import parameters
from hudnal.parameters.draws import SITE_GROUP
from hudnal.store.files import make_header, write_whole

SCHEMA = "hudnal/effects/1"
FILE = "effects.json"
_DIGITS = 3
# Groups of the tables whose entries stand for each other: of each kind, a treatment uses one.
_ALTERNATIVES = (
    "skin.sites", "skin.lesions.width", "skin.lesions.depth", "skin.lesions.length", "skin.lesions.wall",
    "skin.lesions.tether_share", "skin.lesions.collagen", "skin.lesions.elastin", "skin.ageing.elastosis",
    "skin.ageing.sun_collagen", "skin.ageing.sun_epidermis", "transport.compounds", "transport.vehicles",
    "transport.volatile", "outcome.infection.antiseptic", "outcome.infection.processing", "outcome.infection.hands",
    "outcome.infection.touches", "outcome.raters.scales", "puncture.bleeding.thinner", "handling.peel_depth",
    "handling.peel_pain", "rules.plasma",
)  # fmt: skip
_COMPOUNDS = "transport.compounds."
_USUAL_SITE = "default"
_PEAK_OF_LIDOCAINE = "lidocaine_peak"  # has a name of its own in the contract


@dataclass(frozen=True)
class Effect:
    """How strongly a parameter moves a quantity, against the strongest there is for it.

    `weight` from 0 to 1 is of the whole way from one to the other; `cause` from -1 to 1, with its direction, leaves out
    what goes only through the trials that a rate is scaled to: 0 for a parameter that acts by scaling alone.
    """

    weight: float
    cause: float


def find_family(parameter: str) -> str:
    """The parameter's family: its name, with * for what stands for others, as in `skin.sites.*.sensitivity`."""
    for group in _ALTERNATIVES:
        if parameter.startswith(group + "."):
            rest = parameter.removeprefix(group + ".").partition(".")[2]
            return f"{group}.*.{rest}" if rest else f"{group}.*"
    return parameter


def split_compound(quantity: str) -> tuple[str, str]:
    """A quantity's name with * for its compound, and that compound; empty where it is not of one."""
    if quantity == _PEAK_OF_LIDOCAINE:
        return "plasma_peak.*", "lidocaine"
    name, _, compound = quantity.partition(".")
    return (f"{name}.*", compound) if compound else (name, "")


@dataclass(frozen=True)
class Effects:
    """Effects by kind of quantity, and by parameter or family.

    `measured` parameters are known by themselves; `silent` families were moved and moved no quantity.
    """

    by_quantity: Mapping[str, Mapping[str, Effect]]
    measured: frozenset[str]
    silent: frozenset[str]

    def find(self, quantity: str, parameter: str) -> Effect | None:
        """The effect of a parameter on a quantity; None where it has none. A family stands for who is not known."""
        kind, compound = split_compound(quantity)
        if (
            compound
            and parameter.startswith(_COMPOUNDS)
            and not parameter.startswith(f"{_COMPOUNDS}{compound}.")
        ):
            return None  # a compound's quantity rests on its own
        name = parameter if parameter in self.measured else find_family(parameter)
        return self.by_quantity.get(kind, {}).get(name)


@cache
def load_effects() -> Effects:
    """The shipped table."""
    text = (resources.files("hudnal.result") / FILE).read_text(encoding="utf-8")
    return read_effects(json.loads(text))


def read_effects(data: Mapping[str, Any]) -> Effects:
    """The table from plain data. Raises ValueError for data of another kind."""
    if data.get("schema") != SCHEMA:
        raise ValueError(f"not a table of effects of the kind {SCHEMA}")
    names = data["parameters"]
    by_quantity = {
        quantity: {
            names[i]: Effect(weight / 10**_DIGITS, cause / 10**_DIGITS)
            for i, weight, cause in zip(entry["of"], entry["weight"], entry["cause"], strict=True)
        }
        for quantity, entry in data["quantities"].items()
    }
    return Effects(by_quantity, frozenset(data["measured"]), frozenset(data["silent"]))


def write_effects(effects: Effects, path: Path) -> None:
    """Write the table, one quantity a line. Raises OutputFault."""
    names = sorted({name for by_name in effects.by_quantity.values() for name in by_name})
    index = {name: i for i, name in enumerate(names)}
    lines = []
    for quantity in sorted(effects.by_quantity):
        rows = sorted((index[name], effect) for name, effect in effects.by_quantity[quantity].items())
        entry = {
            "of": [i for i, _ in rows],
            "weight": [round(effect.weight * 10**_DIGITS) for _, effect in rows],
            "cause": [round(effect.cause * 10**_DIGITS) for _, effect in rows],
        }
        lines.append(f"{json.dumps(quantity)}: {json.dumps(entry, separators=(',', ':'))}")
    about = {"measured": sorted(effects.measured), "silent": sorted(effects.silent), "parameters": names}
    head = json.dumps({**make_header(SCHEMA), **about}, ensure_ascii=False, indent=0)
    body = head.removesuffix("\n}") + ',\n"quantities": {\n' + ",\n".join(lines) + "\n}}\n"
    write_whole(path, lambda p: p.write_text(body, encoding="utf-8"))


def find_effects(quantity: str, used: Iterable[str], site: str) -> dict[str, Effect]:
    """The effects on a quantity of those parameters that a run at `site` asked for, by parameter."""
    effects = {}
    for name in used:
        effect = load_effects().find(quantity, name) if acts_at(name, site) else None
        if effect is not None:
            effects[name] = effect
    return effects


def acts_at(parameter: str, site: str) -> bool:
    """Whether a parameter is of this site, of none, or the usual one of all sites where this one has no own.

    A run asks for other sites too: those of the experiments that it is scaled to.
    """
    if not parameter.startswith(SITE_GROUP):
        return True
    of, _, quantity = parameter.removeprefix(SITE_GROUP).partition(".")
    return of == site or (of == _USUAL_SITE and f"{SITE_GROUP}{site}.{quantity}" not in parameters())
