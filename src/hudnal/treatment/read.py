"""From the text of a file to a `TreatmentFile`, or to every fault at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, overload

from pydantic import BaseModel, ValidationError

from hudnal.treatment.document import Document, read_document
from hudnal.treatment.fault import Fault, TreatmentError
from hudnal.treatment.model import TreatmentFile
from hudnal.treatment.rest import REST, Rest
from hudnal.treatment.schema import write_example
from hudnal.treatment.translate import translate_fault

_Model = TypeVar("_Model", bound=BaseModel)
FOUND_FAULTS = "hudnal_faults"  # of a model that has looked at itself: its faults stand in the context
_MOST_ROUNDS = 30  # of taking out what is faulty and looking at the rest


@overload
def read_text(text: str, name: str) -> tuple[TreatmentFile, Document]: ...
@overload
def read_text(text: str, name: str, model: type[_Model]) -> tuple[_Model, Document]: ...
def read_text(text: str, name: str, model: Any = TreatmentFile) -> tuple[Any, Document]:
    """The `model` in a YAML text, and the document with its lines.

    `name` is the file's, for messages. Raises TreatmentError with every fault.
    """
    document = read_document(text)
    if document.is_whole and not isinstance(document.data, dict):
        example = write_example((), model)
        document.faults.append(Fault("not_a_mapping", line=1, values={"example": example}))
    if not document.is_whole or not isinstance(document.data, dict):
        raise TreatmentError(name, document.faults)
    return read_data(document.data, name, model, document), document


def read_data(
    data: Mapping[Any, Any], name: str, model: type[_Model], document: Document | None = None
) -> _Model:
    """The `model` in plain data (a mapping as the file would give it), which stood in `document`.

    Raises TreatmentError with every fault, in which the file is called `name`.
    """
    document = document or Document(data=data)
    try:
        found = model.model_validate(data)
    except ValidationError as error:
        raise TreatmentError(name, _gather_faults(error, data, document, model)) from None
    if document.faults:
        raise TreatmentError(name, document.faults)
    return found


def _gather_faults(
    error: ValidationError, data: Any, document: Document, model: type[BaseModel]
) -> list[Fault]:
    """Every fault of the data: those that pydantic has found, and those of what is left without them."""
    faults = {fault.path: fault for fault in document.faults}
    told = [*document.faults]
    rest = Rest(data)
    for _ in range(_MOST_ROUNDS):
        found, is_last = _list_faults(error, rest.data, document, model)
        new = [fault for fault in _drop_answered(found) if not (rest.places and rest.causes(fault))]
        told += [fault for fault in new if is_last or fault.path not in faults or fault.key == "missing"]
        faults |= {fault.path: fault for fault in new}
        if is_last or not _cut_all(rest, found):
            break
        try:
            model.model_validate(rest.data, context={REST: rest})
            break
        except ValidationError as next_error:
            error = next_error
    return told


def _list_faults(
    error: ValidationError, data: Any, document: Document, model: type[BaseModel]
) -> tuple[list[Fault], bool]:
    """The faults in what pydantic raises, with their lines; whether they are all that the model finds in itself."""
    entries: list[Any] = error.errors(include_url=False)
    own = [fault for one in entries if one["type"] == FOUND_FAULTS for fault in one["ctx"]["faults"]]
    if own:
        return [replace(fault, line=document.line_of(fault.path)) for fault in own], True
    # Of a list in which nothing can be read pydantic says that it is too short, too.
    told = [one for one in entries if not (one["type"] == "too_short" and one["input"])]
    return [translate_fault(entry, data, document, model) for entry in told], False


def _drop_answered(faults: list[Fault]) -> list[Fault]:
    """The faults without those of entries that are missing because they are misspelt beside."""
    meant = {(*fault.path[:-1], name) for fault in faults for name in _list_meant(fault)}
    return [one for one in faults if one.key != "missing" or (*one.path, one.values["name"]) not in meant]


def _list_meant(fault: Fault) -> tuple[str, ...]:
    """The entries that an unknown one may stand for."""
    near = fault.values.get("near", ())
    return near if fault.key == "unknown_key" and isinstance(near, tuple) else ()


def _cut_all(rest: Rest, faults: Iterable[Fault]) -> bool:
    """Take out what every fault is of, the innermost first, so that each finds its place; whether something is left."""
    left = True
    for fault in sorted(faults, key=lambda fault: -len(fault.path)):
        left = rest.cut(fault) and left
    return left
