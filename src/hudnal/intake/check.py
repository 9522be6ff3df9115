"""What a practitioner would refuse: names that nobody knows, and steps in a senseless order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from math import pi
from typing import Any

from hudnal.instrument import list_instruments
from hudnal.instrument.catalogue import find_instrument
from hudnal.intake.endpoints import check_endpoints
from hudnal.intake.shelf import Shelf
from hudnal.language.near import MOST_NAMES, find_missing, find_near, list_examples
from hudnal.parameters import parameters, table
from hudnal.skin import list_sites
from hudnal.transport import Product, compound_names, product, product_names, vehicle_names
from hudnal.transport.amount import spread_over_area
from hudnal.treatment import CompoundFile, Document, Fault, TreatmentFile
from hudnal.treatment.amount import WholeAmount
from hudnal.treatment.fault import FilePlace
from hudnal.treatment.instrument import InstrumentSpec
from hudnal.treatment.made import write_pattern
from hudnal.treatment.person import YOUNGEST_NEEDLED
from hudnal.treatment.phase import Phase, count_unrolled
from hudnal.treatment.product import ProductSpec
from hudnal.treatment.rest import Rest
from hudnal.treatment.schema import make_schema
from hudnal.treatment.steps import AFTERCARE_STEPS, SESSION_STEPS, Needling, Step

_MOST_AMOUNT = 1000.0  # mg/cm2, as the schema has it
_SUSPENSION = "suspension"
MOST_STEPS = 2000  # of a session, rounds repeated
_ROUNDING = 1e-9  # mm
# How a product of one's own is written, of each kind that a file can bring.
_OWN = {
    "numbing": "{kind: numbing, actives: {lidocaine: 5 %}, amount: 150 mg/cm2}",
    "serum": "{kind: serum, actives: {niacinamide: 5 %}, vehicle: water}",
    "retinoid": "{kind: retinoid, actives: {retinol: 0.5 %}, vehicle: retinoid-cream}",
}
_STRICT = (
    "product",
    "agent",
)  # kinds of which another strength, or what is only spelt alike, is something else


def make_full_schema() -> dict[str, Any]:
    """The JSON Schema of the treatment file, with what the catalogues hold: no other name may stand there."""
    products = [product(name) for name in product_names()]
    kinds = [*SESSION_STEPS, *AFTERCARE_STEPS]
    fitting = {
        kind.__name__: [p.name for p in products if p.kind in kind.takes] for kind in kinds if kind.takes
    }
    fitting |= {kind.__name__: list_peel_agents() for kind in kinds if kind.is_agent}
    fitting |= {
        kind.__name__: list_instruments(kind.instrument_kind)
        for kind in kinds
        if kind.needles and issubclass(kind, Needling)
    }
    own = {"site": list_sites(), "instrument": list_instruments(), "vehicle": vehicle_names()}
    brought = [kind.__name__ for kind in kinds if any(one in _OWN for one in kind.takes)]
    nothing_own = Shelf({}, {})
    made = {
        kind.__name__: write_pattern([name for one in kind.takes for name in nothing_own.list_makeable(one)])
        for kind in kinds
        if any(nothing_own.list_makeable(one) for one in kind.takes)
    }
    return make_schema({**own, **fitting}, brought, compound_names(), made)


def list_peel_agents() -> list[str]:
    """Names of the ways of peeling that the tables know, such as an acid of a strength."""
    return list(table("handling")["peel_depth"])


def choose_instrument(step: Needling, treatment: TreatmentFile) -> InstrumentSpec | None:
    """The instrument that a step with needles is done with: its own, or else the treatment's; None for none."""
    return step.with_ if step.with_ is not None else treatment.instrument


def find_faults(treatment: TreatmentFile) -> list[Fault]:
    """Every fault of a treatment that is well-formed as data, without lines.

    Whether the order of its steps makes sense is asked once every name is known, and rounds are not too many to ask.
    """
    names = [*_check_names(treatment), *_check_own_entries(treatment), *_check_steps(treatment)]
    names += check_endpoints(treatment)
    found = [*names, *_check_child(treatment), *_check_size(treatment)]
    if found or not treatment.zones:
        return found or list(_check_order(treatment))
    return list(_check_zones(treatment))


def find_faults_of_rest(treatment: TreatmentFile, rest: Rest) -> list[Fault]:
    """Faults of the names in what is left of a file, without those that come of what was taken out of it."""
    names = [*_check_names(treatment), *_check_own_entries(treatment), *_check_steps(treatment)]
    names += check_endpoints(treatment)
    return [fault for fault in names if not rest.is_cut_at(fault.path) and not _comes_of_cuts(fault, rest)]


def _comes_of_cuts(fault: Fault, rest: Rest) -> bool:
    """Whether a name is unknown, or does not fit, because what it names was faulty itself."""
    named, data = fault.values.get("value"), rest.whole
    own = {group: data.get(group) for group in ("products", "compounds")}
    if (f"{fault.key.removeprefix('unknown_')}s",) in rest.places:
        return True
    if any(isinstance(entries, Mapping) and named in entries for entries in own.values()):
        return rest.is_cut_at(("products", str(named))) or rest.is_cut_at(("compounds", str(named)))
    about_instrument = fault.key in ("no_instrument", "wrong_instrument", "pen_too_deep", "force_of_blow")
    # What of an instrument was taken out, or of the step, decides whether they fit.
    return about_instrument and (rest.is_cut_at(("instrument",)) or rest.is_cut_at((*fault.path, "with")))


def find_faults_in_compound(compound: CompoundFile, document: Document) -> list[Fault]:
    """Every fault of a compound's file that is well-formed as data."""
    faults = [
        *_check_not_taken("compound", compound.name, ("name",), compound_names()),
        *_check_not_taken("product", compound.name, ("name",), product_names()),
        *_check_known("vehicle", ("product", "vehicle"), compound.product.vehicle, vehicle_names()),
    ]
    return [replace(fault, line=document.line_of(fault.path)) for fault in faults]


def _check_known(kind: str, path: FilePlace, value: str, names: Iterable[str]) -> Iterator[Fault]:
    """One fault if `value` is none of `names`, with those that it may have meant and a few that are spelt like it."""
    names = list(names)
    if value in names:
        return
    yield describe_unknown_name(kind, value, names, path)


def describe_unknown_name(kind: str, value: str, names: Collection[str], path: FilePlace = ()) -> Fault:
    """The fault of a name that is none of the `names` of a `kind`, such as site, instrument, product or compound.

    A product that is known of and not simulated is told as that.
    """
    missing = find_missing(value) if kind == "product" else None
    if missing is not None:
        return Fault(f"missing_{missing}", path, values={"word": value})
    near = find_near(value, names, f"{kind}s", strict=kind in _STRICT)
    examples = dict.fromkeys([*near, *list_examples(value, names)])
    listed = ", ".join([*examples][:MOST_NAMES])
    return Fault(f"unknown_{kind}", path, values={"value": value, "near": near, "names": listed})


def _check_not_taken(kind: str, name: str, path: FilePlace, taken: Iterable[str]) -> Iterator[Fault]:
    """One fault if a name of the file's own is one of ours: which of the two is meant would be a guess."""
    if name in taken:
        yield Fault(f"{kind}_taken", path, values={"value": name})


def _check_names(treatment: TreatmentFile) -> Iterator[Fault]:
    """Faults of the site, or of those of the zones, and of the instrument of the whole treatment."""
    for name, zone in treatment.zones.items():
        path = ("zones", name) if zone.site is None else ("zones", name, "site")
        yield from _check_known("site", path, zone.site or name, list_sites())
    if not treatment.zones:
        yield from _check_known("site", ("site",), treatment.site, list_sites())
    if isinstance(treatment.instrument, str):
        yield from _check_known("instrument", ("instrument",), treatment.instrument, list_instruments())


def _check_own_entries(treatment: TreatmentFile) -> Iterator[Fault]:
    """Faults of the compounds and products that the file brings."""
    known = [*compound_names(), *treatment.compounds]
    for name in treatment.compounds:
        yield from _check_not_taken("compound", name, ("compounds", name), compound_names())
    for name, spec in treatment.products.items():
        yield from _check_not_taken("product", name, ("products", name), product_names())
        for active in spec.actives:
            yield from _check_known("compound", ("products", name, "actives", active), active, known)
        yield from _check_known("vehicle", ("products", name, "vehicle"), spec.vehicle, vehicle_names())
        yield from _check_dissolved(name, spec, treatment)


def _check_dissolved(name: str, spec: ProductSpec, treatment: TreatmentFile) -> Iterator[Fault]:
    """Faults of actives that lie undissolved in a product while nobody says how much of them dissolves."""
    for active in spec.actives:
        own, known = treatment.compounds.get(active), f"transport.compounds.{active}."
        if own is None and active not in compound_names():
            continue  # told as unknown
        solubility = known + "solubility" in parameters() if own is None else own.solubility is not None
        log_kow = parameters()[known + "log_kow"].value if own is None else own.log_kow.value
        is_ion = own is not None and own.permanent_charge
        product = Product(name, spec.kind, {}, spec.vehicle, spec.ph, spec.sterile, spec.amount)
        lies = spec.vehicle == _SUSPENSION or (
            product.is_water_free and (is_ion or (log_kow < 0 and spec.vehicle in table("transport")["oils"]))
        )
        if lies and not solubility:
            values = {"value": active, "vehicle": spec.vehicle}
            yield Fault("needs_solubility", ("products", name, "actives", active), values=values)


def _check_steps(treatment: TreatmentFile) -> Iterator[Fault]:
    """Faults of what each step names: agents, products, instruments."""
    shelf = Shelf.of(treatment)
    for path, step in [*treatment.walk_steps(), *treatment.walk_home_steps()]:
        yield from _check_on(step, path, treatment)
        if step.is_agent:
            yield from _check_known("agent", (*path, "with"), getattr(step, "with_", ""), list_peel_agents())
        elif step.product is not None:
            yield from _check_product(step, path, shelf)
            yield from _check_amount(step, path, shelf, treatment.area)
        if isinstance(step, Needling):
            yield from _check_needling(step, path, treatment)


def _check_on(step: Step, path: FilePlace, treatment: TreatmentFile) -> Iterator[Fault]:
    """Faults of the zones that a step names."""
    if step.on is None:
        return
    if not treatment.zones:
        yield Fault("no_zones", (*path, "on"))
        return
    for name in step.on:
        yield from _check_known("zone", (*path, "on"), name, treatment.zones)


def _check_zones(treatment: TreatmentFile) -> Iterator[Fault]:
    """Faults of the order of steps in each zone, each once, and of zones in which nothing is done."""
    seen: set[tuple[str, FilePlace]] = set()
    for name in treatment.zones:
        for fault in _check_order(TreatmentFile.model_validate(treatment.as_zone_data(name))):
            told = Fault("zone_untouched", ("zones", name)) if fault.key == "no_needles" else fault
            if (told.key, told.path) not in seen:
                seen.add((told.key, told.path))
                yield told


def _check_product(step: Step, path: FilePlace, shelf: Shelf) -> Iterator[Fault]:
    """Faults of the product that a step is done with: unknown, or of a kind that does not fit."""
    name = step.product
    if name is None:
        return
    path = (*path, "what" if hasattr(step, "what") else "with")
    if not shelf.has_product(name):
        fitting = [known for kind in step.takes for known in shelf.list_products(kind)]
        fault = describe_unknown_name("product", name, fitting, path)
        if not fault.key.startswith("unknown_"):
            yield fault
            return
        own = next((_OWN[kind] for kind in step.takes if kind in _OWN), None)
        key = "unknown_ready_product" if own is None else fault.key
        yield replace(fault, key=key, values={**fault.values, "example": own})
    elif shelf.find_product(name).kind not in step.takes:
        values = {"value": name, "kind": shelf.find_product(name).kind, "fits": step.takes}
        yield Fault("wrong_product", path, values=values)


def _check_amount(step: Step, path: FilePlace, shelf: Shelf, area: float) -> Iterator[Fault]:
    """One fault if what is given for the whole area is more than can lie on it."""
    given, name = getattr(step, "amount", None), step.product or ""
    if not isinstance(given, WholeAmount) or not shelf.has_product(name):
        return
    amount = spread_over_area(given, shelf.find_product(name), area, lambda key: parameters()[key].value)
    if amount > _MOST_AMOUNT:
        right, limit = f"{amount:.3g} mg/cm2", f"{_MOST_AMOUNT:g} mg/cm2"
        values = {"value": given.text, "area": f"{area:g} cm2", "right": right, "limit": limit}
        yield Fault("amount_too_much", (*path, "amount"), values=values)


def _check_needling(step: Needling, path: FilePlace, treatment: TreatmentFile) -> Iterator[Fault]:
    """Faults of the instrument in the hand: none, unknown, of another kind, or set deeper than its needles are long."""
    spec = choose_instrument(step, treatment)
    if spec is None:
        yield Fault("no_instrument", path)
        return
    if isinstance(spec, str):
        if spec not in list_instruments():
            if step.with_ is not None:
                names = list_instruments(step.instrument_kind)
                yield describe_unknown_name("instrument", spec, names, (*path, "with"))
            return
        name, entry = spec, find_instrument(spec)
    else:
        name, entry = spec.kind, spec.model_dump()
    kind, reach = entry["kind"], step.needle_reach
    cartridge = getattr(step, "cartridge", None)
    if cartridge is not None and kind == step.instrument_kind:
        entry = {**entry, **cartridge.model_dump(exclude_none=True)}
        yield from _check_cartridge(entry, (*path, "cartridge"))
    length = entry["length"]
    if kind != step.instrument_kind:
        yield Fault(
            "wrong_instrument", path, values={"value": name, "kind": kind, "needed": step.instrument_kind}
        )
    elif reach is not None and reach > length + _ROUNDING:
        values = {"value": name, "depth": f"{reach:g}", "length": f"{length:g}"}
        yield Fault("pen_too_deep", (*path, "depth"), values=values)
    if getattr(spec, "speed", None) is not None and getattr(step, "force", None) is not None:
        yield Fault("force_of_blow", (*path, "force"), values={"value": name})


def _check_cartridge(pen: Mapping[str, Any], path: FilePlace) -> Iterator[Fault]:
    """Faults of the needles that a cartridge brings: more than its pen's head has room for, or tips wider than they."""
    needles, diameter, room = pen["needles"], pen["diameter"], pi / 4 * pen["head_diameter"] ** 2
    if needles * pi / 4 * diameter**2 > room:
        values = {"needles": needles, "diameter": f"{diameter:g}", "room": f"{room:.3g}"}
        yield Fault("needles_do_not_fit", path, values=values)
    if 2 * (pen.get("tip_radius") or 0.0) > diameter:
        yield Fault("tip_too_wide", path)


def _check_child(treatment: TreatmentFile) -> Iterator[Fault]:
    """Faults of a small child: a weight that is not given, and whatever would open the skin."""
    if not treatment.person.is_small_child:
        return
    if "weight" not in treatment.person.model_fields_set:
        yield Fault("child_without_weight", ("person",))
    for path, step in treatment.walk_steps():
        if step.opens_skin:
            yield Fault("child_needled", path, values={"limit": f"{YOUNGEST_NEEDLED:g}"})


def _check_size(treatment: TreatmentFile) -> Iterator[Fault]:
    """One fault if a session has more steps than anybody does once its rounds are repeated; nothing is unrolled."""
    for phase in treatment.phases_of_course:
        counts = [count_unrolled([step]) for step in phase.steps]
        if sum(counts) > MOST_STEPS:
            largest = counts.index(max(counts))
            path = (*phase.place, largest, phase.steps[largest].name)
            yield Fault("too_many_steps", path, values={"count": sum(counts), "limit": MOST_STEPS})
            return


def _check_order(treatment: TreatmentFile) -> Iterator[Fault]:
    """Faults of steps that follow each other in a senseless order. What is dangerous is no fault: it is told."""
    seen: set[tuple[str, FilePlace]] = set()
    for fault in (fault for phase in treatment.phases_of_course for fault in _check_order_in(phase)):
        if (fault.key, fault.path) not in seen:
            seen.add((fault.key, fault.path))
            yield fault
    if not any(step.treats for _, step in treatment.walk_steps()):
        yield Fault("no_needles", treatment.phases_of_course[0].place)


def _check_order_in(phase: Phase) -> Iterator[Fault]:
    reused: FilePlace | None = None
    part_of_pen: FilePlace | None = None
    for path, _, step in phase.unroll_steps():
        if step.readies_instrument:
            reused = path
            part_of_pen = None if getattr(step, "part", None) is None else (*path, "part")
        if not step.needles:
            continue
        if part_of_pen is not None and getattr(step, "instrument_kind", "") != "pen":
            yield Fault("part_of_pen", part_of_pen)
        reused = part_of_pen = None
    if reused is not None:
        yield Fault("reuse_without_instrument", reused)
