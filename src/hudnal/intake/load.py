"""A treatment from a file, a preset's name, or plain data; checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hudnal.intake.check import describe_unknown_name, find_faults_in_compound
from hudnal.intake.recognise import MOST_BYTES, find_treatment_text, read_characters
from hudnal.intake.treatment import Treatment
from hudnal.language.near import find_near
from hudnal.store.files import is_file, is_folder
from hudnal.transport import compound_names
from hudnal.treatment import CompoundFile, Fault, TreatmentError, TreatmentFile, list_presets, read_preset
from hudnal.treatment.document import MOST_CHARACTERS
from hudnal.treatment.read import read_data, read_text


def load(source: str | Path | Mapping[str, Any] = "classic") -> Treatment:
    """The treatment that `source` names: a file, a preset, or a mapping as the file would give it.

    The `summary.json` of a run is a file that gives the run's treatment. Raises TreatmentError with every fault, its
    place and what would be right.

    >>> import hudnal
    >>> hudnal.load("home").setting
    'home'
    >>> plan = hudnal.load("home").as_data()
    >>> plan["person"]["age"] = "60 year"
    >>> hudnal.load(plan).person.age
    60.0
    """
    if isinstance(source, Mapping):
        return read_data(dict(source), "treatment", Treatment)
    name = str(source)
    return load_text(read_source(name), name)


def load_text(text: str, name: str) -> Treatment:
    """The treatment of a file's text. Raises TreatmentError, in which the file is called `name`."""
    return read_text(text, name, Treatment)[0]


def load_compound(path: str | Path) -> CompoundFile:
    """The compound that a file holds. Raises TreatmentError with every fault, its place and what would be right."""
    name = str(path)
    compound, document = read_text(_read_file(name, Fault("no_such_file"), CompoundFile), name, CompoundFile)
    faults = find_faults_in_compound(compound, document)
    if faults:
        raise TreatmentError(name, faults)
    return compound


def load_with_compound(source: str, compound: str) -> tuple[Treatment, str]:
    """The treatment that `source` names with the compound beside it, and the compound's name.

    `compound` is a file, or the name of a compound that the tables or the treatment know. Raises TreatmentError.
    """
    file, document = read_text(read_source(source), source)
    known = [*compound_names(), *file.compounds]
    if compound in known:
        return read_data(document.data, source, Treatment, document), compound
    path = Path(compound)
    if not (path.suffix or is_file(path) or is_folder(path)):
        raise TreatmentError(compound, [describe_unknown_name("compound", compound, known)])
    own = load_compound(compound)
    return read_data(_add_compound(file, own), source, Treatment, document), own.name


def _add_compound(file: TreatmentFile, own: CompoundFile) -> dict[str, Any]:
    """The file's data with a compound of one's own, and the product that it comes in, beside what it had."""
    compounds = {**file.compounds, **own.compounds}
    products = {**file.products, **own.products}
    return file.model_copy(update={"compounds": compounds, "products": products}).as_data()


def read_source(name: str) -> str:
    """The text of a file or preset. Raises TreatmentError."""
    return read_preset(name) if name in list_presets() else _read_file(name, describe_unknown_source(name))


def _read_file(name: str, missing: Fault, model: type = TreatmentFile) -> str:
    """The text of a `model` in a file. Raises TreatmentError, with the fault `missing` where there is no file."""
    path = Path(name)
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)  # of a device there is no end
    except (FileNotFoundError, NotADirectoryError):
        raise TreatmentError(name, [missing]) from None
    except (OSError, ValueError) as error:
        if is_folder(path):
            raise TreatmentError(name, [Fault("file_folder")]) from None
        problem = getattr(error, "strerror", None) or str(error)
        raise TreatmentError(name, [Fault("file_unreadable", values={"problem": problem})]) from None
    if len(raw) > MOST_BYTES:
        raise TreatmentError(name, [Fault("too_large", values={"limit": MOST_CHARACTERS})])
    return find_treatment_text(name, read_characters(name, raw), model)


def describe_unknown_source(name: str) -> Fault:
    """The fault of a name that is neither a file nor a preset."""
    near = find_near(name, list_presets(), "presets")
    values = {"near": near, "names": ", ".join(list_presets())}
    return Fault("file_not_found", values=values)
