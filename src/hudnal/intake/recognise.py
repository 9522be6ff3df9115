"""What kind of file this is, where it is not a treatment file: told in one line, or read where it holds a treatment."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from typing import Any

from hudnal.treatment import CompoundFile, Fault, TreatmentError
from hudnal.treatment.document import MOST_CHARACTERS

MOST_BYTES = 64_000_000  # of a file of results
_OF_RESULTS = "hudnal/"  # how the `schema` of each of our own files of results begins
_BEGINNINGS = {
    b"CDF\x01": "is_netcdf", b"CDF\x02": "is_netcdf", b"CDF\x05": "is_netcdf", b"\x89HDF\r\n\x1a\n": "is_netcdf",
    b"PK\x03\x04": "is_archive", b"%PDF": "is_pdf",
}  # fmt: skip
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_OF_MODELS = (".pkml", ".mbp3", ".pksim5")  # endings of PK-Sim and MoBi
_SEPARATORS = ",;\t"
_MOST_LOOKED_AT = 5  # lines of what may be a table


def read_characters(name: str, raw: bytes) -> str:
    """The text in the bytes of a file: UTF-8, or UTF-16 where the file says so. Raises TreatmentError for others."""
    for beginning, kind in _BEGINNINGS.items():
        if raw.startswith(beginning):
            raise TreatmentError(name, [Fault(kind)])
    if name.lower().endswith(_OF_MODELS):
        raise TreatmentError(name, [Fault("is_pkml")])
    encoding = next((way for mark, way in _WIDE.items() if raw.startswith(mark)), "utf-8-sig")
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise TreatmentError(name, [Fault("file_not_text")]) from None


def find_treatment_text(name: str, text: str, model: type = object) -> str:
    """The text of the treatment in a file: the text itself, or what the results of a run hold.

    `model` is what is looked for. Raises TreatmentError for a file of another kind, and for one that is too large.
    """
    start = text.lstrip()[:1]
    if start == "<":
        raise TreatmentError(name, [Fault("is_xml")])
    content = _read_json(text) if start == "{" else None
    if content is not None:
        text = _find_in_results(name, content, text)
    if len(text) > MOST_CHARACTERS:
        raise TreatmentError(name, [Fault("too_large", values={"limit": MOST_CHARACTERS})])
    if _is_table(text):
        raise TreatmentError(name, [Fault("is_table_of_compounds" if model is CompoundFile else "is_table")])
    return text


def _read_json(text: str) -> Mapping[str, Any] | None:
    """The entries of a JSON text; None for what is none, such as YAML in braces."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _find_in_results(name: str, content: Mapping[str, Any], text: str) -> str:
    """The treatment in our own results as text; the whole text where it is something else."""
    kind = content.get("resourceType")
    if isinstance(kind, str):
        raise TreatmentError(name, [Fault("is_fhir", values={"kind": kind})])
    schema = content.get("schema")
    if not (isinstance(schema, str) and schema.startswith(_OF_RESULTS)):
        return text
    treatment = content.get("treatment")
    if not isinstance(treatment, dict):
        raise TreatmentError(name, [Fault("is_results")])
    return json.dumps(treatment, ensure_ascii=False, indent=1)


def _is_table(text: str) -> bool:
    """Whether the first lines have the same number of cells, two or more, and none is an entry with a name."""
    lines = [line for line in text.splitlines() if line.strip()][:_MOST_LOOKED_AT]
    if len(lines) < 2 or any(re.match(r"\s*(?:#|-\s|[\w-]+\s*:\s|[{\[])", line) for line in lines):
        return False
    return any(
        len({line.count(one) for line in lines}) == 1 and lines[0].count(one) >= 1 for one in _SEPARATORS
    )
