"""Whole treatments by chance, over all that the file allows: what a field may hold is read off its own model.

Every maker takes a `Random`: a seeded one for hours of search, hypothesis's own (`st.randoms()`) for tests that shrink.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from math import exp, log
from random import Random
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, Discriminator, Tag

from hudnal.instrument import list_instruments
from hudnal.intake.check import list_peel_agents
from hudnal.skin import list_sites
from hudnal.transport import compound_names, product, product_names, vehicle_names
from hudnal.treatment import TreatmentFile
from hudnal.treatment.amount import GivenAmount
from hudnal.treatment.compound import CompoundSpec
from hudnal.treatment.instrument import PenGeometry, RollerGeometry, StampGeometry
from hudnal.treatment.one_of import OneOf
from hudnal.treatment.person import YOUNGEST_NEEDLED
from hudnal.treatment.product import ProductSpec
from hudnal.treatment.quantity import Count, Degrees, InUnit, Name, Phototype, SkinTension, WithSpread
from hudnal.treatment.steps import (
    AFTERCARE_STEPS,
    SESSION_STEPS,
    Anaesthesia,
    Endpoint,
    Needling,
    PenPasses,
    Repeat,
    Reuse,
    Roll,
    StampPresses,
    Step,
)

_GEOMETRIES = {"roller": RollerGeometry, "pen": PenGeometry, "stamp": StampGeometry}
_EDGE, _GIVEN, _OWN_GEOMETRY = 0.1, 0.5, 0.4  # chances: of a bound itself, of an entry that may be left out
_SELDOM = 0.15  # of zones, and of phases without them
_LEAST = 1e-3  # of a range that begins at 0: where its logarithm begins


def make_treatment(random: Random) -> dict[str, Any]:
    """A treatment's data as its file would give it; most of them can be run."""
    data: dict[str, Any] = {
        name: make_value(random, field.annotation, [*field.metadata])
        for name, field in TreatmentFile.model_fields.items()
        if name in ("person", "area", "concern", "setting", "course") and random.random() < _GIVEN
    }
    data["site"] = random.choice(list_sites())
    if float(data.get("person", {}).get("age", "35 year").split()[0]) < YOUNGEST_NEEDLED:
        data["person"]["age"] = f"{YOUNGEST_NEEDLED} year"  # every session has needles
    if data.get("setting") == "franz-cell":
        data.pop("setting")
    data["title"] = random.choice(("", "<b>T</b>|`x`", {"sv": "Å", "en": "A"}))
    compounds = {
        f"compound {i}": make_entries(random, CompoundSpec, {}) for i in range(random.choice((0, 0, 1)))
    }
    data["compounds"] = {name: _drop_second_charge(entries) for name, entries in compounds.items()}
    known = [*compound_names(), *compounds, *compounds]
    data["products"] = {f"own {i}": _make_product(random, known) for i in range(random.choice((0, 0, 1, 2)))}
    own = {name: spec["kind"] for name, spec in data["products"].items()}
    data["session"] = [*_walk_session(random, own)]
    data["aftercare"] = [
        _make_step(random, random.choice(AFTERCARE_STEPS), own) for _ in range(random.choice((0, 0, 1, 2)))
    ]
    if random.random() < _SELDOM:
        _split_into_zones(random, data)
    if random.random() < (_GIVEN if "zones" in data else _SELDOM):
        _split_into_phases(random, data)
    return data


def _split_into_zones(random: Random, data: dict[str, Any]) -> None:
    """Give the treatment zones, and some of its steps some of them."""
    for entry in ("site", "area"):
        data.pop(entry, None)
    sites = random.sample(list_sites(), random.randint(1, 3))
    zones: dict[str, Any] = {site: {"area": f"{random.uniform(1, 300):.3g} cm2"} for site in sites}
    data["zones"] = zones
    for zone in zones.values():
        if random.random() < _GIVEN:
            zone["concern"] = random.choice(
                ("ageing", {"acne-scar": {"shape": "rolling"}}, {"stretch-mark": {}})
            )
    for step in (*data["session"], *data["aftercare"]):
        if isinstance(step, dict) and random.random() < _GIVEN / 2:
            (content,) = step.values()
            content["on"] = random.sample(sites, random.randint(1, len(sites)))


def _split_into_phases(random: Random, data: dict[str, Any]) -> None:
    """Give the treatment phases of some sessions each, some of them deeper or less deep."""
    data.setdefault("course", {}).pop("sessions", None)
    data["phases"] = []
    for _ in range(random.randint(1, 3)):
        phase: dict[str, Any] = {"sessions": random.randint(1, 3), "interval": f"{random.randint(1, 60)} day"}
        if random.random() < _GIVEN:
            phase["depth"] = f"{random.uniform(0.1, 2.5):.3g} mm"
        data["phases"].append(phase)
    if random.random() < _GIVEN:
        data["beforehand"] = [{"apply": {"what": "retinol-0.3", "every": "1 day", "for": "1 week"}}]


def _walk_session(random: Random, own: Mapping[str, str]) -> list[Any]:
    """Some steps in a sensible order: what lies on the skin is washed off before needles."""
    steps: list[Any] = []
    for _ in range(random.randint(1, 5)):
        kind = random.choice([one for one in SESSION_STEPS if one is not Repeat])
        step = _make_step(random, kind, own)
        steps += ["wash", step] if kind.needles else [step]
    if random.random() < _GIVEN / 2:
        steps.append({"repeat": {"rounds": random.randint(1, 4), "steps": _make_round(random, own)}})
    if random.random() < _EDGE:
        steps += ["wash", {"repeat": _make_rounds_to_endpoint(random, own)}]
    steps.append(_make_step(random, random.choice((Roll, PenPasses, StampPresses)), own))
    return ["wash", *steps[:-1], "wash", steps[-1]]


def _make_round(random: Random, own: Mapping[str, str]) -> list[Any]:
    needles = random.choice((Roll, PenPasses, StampPresses))
    return ["wash", _make_step(random, needles, own), "clean"]


def _make_rounds_to_endpoint(random: Random, own: Mapping[str, str]) -> dict[str, Any]:
    kind = random.choice((Roll, PenPasses, StampPresses))
    ((word, entries),) = _make_step(random, kind, own).items()
    entries.pop("until", None)
    ends = {"until": random.choice(get_args(Endpoint)), "most": random.randint(1, 4)}
    return {**ends, "steps": [{word: entries}, "clean"]}


def _make_step(random: Random, kind: type[Step], own: Mapping[str, str]) -> dict[str, Any]:
    """A step of that kind with some of its entries."""
    fitting = [name for name in product_names() if product(name).kind in kind.takes]
    fitting += [name for name, what in own.items() if what in kind.takes]
    names: dict[str, Any] = {
        "what": lambda: random.choice(fitting),
        "with": lambda: random.choice(fitting),
        "on": list,
    }
    if kind.is_agent:
        names["with"] = lambda: random.choice(list_peel_agents())
    if issubclass(kind, Needling):
        names["with"] = lambda: _make_instrument(random, kind.instrument_kind)
    entries = make_entries(random, kind, names, always=("what", "with"))
    entries.pop("on", None)  # zones come once the whole is there
    if kind is Roll:
        entries.pop("strokes" if "back_and_forth" in entries else "back_and_forth", None)
        entries.setdefault("strokes", random.randint(1, 40)) if "back_and_forth" not in entries else None
    if kind is PenPasses and "cartridge" in entries:
        entries["cartridge"] = {
            k: v for k, v in entries["cartridge"].items() if k in ("bent", "blunt", "sealed")
        }
    if kind is Reuse:
        entries.pop("part", None)  # of a pen alone, and what comes next may be none
    if kind is Anaesthesia and entries["by"] != "block":
        entries = {"by": entries["by"]}
    return {kind.name: entries}


def _make_instrument(random: Random, kind: str) -> Any:
    if random.random() > _OWN_GEOMETRY:
        return random.choice(list_instruments(kind))
    return make_entries(random, _GEOMETRIES[kind], {"kind": lambda: kind})


def _drop_second_charge(entries: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if key != "pka_acid" or "pka" not in entries}


def _make_product(random: Random, known: Sequence[str]) -> dict[str, Any]:
    actives = {random.choice(known) for _ in range(random.randint(0, 3))}
    names = {
        "vehicle": lambda: random.choice(vehicle_names()),
        "actives": lambda: {name: f"{random.uniform(0.01, 30)} %" for name in sorted(actives)},
    }
    return make_entries(random, ProductSpec, names, always=("kind", "actives", "amount"))


def make_entries(
    random: Random, model: type[BaseModel], names: Mapping[str, Any], always: Sequence[str] = ()
) -> dict[str, Any]:
    """Entries of a model by their names in the file: all that it needs, those of `always`, and some of the others.

    `names` makes what only the catalogues know.
    """
    entries: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        if field.is_required() or key in always or random.random() < _GIVEN:
            value = names[key]() if key in names else make_value(random, field.annotation, [*field.metadata])
            if value is not None:
                entries[key] = value
    return entries


def make_value(random: Random, kind: Any, about: Sequence[Any] = ()) -> Any:
    """A value that a field of this type may hold, as the file would write it."""
    origin = get_origin(kind)
    if origin is Annotated:
        return make_value(random, get_args(kind)[0], [*about, *get_args(kind)[1:]])
    for note in about:
        if isinstance(note, OneOf):
            model: Any = random.choice([*note.kinds()])
            return {model.name: make_entries(random, model, {})}
        if isinstance(note, (InUnit, Count, Phototype, SkinTension, WithSpread, Name, GivenAmount)):
            return _make_noted(random, note)
    if origin in (Union, types.UnionType):
        arms = [arm for arm in get_args(kind) if arm is not type(None)]
        return make_value(
            random, random.choice(arms), [n for n in about if not isinstance(n, (Discriminator, Tag))]
        )
    if origin is Literal:
        return random.choice(get_args(kind))
    if origin is Mapping:
        names = random.sample(get_args(get_args(kind)[0]), k=random.randint(0, 2))
        return {name: make_value(random, get_args(kind)[1]) for name in names}
    if origin is tuple:
        least = next((n.min_length for n in about if isinstance(n, MinLen)), 0)
        most = min(next((n.max_length for n in about if isinstance(n, MaxLen)), 4), 4)
        return [make_value(random, get_args(kind)[0]) for _ in range(random.randint(least, max(least, most)))]
    if kind is bool:
        return random.random() < _GIVEN
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return make_entries(random, kind, {})
    raise TypeError(f"no maker for {kind}: a new type of field needs one here")


def _make_noted(random: Random, note: Any) -> Any:
    if isinstance(note, Degrees):
        return random.uniform(note.low, note.high)
    if isinstance(note, GivenAmount):
        # Mostly for each cm2; of the whole area as much as a hand puts there.
        whole = (
            f"{random.uniform(0.1, 20)} g",
            f"{random.uniform(0.1, 20)} mL",
            f"{random.randint(1, 20)} pumps",
        )
        return random.choice(
            (*(f"{random.uniform(0, 200)} mg/cm2" for _ in range(4)), *whole, "2 fingertips")
        )
    if isinstance(note, InUnit):
        return note.write(float(_make_amount(random, note.low, note.high, note.above)))
    if isinstance(note, Count):
        return round(_make_amount(random, note.low, note.high, False))
    if isinstance(note, Phototype):
        return random.choice(note.NAMES)
    if isinstance(note, SkinTension):
        return random.choice(("relaxed", "taut", f"{random.uniform(0, 500)} N/m"))
    if isinstance(note, Name):
        return f"name {random.randint(0, 99)}"
    return _make_noted(random, note.of)


def _make_amount(random: Random, low: float, high: float, above: bool) -> float:
    """A number between the bounds: even, or even in its logarithm, or a bound itself."""
    if random.random() < _EDGE:
        return high if above or random.random() < _GIVEN else low
    if low >= 0 and random.random() < _GIVEN:
        least = max(low, _LEAST * high)
        return min(max(exp(random.uniform(log(least), log(high))), low), high)
    return random.uniform(low, high)
