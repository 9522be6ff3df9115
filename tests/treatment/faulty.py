"""Faulty treatment files: name, text, and what the messages must say."""

from __future__ import annotations

GOOD = """\
title: a good one
person: {age: 35 year, sex: female, phototype: II, smoker: false}
site: cheek
area: 100 cm2
concern: ageing
setting: clinic
instrument: dermaroller-mf8
session:
  - numb: {with: emla, amount: 0.15 g/cm2, for: 60 min, covered: true}
  - wash
  - disinfect: {with: chlorhexidine-alcohol}
  - repeat:
      rounds: 2
      steps:
        - roll: {back_and_forth: 4, directions: [0, 90], force: 5 N, skin: taut}
        - clean
course: {sessions: 1, interval: 4 week, follow_up: 4 week}
"""


def swap(old: str, new: str) -> str:
    assert old in GOOD, old
    return GOOD.replace(old, new)


OWN = """\
compounds:
  my-drug: {molar_mass: 300 g/mol, log_kow: 2.1, pka: 8.2, unbound: 0.3}
products:
  my-gel: {kind: serum, actives: {my-drug: 2 %, lidocaine: 4 %}, vehicle: water, ph: 6.5, sterile: false, amount: 2 mg/cm2}
session: [{spread: {what: my-gel}}]
"""

# (name, text, fragments that the messages must hold)
FAULTY: list[tuple[str, str, tuple[str, ...]]] = [
    ("empty", "", ("empty", "hudnal presets classic")),
    ("only-comment", "# nothing\n", ("empty",)),
    ("a-list", "- roll\n", ("line 1", "entries with names")),
    ("a-word", "classic\n", ("entries with names",)),
    ("unclosed", "person: {age: 35 year\n", ("not YAML", "line")),
    ("tabs", "person:\n\tage: 35 year\n", ("line 2", "begins with a tab")),
    ("key-twice", GOOD + "site: nose\n", ("'site' stands twice",)),
    ("python-tag", swap("site: cheek", "site: !!python/object/apply:os.system ['true']"), ("tag",)),
    ("binary-tag", swap("site: cheek", "site: !!binary aGVq"), ("tag",)),
    ("billion-laughs", "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\nsession: [*d,*d,*d,*d,*d,*d]\n", ("nested too deeply",)),
    ("holds-itself", "session: &s [*s]\n", ("nested too deeply",)),
    ("infinite", swap("force: 5 N", "force: .inf"), ("line 15", "number with its unit")),
    ("no-session", GOOD.split("session:")[0], ("what is done in a session is missing", "`session:`")),
    ("empty-session", swap("session:\n", "session: []\nx:\n"), ("session", "must not be empty")),
    ("unknown-key", swap("site: cheek", "sitte: cheek"), ("line 3", "'sitte' is not known", "did you mean 'site'")),
    ("unknown-person-key", swap("age: 35 year", "age: 35 year, hair: red"), ("person.hair", "Possible: age")),
    ("unknown-roll-key", swap("force: 5 N", "forse: 5 N"), ("step 4.1 (rolling), forse", "did you mean 'force'")),
    ("age-300", swap("35 year", "300 year"), ("line 2", "person.age", "between 0 year and 110 year")),
    ("child-needled", swap("age: 35 year", "age: 6 year, weight: 21 kg"), ("step 4.1 (rolling)", "from 10 years on", "creams")),
    ("child-without-weight", swap("age: 35 year", "age: 6 year"), ("person", "weight: 18 kg")),
    ("thinner-without-drug", swap("smoker: false", "blood_thinner: {stopped: 7 day}"), ("'drug' is missing",)),
    ("thinner-stopped-without-unit", swap("smoker: false", "blood_thinner: {drug: aspirin, stopped: 7}"), ("has no unit",)),
    ("another-drug-ended", swap("smoker: false", "conditions: [{keloid: {ended: 6 month}}]"), ("keloid", "isotretinoin")),
    ("dose-without-block", swap("- wash", "- anaesthesia: {by: cooling, dose: 20 mg}"), ("only a block has a drug",)),
    ("anaesthesia-by-what", swap("- wash", "- anaesthesia: asleep"), ("did you mean 'general'",)),
    ("age-without-unit", swap("35 year", "35"), ("has no unit", "'35 year'")),
    ("age-in-metres", swap("35 year", "35 m"), ("wrong dimension",)),
    ("sex", swap("female", "x"), ("not possible", "female or male")),
    ("phototype", swap("phototype: II", "phototype: IX"), ("not a phototype",)),
    ("smoker", swap("smoker: false", "smoker: sometimes"), ("neither true nor false",)),
    ("area-in-newton", swap("100 cm2", "100 N"), ("line 4, area", "wrong dimension")),
    ("area-negative", swap("100 cm2", "-5 cm2"), ("not possible", "between 0.5 cm2")),
    ("site", swap("site: cheek", "site: moon"), ("'moon' is not known", "forehead")),
    ("site-misspelt", swap("site: cheek", "site: forhead"), ("did you mean 'forehead'",)),
    ("setting", swap("setting: clinic", "setting: hospital"), ("home, spa, clinic or franz-cell",)),
    ("concern", swap("concern: ageing", "concern: boredom"), ("'boredom' is not known", "acne-scar")),
    ("concern-shape", swap("concern: ageing", "concern: {acne-scar: {shape: square}}"), ("concern.acne-scar.shape", "rolling")),
    ("two-concerns", swap("concern: ageing", "concern: {acne-scar: {}, stretch-mark: {}}"), ("a concern is one of",)),
    ("no-scars", swap("concern: ageing", "concern: []"), ("concern", "must not be empty")),
    ("field-of-ageing", swap("concern: ageing", "concern: [ageing]"), ("concern 1", "'ageing' is not known", "surgical-scar")),
    ("field-shape", swap("concern: ageing", "concern: [{acne-scar: {}}, {acne-scar: {shape: square}}]"), ("concern 2.acne-scar.shape", "icepick")),
    ("field-of-numbers", swap("concern: ageing", "concern: [3]"), ("concern 1", "a scar of a field is one of")),
    ("instrument", swap("dermaroller-mf8", "dermaroller-mf9"), ("not in the catalogue", "did you mean 'dermaroller-mf8'")),
    ("no-instrument", swap("instrument: dermaroller-mf8\n", ""), ("there is no instrument",)),
    ("wrong-instrument", swap("dermaroller-mf8", "skinpen"), ("is a pen", "needs a roller")),
    ("needles-40-mm", swap("dermaroller-mf8", "{kind: roller, rings: 8, needles_per_ring: 24, drum_diameter: 20 mm, drum_width: 20 mm, length: 40 mm}"), ("instrument.length", "between 0.05 mm and 4 mm")),
    ("needles-longer-than-drum", swap("dermaroller-mf8", "{kind: roller, rings: 8, needles_per_ring: 24, drum_diameter: 5 mm, drum_width: 20 mm, length: 3 mm}"), ("longer than the drum's radius",)),
    ("tip-wider-than-needle", swap("dermaroller-mf8", "{kind: roller, rings: 8, needles_per_ring: 24, drum_diameter: 20 mm, drum_width: 20 mm, length: 1 mm, diameter: 0.1 mm, tip_radius: 90 um}"), ("tip is wider",)),
    ("no-needles", swap("dermaroller-mf8", "{kind: roller, rings: 0, needles_per_ring: 24, drum_diameter: 20 mm, drum_width: 20 mm, length: 1 mm}"), ("rings", "between 1 and 60")),
    ("instrument-kind", swap("dermaroller-mf8", "{kind: hammer, length: 1 mm}"), ("kind roller, pen or stamp",)),
    ("product", swap("with: emla", "with: emlaa"), ("step 1 (numbing cream), with", "did you mean 'emla'")),
    ("petrolatum-as-cream", swap("with: emla", "with: petrolatum"), ("does not fit", "numbing")),
    ("amount-without-area", OWN.replace("amount: 2 mg/cm2", "amount: 15 g"), ("whole area", "on 100 cm2 it is 150 mg/cm2")),
    ("amount-in-newton", swap("0.15 g/cm2", "15 N"), ("step 1 (numbing cream), amount", "wrong dimension", "'2 mg/cm2'")),
    ("amount-of-a-range", swap("0.15 g/cm2", "2-3 pumps"), ("'2-3 pumps' is a range",)),
    ("amount-too-much", swap("0.15 g/cm2", "500 g"), ("step 1 (numbing cream), amount", "'500 g' on 100 cm2 is 5e+03 mg/cm2", "at most 1000 mg/cm2")),
    ("too-many-pumps", swap("0.15 g/cm2", "900 pumps"), ("900 pumps is not possible", "'2 pumps'")),
    ("strength-of-nothing", swap("with: emla", "with: lidocain-5"), ("'lidocain-5' is not known", "`lidocaine-5`")),
    ("strength-over-all", swap("with: emla", "with: {lidocaine: 120 %}"), ("step 1 (numbing cream), with", "between 0 % and 100 %")),
    ("strength-of-the-wrong-kind", swap("with: emla", "with: {niacinamide: 5 %}"), ("'niacinamide-5' is serum", "takes numbing")),
    ("strength-without-percent", swap("with: emla", "with: {lidocaine: 5}"), ("5 has no unit",)),
    ("no-strength", swap("with: emla", "with: {}"), ("is no product", "{lidocaine: 5 %}")),
    ("undissolved", OWN.replace("vehicle: water", "vehicle: suspension"), ("line 4, products.my-gel.actives.my-drug", "`solubility` under `compounds:`")),
    ("undissolved-in-oil", OWN.replace("vehicle: water", "vehicle: oil").replace("log_kow: 2.1", "log_kow: -2.1"), ("products.my-gel.actives.my-drug", "such as oil")),
    ("charged-and-pka", OWN.replace("pka: 8.2", "pka: 8.2, permanent_charge: true"), ("compounds.my-drug", "charged for good")),
    ("unknown-particle", OWN.replace("sterile: false", "particles: {glitter: 5 %}"), ("products.my-gel.particles.glitter", "iron-oxide")),
    ("time-in-kilogram", swap("60 min", "60 kg"), ("step 1 (numbing cream), for", "wrong dimension")),
    ("negative-force", swap("force: 5 N", "force: -3 N"), ("line 15", "step 4.1 (rolling), force", "-3 N is not possible")),
    ("zero-force", swap("force: 5 N", "force: 0 N"), ("0 N is not possible",)),
    ("skin", swap("skin: taut", "skin: wobbly"), ("relaxed, taut",)),
    ("strokes-twice", swap("back_and_forth: 4", "back_and_forth: 4, strokes: 8"), ("either back_and_forth or strokes",)),
    ("no-strokes", swap("back_and_forth: 4, ", ""), ("either back_and_forth or strokes",)),
    ("half-a-stroke", swap("back_and_forth: 4", "strokes: 1.5"), ("not a whole number",)),
    ("direction", swap("[0, 90]", "[up, down]"), ("directions 1", "number with its unit")),
    ("rounds", swap("rounds: 2", "rounds: 0"), ("step 4 (rounds), rounds", "between 1 and 30")),
    ("unknown-step", swap("- wash", "- wassh"), ("'wassh' is not known", "did you mean 'wash'")),
    ("two-steps-in-one", swap("- wash", "- {wash: {}, clean: {}}"), ("a step is one of",)),
    ("step-a-number", swap("- wash", "- 7"), ("a step is one of",)),
    ("product-alone", swap("- wash", "- wash\n  - spread: vitamin-c-serum"), ("entries with names", "`what: vitamin-c-serum`")),
    ("own-roller-without-geometry", "instrument: {kind: roller}\nsession: [{roll: {strokes: 4}}]\n", ("`length: 1.5 mm`", "'rings' is missing", "`drum_width: 20 mm`")),
    ("wait-without-time", swap("- wash", "- wait: {}"), ("'for' is missing; write it, such as `for: ",)),
    ("nothing-done", "session: [wash, clean]\n", ("nothing is done to the skin",)),
    ("reuse-after", GOOD.replace("course:", "  - reuse: {times: 2}\ncourse:"), ("`reuse` must stand before",)),
    ("pen-too-deep", "instrument: exceed\nsession: [{pen: {depth: 2.5 mm}}]\n", ("at most 1.5 mm",)),
    ("pen-without-depth", "instrument: exceed\nsession: [{pen: {passes: 2}}]\n", ("'depth' is missing",)),
    ("peel-agent", "session: [{peel: {with: vinegar}}]\n", ("'vinegar' is not a way of peeling", "glycolic-35")),
    ("laser-density", "session: [{laser: {density: 100 mm, diameter: 120 um, depth: 0.8 mm}}]\n", ("step 1 (laser), density", "wrong dimension")),
    ("aftercare", GOOD + "aftercare: [clean]\n", ("'clean' is not known here", "apply")),
    ("aftercare-a-mapping", GOOD + "aftercare: {apply: {what: tretinoin-0.05}}\n", ("aftercare", "list is needed")),
    ("phases-and-sessions", swap("sessions: 1", "sessions: 3") + "phases: [{sessions: 2}]\n", ("phases say how many", "take `sessions` away")),
    (
        "a-session-of-no-phase",
        GOOD.replace("sessions: 1, ", "") + "phases: [{session: [{stamp: {with: digital-stamp-0.5}}]}]\n",
        ("never done",),
    ),
    ("too-many-sessions", GOOD.replace("sessions: 1, ", "") + "phases: [{sessions: 300}, {sessions: 300}]\n", ("600",)),
    ("dates-and-interval", GOOD + "phases: [{at: [0 week], interval: 2 week}]\n", ("phases", "dates", "not both")),
    ("sessions", swap("sessions: 1", "sessions: 401"), ("course.sessions", "between 1 and 400")),
    ("interval", swap("interval: 4 week", "interval: 4 minute"), ("course.interval", "not possible")),
    ("follow-up", swap("follow_up: 4 week", "follow_up: forever"), ("number with its unit",)),
    ("thousands", swap("100 cm2", "1,000 cm2"), ("two ways",)),
    ("own-compound-without-size", OWN.replace("molar_mass: 300 g/mol, ", ""), ("line 2, compounds.my-drug", "'molar_mass' is missing")),
    ("own-compound-key", OWN.replace("log_kow", "log_kov"), ("compounds.my-drug.log_kov", "did you mean 'log_kow'")),
    ("own-compound-unit", OWN.replace("300 g/mol", "300"), ("compounds.my-drug.molar_mass", "'300 g/mol'")),
    ("own-compound-spread", OWN.replace("unbound: 0.3", "unbound: {value: 0.3, spread: 0.5}"), ("unbound.spread", "between 1 and 100")),
    ("own-compound-spread-key", OWN.replace("unbound: 0.3", "unbound: {value: 0.3, sd: 0.5}"), ("unbound.sd", "Possible: spread, value")),
    ("own-compound-more-than-all-unbound", OWN.replace("unbound: 0.3", "unbound: 1.3"), ("between 0 and 1",)),
    ("own-compound-taken", OWN.replace("  my-drug: {", "  lidocaine: {"), ("line 2, compounds.lidocaine", "has already")),
    ("own-compound-name", OWN.replace("my-drug", "'my$drug'"), ("compounds.my$drug", "letters, digits")),
    ("own-compounds-a-list", OWN.replace("compounds:\n  my-drug:", "compounds:\n  -"), ("line 1, compounds", "entries with names")),
    ("own-product-active", OWN.replace("{my-drug: 2 %, lidocaine: 4 %}", "{my-drog: 2 %}"), ("line 4, products.my-gel.actives.my-drog", "did you mean 'my-drug'")),
    ("own-product-active-misspelt", OWN.replace("lidocaine: 4 %", "lidocain: 4 %"), ("did you mean 'lidocaine'",)),
    ("own-product-vehicle", OWN.replace("vehicle: water", "vehicle: watr"), ("products.my-gel.vehicle", "did you mean 'water'")),
    ("own-product-percent", OWN.replace("lidocaine: 4 %", "lidocaine: 104 %"), ("actives.lidocaine", "between 0 % and 100 %")),
    ("own-product-no-percent", OWN.replace("lidocaine: 4 %", "lidocaine: 4"), ("actives.lidocaine", "'2 %'")),
    ("own-product-too-much", OWN.replace("{my-drug: 2 %, lidocaine: 4 %}", "{my-drug: 62 %, lidocaine: 44 %}"), ("products.my-gel", "106 %", "at most 100 %")),
    ("own-product-taken", OWN.replace("my-gel", "emla"), ("products.emla", "has already")),
    ("own-product-kind", OWN.replace("kind: serum", "kind: cream"), ("products.my-gel.kind", "numbing, serum, retinoid, sunscreen or make-up")),
    ("own-product-as-cream", OWN.replace("spread: {what: my-gel}", "numb: {with: my-gel}"), ("'my-gel' is serum", "takes numbing")),
    ("own-product-misnamed", OWN.replace("what: my-gel", "what: my-gell"), ("step 1 (serum), what", "did you mean 'my-gel'")),
    ("own-numbing-without-amount", OWN.replace("kind: serum", "kind: numbing").replace(", amount: 2 mg/cm2", ""), ("products.my-gel", "amount: 150 mg/cm2")),
    ("own-product-ph", OWN.replace("ph: 6.5", "ph: 65"), ("products.my-gel.ph", "between 0 and 14")),
    ("decimal-comma", swap("force: 5 N", "force: 5,5 N"), ("line 15", "step 4.1 (rolling), force", "'5,5 N' has a decimal comma", "write 5.5 N")),
    ("range", swap("force: 5 N", "force: 4-6 N"), ("'4-6 N' is a range", "'5 N'")),
    ("range-in-words", swap("interval: 4 week", "interval: 4 to 6 weeks"), ("'4 to 6 weeks' is a range",)),
    ("range-of-counts", swap("rounds: 2", "rounds: 2-3"), ("'2-3' is a range", "between 1 and 30")),
    ("range-of-phototypes", swap("phototype: II", "phototype: III-IV"), ("'III-IV' is a range",)),
    ("mass-as-force", swap("force: 5 N", "force: 5 kg"), ("'5 kg' is a mass", "'49 N'")),
    ("millilitres", OWN.replace("amount: 2 mg/cm2", "amount: 3 mL"), ("on 100 cm2 it is 30 mg/cm2",)),
    ("site-in-swedish", swap("site: cheek", "site: kind"), ("did you mean 'cheek'",)),
    ("site-in-capitals", swap("site: cheek", "site: Upper Lip"), ("did you mean 'upper-lip'",)),
    ("instrument-as-on-the-box", swap("dermaroller-mf8", "Dermaroller MF8"), ("did you mean 'dermaroller-mf8'",)),
    ("step-in-swedish", swap("- wash", "- tvätta"), ("did you mean 'wash'",)),
    ("sex-in-swedish", swap("sex: female", "sex: kvinna"), ("did you mean 'female'",)),
    ("session-in-swedish", swap("session:", "behandling:"), ("did you mean 'session'",)),
    ("steps-for-session", swap("session:", "steps:"), ("did you mean 'session'",)),
    ("passes-of-a-roller", swap("back_and_forth: 4", "passes: 4"), ("did you mean 'strokes'",)),
    ("yes-and-no", swap("smoker: false", "blood_thinner: no"), ("'no' is not possible", "did you mean 'none'")),
    ("a-list-of-sites", swap("site: cheek", "site: [cheek, nose]"), ("several places are zones: write `zones:",)),
    ("directions-in-a-row", swap("[0, 90]", "0 90"), ("a list is needed here, such as `[0, 90]`",)),
    ("no-space-after-colon", swap("force: 5 N", "force:5 N"), ("a space is missing after the colon; write `force: 5 N`",)),
    ("long-dash", swap("  - wash", "  – wash"), ("the dash at the start of the line is not a hyphen",)),
    ("repeat-not-indented", swap("      rounds: 2\n      steps:", "    rounds: 2\n    steps:"), ("`rounds`, `steps` must stand two spaces deeper, under `repeat`",)),
    ("kind-has-no", "instrument: {kind: pen, length: 2 mm, needles: 12, head_diameter: 8 mm, frequency: 100 Hz, tilt: 2}\nsession: [{pen: {depth: 1 mm}}]\n", ("a pen has no `tilt`",)),
    ("motor-in-the-pass", "instrument: dermaroller-mf8\nsession: [{roll: {strokes: 4, frequency: 90 Hz}}]\n", ("`frequency` does not belong here, but under `instrument:`",)),
    ("area-in-a-step", swap("skin: taut", "skin: taut, area: 2 cm2"), ("a step has no `area`: it is that of a zone", "`on: scars`")),
    ("a-zone-by-guess", swap("skin: taut", "skin: taut, zone: cheek"), ("did you mean 'on'",)),
    ("intervals", swap("interval: 4 week", "interval: [2 week, 6 week]"), ("phases: [{depth: 0.5 mm}, {depth: 1 mm, pause: 2 week}",)),
    ("sessions-that-differ", GOOD + "sessions: [[wash], [wash]]\n", ("did you mean 'phases'",)),
    ("sessions-at-the-top", GOOD + "sessions: 3\n", ("does not belong here, but under `course:`",)),
    ("a-file-of-cases", "studies: {}\n" + GOOD, ("`hudnal evidence --cases FILE` runs it",)),
    ("asleep-in-one-zone", "instrument: dermaroller-mf8\nzones: {cheek: {area: 60 cm2}, chin: {area: 20 cm2}}\nsession: [{anaesthesia: {by: general, on: chin}}, roll: {strokes: 2}]\n", ("asleep is so in all zones",)),
    ("a-name", "name: A B\n" + GOOD, ("no names, identity numbers",)),
    ("an-identity-number", swap("age: 35 year", "age: 35 year, personnummer: 8001019999"), ("no names, identity numbers",)),
    ("own-product-hint", swap("  - wash\n", "  - wash\n  - spread: {what: exosomes}\n"), ("exosomes and products of stem cells are not simulated yet", "describe it under `products:`")),
    ("instrument-hint", swap("dermaroller-mf8", "skinovator"), ("not in the catalogue", "kind: pen")),
    ("title-a-list", swap("title: a good one", "title: [a]"), ("title", "one text")),
]  # fmt: skip
