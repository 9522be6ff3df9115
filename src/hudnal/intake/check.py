"""What a practitioner would refuse: names that nobody knows, and steps in a senseless order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from hudnal.instrument import list_instruments
from hudnal.instrument.catalogue import find_instrument
from hudnal.intake.shelf import Shelf
from hudnal.parameters import table
from hudnal.skin import list_sites
from hudnal.transport import compound_names, product, product_names, vehicle_names
from hudnal.treatment import CompoundFile, Document, Fault, TreatmentFile
from hudnal.treatment.instrument import InstrumentSpec
from hudnal.treatment.schema import json_schema
from hudnal.treatment.steps import AFTERCARE_STEPS, SESSION_STEPS, Needling, Step

Path = tuple[str | int, ...]
_ROUNDING = 1e-9  # mm


def full_schema() -> dict[str, Any]:
    """The JSON Schema of the treatment file, with what the catalogues hold as examples."""
    products = [product(name) for name in product_names()]
    kinds = [*SESSION_STEPS, *AFTERCARE_STEPS]
    fitting = {
        kind.__name__: [p.name for p in products if p.kind in kind.takes] for kind in kinds if kind.takes
    }
    fitting |= {kind.__name__: peel_agents() for kind in kinds if kind.is_agent}
    fitting |= {
        kind.__name__: list_instruments(kind.instrument_kind)
        for kind in kinds
        if kind.needles and issubclass(kind, Needling)
    }
    own = {"site": list_sites(), "instrument": list_instruments(), "vehicle": vehicle_names()}
    return json_schema({**own, **fitting})


def peel_agents() -> list[str]:
    """Ways of peeling that the tables know."""
    return list(table("handling")["peel_depth"])


def instrument_of(step: Needling, treatment: TreatmentFile) -> InstrumentSpec | None:
    """The instrument that a step is done with: its own, or the treatment's."""
    return step.with_ if step.with_ is not None else treatment.instrument


def find_faults(treatment: TreatmentFile) -> list[Fault]:
    """Every fault of a treatment that is well-formed as data, without lines.

    Whether the order of its steps makes sense is asked once every name is known.
    """
    names = [*_unknown_names(treatment), *_faults_of_own(treatment), *_faults_of_steps(treatment)]
    return names or list(_faults_of_order(treatment))


def find_faults_of_compound(compound: CompoundFile, document: Document) -> list[Fault]:
    """Every fault of a compound's file that is well-formed as data."""
    faults = [
        *_faults_of_taken("compound", compound.name, ("name",), compound_names()),
        *_faults_of_taken("product", compound.name, ("name",), product_names()),
        *_faults_of_unknown("vehicle", ("product", "vehicle"), compound.product.vehicle, vehicle_names()),
    ]
    return [replace(fault, line=document.line_of(fault.path)) for fault in faults]


def _faults_of_unknown(kind: str, path: Path, value: str, names: Iterable[str]) -> Iterator[Fault]:
    """One fault if `value` is none of `names`, with the nearest of them."""
    names = list(names)
    if value in names:
        return
    near = get_close_matches(value, names, 1, 0.5)
    values = {"value": value, "near": near[0] if near else "", "names": ", ".join(names)}
    yield Fault(f"unknown_{kind}", path, values=values)


def _faults_of_taken(kind: str, name: str, path: Path, taken: Iterable[str]) -> Iterator[Fault]:
    """One fault if a name of the file's own is one of ours: which of the two is meant would be a guess."""
    if name in taken:
        yield Fault(f"{kind}_taken", path, values={"value": name})


def _unknown_names(treatment: TreatmentFile) -> Iterator[Fault]:
    yield from _faults_of_unknown("site", ("site",), treatment.site, list_sites())
    if isinstance(treatment.instrument, str):
        yield from _faults_of_unknown("instrument", ("instrument",), treatment.instrument, list_instruments())


def _faults_of_own(treatment: TreatmentFile) -> Iterator[Fault]:
    """Faults of the compounds and products that the file brings."""
    known = [*compound_names(), *treatment.compounds]
    for name in treatment.compounds:
        yield from _faults_of_taken("compound", name, ("compounds", name), compound_names())
    for name, spec in treatment.products.items():
        yield from _faults_of_taken("product", name, ("products", name), product_names())
        for active in spec.actives:
            yield from _faults_of_unknown("compound", ("products", name, "actives", active), active, known)
        yield from _faults_of_unknown("vehicle", ("products", name, "vehicle"), spec.vehicle, vehicle_names())


def _faults_of_steps(treatment: TreatmentFile) -> Iterator[Fault]:
    shelf = Shelf.of(treatment)
    aftercare = (((*("aftercare", i), step.name), step) for i, step in enumerate(treatment.aftercare))
    for path, step in [*treatment.steps(), *aftercare]:
        if step.is_agent:
            yield from _faults_of_unknown("agent", (*path, "with"), getattr(step, "with_", ""), peel_agents())
        elif step.product is not None:
            yield from _faults_of_product(step, path, shelf)
        if isinstance(step, Needling):
            yield from _faults_of_needling(step, path, treatment)


def _faults_of_product(step: Step, path: Path, shelf: Shelf) -> Iterator[Fault]:
    """Faults of the product that a step is done with: unknown, or of a kind that does not fit."""
    name = step.product
    if name is None:
        return
    path = (*path, "what" if hasattr(step, "what") else "with")
    unknown = list(_faults_of_unknown("product", path, name, shelf.product_names()))
    yield from unknown
    if not unknown and shelf.product(name).kind not in step.takes:
        values = {"value": name, "kind": shelf.product(name).kind, "fits": " or ".join(step.takes)}
        yield Fault("wrong_product", path, values=values)


def _faults_of_needling(step: Needling, path: Path, treatment: TreatmentFile) -> Iterator[Fault]:
    """Faults of the instrument in the hand: none, unknown, of another kind, or set deeper than its needles are long."""
    spec = instrument_of(step, treatment)
    if spec is None:
        yield Fault("no_instrument", path)
        return
    if isinstance(spec, str):
        unknown = list(_faults_of_unknown("instrument", (*path, "with"), spec, list_instruments()))
        if unknown:
            yield from unknown if step.with_ is not None else ()
            return
        kind, name, length = find_instrument(spec)["kind"], spec, find_instrument(spec)["length"]
    else:
        kind, name, length = spec.kind, spec.kind, spec.length
    reach = step.needle_reach
    if kind != step.instrument_kind:
        yield Fault(
            "wrong_instrument", path, values={"value": name, "kind": kind, "needed": step.instrument_kind}
        )
    elif reach is not None and reach > length + _ROUNDING:
        values = {"value": name, "depth": f"{reach:g}", "length": f"{length:g}"}
        yield Fault("pen_too_deep", (*path, "depth"), values=values)


# What lies on the skin, and the fault of needles that go through it.
_NO_NEEDLES_THROUGH = {"cream": "cream_not_washed", "seal": "sealed_before_needles"}


def _faults_of_order(treatment: TreatmentFile) -> Iterator[Fault]:
    """Faults of steps that follow each other in a senseless order, each once at its place."""
    lying: dict[str, None] = {}
    reused: Path | None = None
    places: set[Path] = set()
    treated = False
    for path, _, step in treatment.unrolled():
        treated = treated or step.treats
        if step.takes_off:
            lying.clear()
        if step.leaves is not None:
            lying[step.leaves] = None
        if step.readies_instrument:
            reused = path
        if not step.needles:
            continue
        reused = None
        through = [key for what, key in _NO_NEEDLES_THROUGH.items() if what in lying]
        if through and path not in places:
            places.add(path)
            yield Fault(through[0], path)
    if reused is not None:
        yield Fault("reuse_without_instrument", reused)
    if not treated:
        yield Fault("no_needles", ("session",))
