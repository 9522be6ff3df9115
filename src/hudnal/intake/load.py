"""A treatment from a file, a preset's name, or plain data; checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hudnal.intake.check import check, check_compound
from hudnal.transport import compound_names
from hudnal.treatment import (
    CompoundFile,
    Document,
    Fault,
    Treatment,
    TreatmentError,
    preset_names,
    preset_text,
    read_compound,
    read_text,
)
from hudnal.treatment.read import read_data


def load(source: str | Path | Mapping[str, Any] = "classic") -> Treatment:
    """The treatment that `source` names: a file, a preset, or a mapping as the file would give it.

    Raises TreatmentError with every fault, its place and what would be right.
    """
    return load_with_document(source)[0]


def load_with_document(source: str | Path | Mapping[str, Any]) -> tuple[Treatment, Document]:
    """As `load`, and the document with its lines."""
    if isinstance(source, Mapping):
        name = "treatment"
        treatment, document = read_data(dict(source), name)
    else:
        name = str(source)
        return _checked(*read_text(text_of(name), name), name)
    return _checked(treatment, document, name)


def load_text(text: str, name: str) -> Treatment:
    """The treatment of a file's text. Raises TreatmentError, in which the file is called `name`."""
    return _checked(*read_text(text, name), name)[0]


def load_compound(path: str | Path) -> CompoundFile:
    """The compound that a file holds. Raises TreatmentError with every fault, its place and what would be right."""
    name = str(path)
    compound, document = read_compound(_text_in(name, Fault("no_such_file")), name)
    faults = check_compound(compound, document)
    if faults:
        raise TreatmentError(name, faults)
    return compound


def load_with_compound(source: str, compound: str) -> tuple[Treatment, str]:
    """The treatment that `source` names with the compound beside it, and the compound's name.

    `compound` is a file, or the name of a compound that the tables or the treatment know. Raises TreatmentError.
    """
    treatment, document = read_text(text_of(source), source)
    known = [*compound_names(), *treatment.compounds]
    if compound in known:
        return _checked(treatment, document, source)[0], compound
    if not Path(compound).suffix and not Path(compound).exists():
        near = get_close_matches(compound, known, 1, 0.5)
        values = {"value": compound, "near": near[0] if near else "", "names": ", ".join(known)}
        raise TreatmentError(compound, [Fault("unknown_compound", values=values)])
    own = load_compound(compound)
    treatment = treatment.model_copy(
        update={
            "compounds": {**treatment.compounds, **own.compounds},
            "products": {**treatment.products, **own.products},
        }
    )
    return _checked(treatment, document, source)[0], own.name


def _checked(treatment: Treatment, document: Document, name: str) -> tuple[Treatment, Document]:
    faults = check(treatment, document)
    if faults:
        raise TreatmentError(name, faults)
    return treatment, document


def text_of(name: str) -> str:
    """The text of a file or preset. Raises TreatmentError."""
    return preset_text(name) if name in preset_names() else _text_in(name, not_found(name))


def _text_in(name: str, missing: Fault) -> str:
    path = Path(name)
    try:
        if path.is_dir():
            raise TreatmentError(name, [Fault("file_folder")])
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise TreatmentError(name, [missing]) from None
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise TreatmentError(name, [Fault("file_unreadable", values={"problem": problem})]) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TreatmentError(name, [Fault("file_not_text")]) from None


def not_found(name: str) -> Fault:
    """The fault of a name that is neither a file nor a preset."""
    near = get_close_matches(name, preset_names(), 1)
    values = {"near": near[0] if near else "", "names": ", ".join(preset_names())}
    return Fault("file_not_found", values=values)
