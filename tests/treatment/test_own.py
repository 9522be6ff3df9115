"""Compounds and products of a file's own, and files that hold one compound."""

from __future__ import annotations

import jsonschema
import pytest
import yaml
from faulty import OWN

from hudnal import load
from hudnal.intake.check import make_full_schema
from hudnal.intake.load import load_compound
from hudnal.treatment import CompoundFile, TreatmentError, TreatmentFile
from hudnal.treatment.quantity import Known
from hudnal.treatment.read import read_text
from hudnal.treatment.schema import list_names_at, make_schema

COMPOUND = """\
name: my-drug
molar_mass: 300 g/mol
log_kow: {value: 2.1, spread: 0.4}
pka: 8.2
solubility: 5 mg/mL
product: {strength: 2 %, vehicle: gel, ph: 6.5, amount: 5 mg/cm2}
"""


def test_a_file_can_bring_its_own():
    treatment = load(yaml.safe_load(OWN))
    drug, gel = treatment.compounds["my-drug"], treatment.products["my-gel"]
    assert (drug.molar_mass, drug.log_kow, drug.pka) == (Known(300.0), Known(2.1), Known(8.2))
    assert gel.actives == {"my-drug": 2.0, "lidocaine": 4.0}
    assert (gel.vehicle, gel.ph, gel.sterile, gel.amount) == ("water", 6.5, False, 2.0)
    assert load(treatment.as_data()) == treatment


def test_every_number_can_have_a_spread_and_comes_back_as_it_was():
    numbers = {
        "molar_mass": "300 g/mol", "log_kow": 2.1, "pka_acid": 4.5, "unbound": 0.3, "permeability": "3e-3 cm/h",
        "solubility": "5 mg/mL", "metabolism": "0.1 /h", "clearance": "0.95 L/min", "volume": "91 L", "potency": 2,
        "retinoid_potency": 0.1,
    }  # fmt: skip
    wide = {key: {"value": value, "spread": 1.4} for key, value in numbers.items()}
    plan = {**yaml.safe_load(OWN), "compounds": {"my-drug": wide}}
    jsonschema.validate(plan, make_schema())
    treatment = load(plan)
    assert treatment.compounds["my-drug"].solubility == Known(5000.0, 1.4)
    assert treatment.compounds["my-drug"].clearance == Known(57.0, 1.4)
    assert load(treatment.as_data()) == treatment
    jsonschema.validate(treatment.as_data(), make_schema())


def test_schema_names_what_can_stand_in_them():
    assert "log_kow" in list_names_at(("compounds", "anything"))
    assert list_names_at(("compounds", "anything", "log_kow")) == ["spread", "value"]
    assert "actives" in list_names_at(("products", "anything"))
    assert "water" in make_full_schema()["$defs"]["ProductSpec"]["properties"]["vehicle"]["examples"]
    jsonschema.Draft202012Validator.check_schema(make_schema())


def test_a_compound_of_a_file_can_be_added_to_a_treatment(tmp_path):
    file = tmp_path / "drug.yaml"
    file.write_text(COMPOUND, encoding="utf-8")
    compound = load_compound(file)
    assert compound.log_kow == Known(2.1, 0.4)
    assert compound.products["my-drug"].actives == {"my-drug": 2.0}
    assert compound.products["my-drug"].vehicle == "gel"
    bare = TreatmentFile.model_validate({"session": ["seal"]})
    update = {"compounds": compound.compounds, "products": compound.products}
    plan = {**bare.model_copy(update=update).as_data(), "session": [{"spread": {"what": "my-drug"}}]}
    assert load(plan).compounds == compound.compounds
    assert load(plan).products == compound.products


def test_a_compounds_product_has_defaults():
    compound, _ = read_text("name: x\nmolar_mass: 300 g/mol\nlog_kow: 2\n", "x.yaml", CompoundFile)
    product = compound.products["x"]
    assert (product.kind, product.vehicle, product.amount, product.actives) == (
        "serum",
        "water",
        2.0,
        {"x": 1.0},
    )


FAULTY = [
    ("empty", "", ("empty",)),
    ("a-list", "- my-drug\n", ("line 1", "entries with names")),
    ("no-name", COMPOUND.replace("name: my-drug\n", ""), ("'name' is missing",)),
    ("key", COMPOUND.replace("log_kow", "logkow"), ("line 3, logkow", "did you mean 'log_kow'")),
    ("unit", COMPOUND.replace("300 g/mol", "300 g"), ("line 2, molar_mass", "wrong dimension", "300 g/mol")),
    ("product-key", COMPOUND.replace("strength", "percent"), ("line 6, product.percent", "strength")),
    ("vehicle", COMPOUND.replace("vehicle: gel", "vehicle: gell"), ("line 6, product.vehicle", "did you mean 'gel'")),
    ("strength", COMPOUND.replace("2 %", "120 %"), ("product.strength", "between 0 % and 100 %")),
    ("taken", COMPOUND.replace("my-drug", "lidocaine"), ("line 1, name", "a compound that Hudnål has already")),
    ("product-taken", COMPOUND.replace("my-drug", "emla"), ("line 1, name", "a product that Hudnål has already")),
    ("name", COMPOUND.replace("my-drug", "'<b>'"), ("line 1, name", "letters, digits")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "fragments"), FAULTY, ids=[f[0] for f in FAULTY])
def test_faults_of_a_compounds_file_name_place_and_remedy(tmp_path, name, text, fragments):
    file = tmp_path / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(TreatmentError) as error:
        load_compound(file)
    message = "\n".join(error.value.lines())
    for fragment in (*fragments, str(file)):
        assert fragment in message, message
    assert len(error.value.lines("sv")) == len(error.value.lines("en"))


def test_a_compounds_file_that_is_not_there(tmp_path):
    with pytest.raises(TreatmentError, match="no such file"):
        load_compound(tmp_path / "none.yaml")
    with pytest.raises(TreatmentError, match="folder"):
        load_compound(tmp_path)
