"""Treatments that between them ask for every number of the tables: each site, product, peel, instrument, person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hudnal.intake.check import list_peel_agents
from hudnal.intake.shelf import list_alcohols
from hudnal.skin import list_sites
from hudnal.transport import product, product_names
from hudnal.transport.product import particle_names

_ROLL = {"roll": {"strokes": 4, "directions": [0, 90], "force": "5 N"}}
_LASER = {"laser": {"density": "200 /cm2", "diameter": "0.1 mm", "depth": "1 mm"}}
_PEN = {"pen": {"with": "skinpen", "depth": "1 mm"}}
_STAMP = {"stamp": {"with": "digital-stamp-0.5"}}
_THROWN = {"stamp": {"with": {
    "kind": "stamp", "needles": 16, "head_width": "5 mm", "length": "0.3 mm", "speed": "2 m/s",
}}}  # fmt: skip
_BASE: dict[str, Any] = {
    "session": ["wash", _ROLL], "instrument": "dermaroller-mf8", "course": {"follow_up": "2 week"},
}  # fmt: skip


@dataclass(frozen=True)
class Scenario:
    """A treatment as plain data; `whole` ones have a bit of everything and follow the skin for long."""

    data: dict[str, Any]
    whole: bool = False


def list_whole_scenarios() -> Iterator[Scenario]:
    """Everything that a roller's session can have against ageing; a roller in an acne scar; a pen."""
    roll = {"roll": {"back_and_forth": 4, "directions": [0, 90, 45, 135], "force": "6 N", "skin": "taut"}}
    person = {"age": "50 year", "phototype": "III", "conditions": ["herpes"]}
    session = [
        {"numb": {"with": "emla", "amount": "0.15 g/cm2", "for": "60 min"}}, "wash", "disinfect",
        {"reuse": {"times": 2, "shared": True, "cleaned": "alcohol"}},
        {"spread": {"what": "vitamin-c-serum", "amount": "2 mg/cm2"}}, roll, "clean", "seal",
    ]  # fmt: skip
    aftercare = [
        {"sun": {"from": "1 day", "for": "2 h"}},
        {"apply": {"what": "retinol-0.3", "every": "2 day", "from": "1 day", "for": "2 week"}},
    ]
    short = {"instrument": "dermaroller-mf8", "course": {"follow_up": "4 week"}}
    yield Scenario({**short, "person": person, "session": session, "aftercare": aftercare}, whole=True)
    scar = {"acne-scar": {"shape": "rolling"}}
    yield Scenario({**short, "concern": scar, "session": ["wash", "disinfect", roll]}, whole=True)
    # Needles that go deeper than it is numb.
    numb = {"numb": {"with": "emla", "amount": "0.15 g/cm2", "for": "20 min"}}
    deep = {"pen": {"with": "skinpen", "depth": "2.5 mm"}}
    yield Scenario({**short, "session": [numb, "wash", "disinfect", deep]}, whole=True)


def list_small_scenarios() -> Iterator[Scenario]:
    """A small treatment for each site, person, setting, concern, product, peel and instrument."""
    for data in (*_people_and_places(), *_products(), *_measured_out(), *_other_injuries()):
        yield Scenario({**_BASE, **data})


def _people_and_places() -> Iterator[dict[str, Any]]:
    old = {"age": "80 year", "sex": "male", "phototype": "VI", "smoker": True}
    yield from ({"site": site, "person": old} for site in list_sites())
    yield from ({"person": {"blood_thinner": thinner}} for thinner in ("aspirin", "anticoagulant"))
    for thinner in ("aspirin", "anticoagulant"):
        yield {"person": {"blood_thinner": {"drug": thinner, "stopped": "2 day"}}}
    yield {"person": {"conditions": ["herpes", {"isotretinoin": {"ended": "3 month"}}]}}
    yield from (
        {"session": ["wash", {"anaesthesia": by}, _ROLL]}
        for by in ("block", "vibration", "cooling", "general")
    )
    prilocaine = {"anaesthesia": {"by": "block", "drug": "prilocaine", "dose": "400 mg"}}
    yield {"session": ["wash", prilocaine, _ROLL]}
    for age, weight in (("2 month", "4 kg"), ("8 month", "8 kg"), ("4 year", "16 kg"), ("9 year", "30 kg")):
        cream = {"numb": {"with": "emla", "amount": "0.1 g/cm2"}}
        yield {"person": {"age": age, "weight": weight}, "area": "10 cm2", "session": [cream, "wash"]}
    yield {"concern": "none"}
    yield {"person": {"phototype": "IV"}}
    yield from ({"person": {"age": "60 year", "sun": sun}} for sun in ("little", "much"))
    yield from ({"setting": setting} for setting in ("home", "spa"))
    yield {"concern": {"stretch-mark": {"stage": "rubra"}}}
    yield {"concern": {"surgical-scar": {}}}
    yield from ({"concern": {"acne-scar": {"shape": s}}} for s in ("rolling", "boxcar", "icepick"))


def _products() -> Iterator[dict[str, Any]]:
    for name in product_names("numbing"):
        yield {"session": [{"numb": {"with": name}}, "wash", _ROLL]}
    yield {"session": [{"numb": {"with": "blt", "covered": False}}, "wash", _ROLL]}
    for name in product_names("antiseptic"):
        yield {"session": ["wash", {"disinfect": {"with": name}}, _ROLL]}
    for name in product_names("seal"):
        yield {"session": ["wash", _ROLL, {"seal": {"with": name}}]}
    for kind in ("serum", "retinoid", "sunscreen", "make-up"):
        names = [name for name in product_names(kind) if product(name).kind == kind]
        yield {
            "session": ["wash", *({"spread": {"what": name}} for name in names), _ROLL],
            "aftercare": [{"apply": {"what": name, "every": "3 day"}} for name in names],
        }


def _measured_out() -> Iterator[dict[str, Any]]:
    """Amounts in every measure, products of a strength alone, ions, particles, a razor, sun under a sunscreen."""
    ion = {"molar_mass": "300 g/mol", "log_kow": -2, "permanent_charge": True, "solubility": "1 mg/mL"}
    particles = dict.fromkeys(particle_names(), "1 %")
    yield {
        "compounds": {"ion": ion},
        "products": {
            "powder": {"vehicle": "suspension", "actives": {"ion": "1 %"}, "particles": particles},
            "sleek": {"vehicle": "silicone", "actives": {"retinol": "1 %"}},
        },
        "session": [
            {"shave": {"dry": True}},
            *({"disinfect": {"with": f"{alcohol}-50"}} for alcohol in list_alcohols()),
            {"numb": {"with": "lidocaine-5", "amount": "20 fingertips", "for": "20 min", "wiped": False}},
            {"spread": {"what": "powder", "amount": "10 drops"}},
            {"spread": {"what": "vitamin-c-oil", "amount": "1 mL"}},
            {"spread": {"what": "minoxidil-5", "amount": "1 mL"}},
            {"spread": {"what": "sleek"}},
            _ROLL,
            {"spread": {"what": "tinted-sunscreen"}},
        ],
        "aftercare": [
            {"apply": {"what": "sunscreen-30", "amount": "2 pumps", "for": "3 day"}},
            {"sun": {"from": "1 day"}},
        ],
    }


def _other_injuries() -> Iterator[dict[str, Any]]:
    for agent in list_peel_agents():
        yield {"session": ["wash", {"peel": {"with": agent, "depth": "0.1 mm"}}]}
        yield {"session": ["wash", {"peel": {"with": agent}}]}
    yield {"person": {"antiviral": True}, "session": ["wash", {"peel": {"with": "co2-laser"}}]}
    yield {"session": ["wash", _LASER], "aftercare": [{"sun": {"from": "1 day"}}]}
    for cleaned in ("none", "rinse", "alcohol", "steam"):
        yield {"session": ["wash", {"reuse": {"shared": True, "cleaned": cleaned}}, _ROLL]}
    yield {"session": ["wash", _PEN, _STAMP, _THROWN]}
    handpiece = {"reuse": {"shared": True, "part": "handpiece"}}
    for sealed in (False, True):
        pen = {"pen": {**_PEN["pen"], "cartridge": {"sealed": sealed, "bent": "10 %", "blunt": "10 %"}}}
        yield {"session": ["wash", handpiece, pen]}
    for sign, phototype in (("pinpoint-bleeding", "II"), ("even-redness", "VI")):
        ends = {"repeat": {"until": sign, "most": 4, "steps": [_ROLL]}}
        yield {"person": {"phototype": phototype}, "session": ["wash", ends]}


def list_all_scenarios() -> Iterator[Scenario]:
    """Whole scenarios first, then the small ones."""
    yield from list_whole_scenarios()
    yield from list_small_scenarios()
