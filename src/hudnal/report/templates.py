"""Pages from their templates, which lie beside the code that fills them."""

from __future__ import annotations

from importlib import resources


def read_beside(package: str, name: str) -> str:
    """The text of a file of a package."""
    return (resources.files(package) / name).read_text(encoding="utf-8")


def fill_template(package: str, name: str, **values: object) -> str:
    """A template of a package filled with `values`, all of which it must name right; in HTML they are escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=".html" in name, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(read_beside(package, name)).render(**values)
