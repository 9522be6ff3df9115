"""Pages from their templates, which lie beside the code that fills them."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from importlib import resources

from hudnal.language import show_text


def read_beside(package: str, name: str) -> str:
    """The text of a file of a package."""
    return (resources.files(package) / name).read_text(encoding="utf-8")


# What Markdown or HTML in it would take for a sign of its own. An underscore within a word is none.
_MARKS = re.compile(r"[\\`*\[\]|#~$!]|(?<![^\W_])_|_(?![^\W_])")


def escape_markdown(text: str) -> str:
    """Text of a file as it is to be read: nothing in it is a link, a mark, the end of a cell or HTML."""
    shown = show_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKS.sub(r"\\\g<0>", shown)


def quote_code(text: str) -> str:
    """Text of a file as code in Markdown, in a table too: in as many backticks as it does not have itself."""
    shown = show_text(text).replace("|", "\\|")
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    space = " " if "`" in shown else ""
    return f"{ticks}{space}{shown}{space}{ticks}"


def make_policy(*scripts: str) -> str:
    """What a browser may do with a page of ours (its Content-Security-Policy): show it, and run our own `scripts`.

    Nothing is loaded and nothing is sent; what text of a file might smuggle in does not run.
    """
    allowed = {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    sums = (b64encode(sha256(script.encode()).digest()).decode("ascii") for script in scripts)
    if scripts:
        allowed["script-src"] = " ".join(f"'sha256-{one}'" for one in sums)
    return "; ".join(f"{what} {whence}" for what, whence in allowed.items())


def fill_template(package: str, name: str, **values: object) -> str:
    """A template of a package filled with `values`, all of which it must name right; in HTML they are escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(  # nosec B701
        autoescape=".html" in name, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(read_beside(package, name)).render(**values)
