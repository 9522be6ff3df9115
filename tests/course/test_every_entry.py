"""Every site, product, peel, answer to hygiene and kind of person can be simulated, and no number of the tables is idle."""

from __future__ import annotations

import numpy as np
import yaml

from hudnal import simulate
from hudnal.intake.check import list_peel_agents
from hudnal.intake.shelf import list_alcohols
from hudnal.parameters import parameters, table
from hudnal.skin import list_sites
from hudnal.transport import product, product_names
from hudnal.transport.product import particle_names
from hudnal.treatment.presets import list_presets, read_preset

ROLL = {"roll": {"strokes": 4, "directions": [0, 90], "force": "5 N"}}
LASER = {"laser": {"density": "200 /cm2", "diameter": "0.1 mm", "depth": "1 mm"}}


def treatments():
    for name in list_presets():
        preset = yaml.safe_load(read_preset(name))
        course = preset.get("course", {})
        yield {
            **preset,
            "course": {**course, "sessions": min(2, course.get("sessions", 1)), "follow_up": "2 week"},
        }
    base = {"session": ["wash", ROLL], "instrument": "dermaroller-mf8", "course": {"follow_up": "2 week"}}
    for site in list_sites():
        yield {
            **base,
            "site": site,
            "person": {"age": "80 year", "sex": "male", "phototype": "VI", "smoker": True},
        }
    for thinner in ("aspirin", "anticoagulant"):
        yield {**base, "person": {"blood_thinner": thinner}}
        yield {**base, "person": {"blood_thinner": {"drug": thinner, "stopped": "2 day"}}}
    yield {
        **base,
        "person": {"conditions": ["herpes", {"isotretinoin": {"ended": "3 month"}}]},
        "concern": "none",
    }
    ways = [{"anaesthesia": by} for by in ("vibration", "cooling", "general")]
    block = {"anaesthesia": {"by": "block", "drug": "prilocaine"}}
    yield {**base, "session": ["wash", *ways, {"anaesthesia": "block"}, block, ROLL]}
    for age in ("2 month", "8 month", "4 year", "9 year"):
        child = {"age": age, "weight": "30 kg"}
        yield {**base, "person": child, "area": "10 cm2", "session": [{"numb": {"with": "emla"}}, "wash"]}
    for sun in ("little", "much"):
        yield {**base, "person": {"age": "60 year", "sun": sun}}
    for setting in ("home", "spa"):
        yield {**base, "setting": setting}
    for concern in (
        {"stretch-mark": {"stage": "rubra"}},
        {"surgical-scar": {}},
        *({"acne-scar": {"shape": shape}} for shape in ("rolling", "boxcar", "icepick")),
    ):
        yield {**base, "concern": concern}
    yield {**base, "session": [{"numb": {"with": "blt", "covered": False}}, "wash", ROLL]}
    for name in product_names():
        kind = product(name).kind
        if kind == "numbing":
            yield {**base, "session": [{"numb": {"with": name}}, "wash", ROLL]}
        elif kind == "antiseptic":
            yield {**base, "session": ["wash", {"disinfect": {"with": name}}, ROLL]}
        elif kind == "seal":
            yield {**base, "session": ["wash", ROLL, {"seal": {"with": name}}]}
    for kind in ("serum", "retinoid", "sunscreen", "make-up"):
        yield {
            **base,
            "session": ["wash", *({"spread": {"what": name}} for name in product_names(kind)), ROLL],
            "aftercare": [{"apply": {"what": name, "every": "3 day"}} for name in product_names(kind)],
        }
    yield from treatments_measured_out(base)
    for agent in list_peel_agents():
        yield {**base, "session": ["wash", {"peel": {"with": agent}}]}
    yield {**base, "person": {"antiviral": True}, "session": ["wash", {"peel": {"with": "co2-laser"}}]}
    yield {**base, "session": ["wash", LASER], "aftercare": [{"sun": {"from": "1 day"}}]}
    for cleaned in ("none", "rinse", "alcohol", "steam"):
        yield {**base, "session": ["wash", {"reuse": {"shared": True, "cleaned": cleaned}}, ROLL]}
    pen, stamp = {"pen": {"with": "skinpen", "depth": "1 mm"}}, {"stamp": {"with": "digital-stamp-0.5"}}
    plate = {"kind": "stamp", "needles": 16, "head_width": "5 mm", "length": "0.3 mm", "speed": "2 m/s"}
    deep = {"pen": {"with": "dermapen", "depth": "2 mm"}}  # without a depth of its own that was evaluated
    yield {**base, "session": ["wash", pen, deep, stamp, {"stamp": {"with": plate}}]}
    sealed = {"pen": {**pen["pen"], "cartridge": {"sealed": True}}}
    yield {**base, "session": ["wash", {"reuse": {"shared": True, "part": "handpiece"}}, sealed]}
    ends = {"repeat": {"until": "even-redness", "most": 2, "steps": [ROLL]}}
    yield {**base, "session": ["wash", ends]}
    for site in table("rules")["depth"]["site"]:
        yield {**base, "site": site, "session": ["wash", pen]}


def treatments_measured_out(base):
    """Amounts in every measure on every base, strengths, ions, particles of every kind, a razor, sun under a sunscreen."""
    ion = {
        "ion": {"molar_mass": "300 g/mol", "log_kow": -2, "permanent_charge": True, "solubility": "1 mg/mL"}
    }
    every = {
        "vehicle": "suspension",
        "actives": {"ion": "1 %"},
        "particles": dict.fromkeys(particle_names(), "1 %"),
    }
    yield {
        **base,
        "compounds": ion,
        "products": {"powder": every, "sleek": {"vehicle": "silicone", "actives": {"retinol": "1 %"}}},
        "session": [
            {"shave": {"dry": True}},
            *({"disinfect": {"with": f"{alcohol}-60"}} for alcohol in list_alcohols()),
            {"numb": {"with": "lidocaine-5", "amount": "20 fingertips", "for": "20 min", "wiped": False}},
            {"spread": {"what": "powder", "amount": "10 drops"}},
            {"spread": {"what": "face-oil", "amount": "1 mL"}},
            {"spread": {"what": "minoxidil-5", "amount": "1 mL"}},
            {"spread": {"what": "sleek"}},
            ROLL,
            {"spread": {"what": "tinted-sunscreen"}},
        ],
        "aftercare": [
            {"apply": {"what": "sunscreen-30", "amount": "2 pumps", "for": "3 day"}},
            {"sun": {"from": "1 day"}},
        ],
    }


def test_every_entry_runs_and_every_parameter_is_used():
    used = set()
    for treatment in treatments():
        course = simulate(treatment, draws=2, keep=("series",))
        used |= course.used
        for name, values in course.series.items():
            assert np.isfinite(values).all(), (treatment, name)
    # The dermis of each site is a man's or a woman's; what is unknown of a file's own compound goes by its name; how
    # studies differ is asked by the forecasts of what they report.
    elsewhere = ("transport.unknown.", "evidence.")
    idle = {n for n in set(parameters()) - used if "dermis_" not in n and not n.startswith(elsewhere)}
    assert idle == set()
