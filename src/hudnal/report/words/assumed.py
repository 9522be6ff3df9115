"""What was assumed because the file of a treatment did not say it, in one line."""

from __future__ import annotations

from hudnal.intake.assumed import list_assumed_settings
from hudnal.intake.treatment import Treatment
from hudnal.language import Words
from hudnal.language.numbers import format_duration, format_given, format_quantity
from hudnal.report.words.sentences import name_concern, name_sex, tell_age
from hudnal.transport import Product
from hudnal.treatment.model import TreatmentFile
from hudnal.treatment.quantity import Phototype


def tell_assumed_settings(treatment: Treatment, words: Words) -> str:
    """One sentence: what the file left open, and what was taken for it; empty where nothing that matters is open."""
    told = _tell_each(treatment, words)
    settings = [told[path[-1]] for path in list_assumed_settings(treatment)]
    settings += [_tell_made(product, words) for product in treatment.products_used if product.is_made]
    return words("assumed.line", settings=", ".join(settings)) if settings else ""


def _tell_made(product: Product, words: Words) -> str:
    """What a product is taken for of which the file says only what is in it and how strong."""
    return words(
        "assumed.made" if product.actives else "assumed.made_plain",
        product=words.named("products", product.name),
        taken=words(f"assumed.taken.{product.kind}"),
        ph=format_given(product.ph, words.language),
        amount=format_quantity(product.default_amount, "mg/cm²", words, None),
    )


def _tell_each(treatment: TreatmentFile, words: Words) -> dict[str | int, str]:
    """Every entry that may be left open, as it was taken."""
    person, course = treatment.person, treatment.course
    return {
        "sex": name_sex(person, words),
        "age": tell_age(person, words),
        "phototype": words("words.phototype", roman=Phototype.NAMES[person.phototype - 1]),
        "smoker": words("assumed.smoker"),
        "conditions": words("assumed.conditions"),
        "blood_thinner": words("assumed.blood_thinner"),
        "site": words.named("sites", treatment.site),
        "area": format_quantity(treatment.area, "cm2", words, None),
        "concern": name_concern(treatment.main_concern, words),
        "setting": words(f"words.{treatment.setting}"),
        "sessions": words("assumed.sessions"),
        "follow_up": words("assumed.follow_up", time=format_duration(course.follow_up, words)),
    }
