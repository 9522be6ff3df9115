"""What a practitioner would refuse: names that nobody knows, and steps in a senseless order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from hudnal.instrument import list_instruments
from hudnal.instrument.catalogue import find_instrument
from hudnal.intake.shelf import Shelf
from hudnal.language.near import MOST_NAMES, find_missing, find_near, list_examples
from hudnal.parameters import table
from hudnal.skin import list_sites
from hudnal.transport import compound_names, product, product_names, vehicle_names
from hudnal.treatment import CompoundFile, Document, Fault, TreatmentFile
from hudnal.treatment.fault import FilePlace
from hudnal.treatment.instrument import InstrumentSpec
from hudnal.treatment.model import YOUNGEST_NEEDLED, count_unrolled
from hudnal.treatment.rest import Rest
from hudnal.treatment.schema import make_schema
from hudnal.treatment.steps import AFTERCARE_STEPS, SESSION_STEPS, Needling, Step

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
    return make_schema({**own, **fitting}, brought, compound_names())


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
    found = [*names, *_check_child(treatment), *_check_size(treatment)]
    return found or list(_check_order(treatment))


def find_faults_of_rest(treatment: TreatmentFile, rest: Rest) -> list[Fault]:
    """Faults of the names in what is left of a file, without those that come of what was taken out of it."""
    names = [*_check_names(treatment), *_check_own_entries(treatment), *_check_steps(treatment)]
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
    """Faults of the site and of the instrument of the whole treatment."""
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


def _check_steps(treatment: TreatmentFile) -> Iterator[Fault]:
    """Faults of what each step names: agents, products, instruments."""
    shelf = Shelf.of(treatment)
    aftercare = (((*("aftercare", i), step.name), step) for i, step in enumerate(treatment.aftercare))
    for path, step in [*treatment.walk_steps(), *aftercare]:
        if step.is_agent:
            yield from _check_known("agent", (*path, "with"), getattr(step, "with_", ""), list_peel_agents())
        elif step.product is not None:
            yield from _check_product(step, path, shelf)
        if isinstance(step, Needling):
            yield from _check_needling(step, path, treatment)


def _check_product(step: Step, path: FilePlace, shelf: Shelf) -> Iterator[Fault]:
    """Faults of the product that a step is done with: unknown, or of a kind that does not fit."""
    name = step.product
    if name is None:
        return
    path = (*path, "what" if hasattr(step, "what") else "with")
    if name not in shelf.list_products():
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
    if getattr(spec, "speed", None) is not None and getattr(step, "force", None) is not None:
        yield Fault("force_of_blow", (*path, "force"), values={"value": name})


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
    counts = [count_unrolled([step]) for step in treatment.session]
    if sum(counts) > MOST_STEPS:
        largest = counts.index(max(counts))
        path = ("session", largest, treatment.session[largest].name)
        yield Fault("too_many_steps", path, values={"count": sum(counts), "limit": MOST_STEPS})


# What lies on the skin, and the fault of needles that go through it.
_NO_NEEDLES_THROUGH = {"cream": "cream_not_washed", "seal": "sealed_before_needles"}


def _check_order(treatment: TreatmentFile) -> Iterator[Fault]:
    """Faults of steps that follow each other in a senseless order, each once at its place."""
    lying: dict[str, None] = {}
    reused: FilePlace | None = None
    places: set[FilePlace] = set()
    treated = False
    for path, _, step in treatment.unroll_steps():
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
