"""What a practitioner would refuse: names that nobody knows, and steps in a senseless order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from hudnal.instrument import list_instruments
from hudnal.instrument.catalogue import find_instrument
from hudnal.intake.shelf import Shelf
from hudnal.parameters import table
from hudnal.skin import list_sites
from hudnal.transport import compound_names, product, product_names, vehicle_names
from hudnal.treatment import CompoundFile, Document, Fault, Treatment
from hudnal.treatment.instrument import InstrumentSpec
from hudnal.treatment.schema import json_schema
from hudnal.treatment.steps import (
    Apply,
    Clean,
    Disinfect,
    LaterSeal,
    Needling,
    Numb,
    Peel,
    Pen,
    Reuse,
    Seal,
    Spread,
    Step,
    Wait,
    Wash,
)

Path = tuple[str | int, ...]
_Tell = Callable[..., None]
_NEEDED = {"roll": "roller", "pen": "pen", "stamp": "stamp"}
# What each step can be given, by kind of product.
_FITS: dict[type[Step], tuple[str, ...]] = {
    Numb: ("numbing",),
    Disinfect: ("antiseptic",),
    Clean: ("antiseptic",),
    Spread: ("serum", "retinoid"),
    Seal: ("seal",),
    Apply: ("serum", "retinoid"),
    LaterSeal: ("seal",),
}


def full_schema() -> dict[str, Any]:
    """The JSON Schema of the treatment file, with what the catalogues hold as examples."""
    products = [product(name) for name in product_names()]
    fitting = {step.__name__: [p.name for p in products if p.kind in kinds] for step, kinds in _FITS.items()}
    by_kind = {word.title(): list_instruments(kind) for word, kind in _NEEDED.items()}
    own = {"site": list_sites(), "instrument": list_instruments(), "vehicle": vehicle_names()}
    own["Peel"] = peel_agents()
    return json_schema({**own, **by_kind, **fitting})


def peel_agents() -> list[str]:
    """Ways of peeling that the tables know."""
    return list(table("handling")["peel_depth"])


class _Found:
    """The faults of a document, as they are found."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.faults: list[Fault] = []

    def fault(self, key: str, path: Path, **values: object) -> None:
        self.faults.append(Fault(key, path, self.document.line_of(path), values))

    def unknown(self, key: str, path: Path, value: str, names: Iterable[str]) -> None:
        names = list(names)
        near = get_close_matches(value, names, 1, 0.5)
        self.fault(key, path, value=value, near=near[0] if near else "", names=", ".join(names))


def check_compound(compound: CompoundFile, document: Document) -> list[Fault]:
    """Every fault of a compound's file that is well-formed as data."""
    found = _Found(document)
    _check_free("compound", compound.name, ("name",), compound_names(), found)
    _check_free("product", compound.name, ("name",), product_names(), found)
    if compound.product.vehicle not in vehicle_names():
        found.unknown("unknown_vehicle", ("product", "vehicle"), compound.product.vehicle, vehicle_names())
    return found.faults


def _check_own(treatment: Treatment, found: _Found) -> None:
    known = [*compound_names(), *treatment.compounds]
    for name in treatment.compounds:
        _check_free("compound", name, ("compounds", name), compound_names(), found)
    for name, spec in treatment.products.items():
        _check_free("product", name, ("products", name), product_names(), found)
        for active in spec.actives:
            if active not in known:
                found.unknown("unknown_compound", ("products", name, "actives", active), active, known)
        if spec.vehicle not in vehicle_names():
            found.unknown("unknown_vehicle", ("products", name, "vehicle"), spec.vehicle, vehicle_names())


def _check_free(kind: str, name: str, path: Path, taken: Iterable[str], found: _Found) -> None:
    """That a name of the file's own is not one of ours: which of the two is meant would be a guess."""
    if name in taken:
        found.fault(f"{kind}_taken", path, value=name)


def check(treatment: Treatment, document: Document) -> list[Fault]:
    """Every fault of a treatment that is well-formed as data."""
    found, shelf = _Found(document), Shelf.of(treatment)
    fault, unknown = found.fault, found.unknown

    def check_instrument(spec: InstrumentSpec | None, path: Path) -> None:
        if isinstance(spec, str) and spec not in list_instruments():
            unknown("unknown_instrument", path, spec, list_instruments())

    if treatment.site not in list_sites():
        unknown("unknown_site", ("site",), treatment.site, list_sites())
    check_instrument(treatment.instrument, ("instrument",))
    _check_own(treatment, found)

    aftercare = (((*("aftercare", i), step.name), step) for i, step in enumerate(treatment.aftercare))
    for path, step in [*treatment.steps(), *aftercare]:
        for name, key in (("with_", "with"), ("what", "what")):
            value = getattr(step, name, None)
            if not isinstance(value, str) or isinstance(step, Needling):
                continue
            if isinstance(step, Peel):
                if value not in peel_agents():
                    unknown("unknown_agent", (*path, key), value, peel_agents())
            elif value not in shelf.product_names():
                unknown("unknown_product", (*path, key), value, shelf.product_names())
            elif shelf.product(value).kind not in _FITS[type(step)]:
                kinds = " or ".join(_FITS[type(step)])
                fault("wrong_product", (*path, key), value=value, kind=shelf.product(value).kind, fits=kinds)
        if isinstance(step, Needling):
            check_instrument(step.with_, (*path, "with"))
            _check_needling(step, path, treatment, fault)
    if not found.faults:
        _check_order(treatment, fault)
    return found.faults


def spec_of(step: Needling, treatment: Treatment) -> InstrumentSpec | None:
    """The instrument that a step uses: its own, or the treatment's."""
    return step.with_ if step.with_ is not None else treatment.instrument


def _check_needling(step: Needling, path: Path, treatment: Treatment, fault: _Tell) -> None:
    spec = spec_of(step, treatment)
    if spec is None:
        fault("no_instrument", path)
        return
    if isinstance(spec, str):
        if spec not in list_instruments():
            return
        kind, name, length = find_instrument(spec)["kind"], spec, find_instrument(spec)["length"]
    else:
        kind, name, length = spec.kind, spec.kind, spec.length
    if kind != _NEEDED[step.name]:
        fault("wrong_instrument", path, value=name, kind=kind, needed=_NEEDED[step.name])
    elif isinstance(step, Pen) and step.depth > length + 1e-9:
        fault("pen_too_deep", (*path, "depth"), value=name, depth=f"{step.depth:g}", length=f"{length:g}")


def _check_order(treatment: Treatment, fault: _Tell) -> None:
    cream = sealed = False
    acts = False
    reused: Path | None = None
    told: set[Path] = set()
    for path, _, step in treatment.unrolled():
        acts = acts or not isinstance(step, (Wait, Wash, Clean, Disinfect, Reuse))
        if isinstance(step, Numb):
            cream = True
        elif isinstance(step, (Wash, Clean)):
            cream = sealed = False
        elif isinstance(step, Seal):
            sealed = True
        elif isinstance(step, Reuse):
            reused = path
        elif isinstance(step, Needling):
            reused = None
            for wrong, key in ((cream, "cream_not_washed"), (sealed, "sealed_before_needles")):
                if wrong and path not in told:
                    told.add(path)
                    fault(key, path)
    if reused is not None:
        fault("reuse_without_instrument", reused)
    if not acts:
        fault("no_needles", ("session",))
