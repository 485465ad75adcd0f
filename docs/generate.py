"""Fills in the generated parts of the pages in docs/: `python docs/generate.py`, or `make docs`.

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`; what stands there now is replaced by what
the function of that name returns. `--check` writes nothing, and exits with 1 if a page is out of date.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel

from conference_helper.cli import main as program
from service.filters import FIELDS
from service.mcp.server import TOOLS
from service.settings import (
    PREFIX,
    QdrantSettings,
    ReadSettings,
    SecuritySettings,
    Settings,
    SiteSettings,
)
from service.slots import MAX_PLAN
from service.web.errors import STATUS
from service.web.keys import opens_to_pages, wanted
from service.web.openapi import describe

DOCS = Path(__file__).parent
PART = re.compile(r"(<!-- generated: (.+?) -->\n).*?(<!-- end -->)", re.DOTALL)
HELP_WIDTH = 88
_FILTER_VALUES = {
    "keyword": "text",
    "integer": "a whole number",
    "day": "a day, or a range of days",
    "time": "one time of day, HH:MM",
    "minutes": "one number of minutes",
    "ids": f"up to {MAX_PLAN} ids, joined by commas",
}

Schema = dict[str, Any]


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def command_help(name: str) -> str:
    """Return what `conference-helper NAME --help` prints, and the same of each command within it."""
    return "\n\n".join(_helps(program.commands[name], f"conference-helper {name}"))


def _helps(command: click.Command, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name, terminal_width=HELP_WIDTH)
    yield f"```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for part in command.commands.values():
            yield from _helps(part, f"{name} {part.name}")


def settings(cls: type[BaseModel], prefix: str = "") -> str:
    """Return a section for each setting of a class, those of a class within it aside."""
    schemas = cls.model_json_schema()["properties"]
    return "\n\n".join(
        _setting(f"{prefix}{name.upper()}", schema)
        for name, schema in schemas.items()
        if "$ref" not in schema
    )


def _setting(name: str, schema: Schema) -> str:
    facts = {"default": _default(schema), "values": _values(schema)}
    told = "; ".join(f"{what}: {fact}" for what, fact in facts.items() if fact)
    variable = f"`{PREFIX}{name}`" + (told and f" ({told})")
    return f"### {name}\n\n{variable}\n\n{' '.join(schema['description'].split())}"


def _default(schema: Schema) -> str:
    default = schema.get("default")
    if isinstance(default, list):
        default = ", ".join(default)
    return "" if default in (None, "") else f"`{json.dumps(default).strip(chr(34))}`"


def _values(schema: Schema) -> str:
    """Return the accepted values: a list, a range, or nothing where any text or number is."""
    kinds = schema.get("anyOf", [schema.get("items", schema)])
    return " or ".join(filter(None, map(_values_of_kind, kinds)))


def _values_of_kind(schema: Schema) -> str:
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "boolean":
        return "`true`, `false`"
    low, high = schema.get("minimum", schema.get("exclusiveMinimum")), schema.get("maximum")
    if high is not None:
        return f"{low} to {high}"
    if low is not None:
        return f"{'above' if 'exclusiveMinimum' in schema else 'at least'} {low}"
    return ""


def filters() -> str:
    """Return the table of filters."""
    rows = [
        (f"`{field.name}`", _FILTER_VALUES[field.type], field.help) for field in FIELDS.values()
    ]
    return table(("filter", "values", "meaning"), rows)


def parameters(path: str) -> str:
    """Return the table of the parameters of a path, the filters aside."""
    rows = [
        (
            f"`{one['name']}`",
            "required" if one["required"] else _default(one["schema"]),
            _values(one["schema"]),
            one["description"],
        )
        for one in describe()["paths"][path]["get"]["parameters"]
        if one["name"] not in FIELDS
    ]
    return table(("parameter", "default", "values", "meaning"), rows)


def errors() -> str:
    """Return the table of error codes."""
    rows = [
        (f"`{code}`", str(int(status)), " ".join((kind.__doc__ or "").split()))
        for kind, (status, code) in STATUS.items()
    ]
    return table(("code", "status", "meaning"), rows)


def tools() -> str:
    """Return the table of the tools of assistants."""
    rows = [(f"`{tool.name}`", tool.description) for tool in TOOLS]
    return table(("tool", "what a model is told of it"), rows)


def keys() -> str:
    """Return the table of the paths that want an API key."""
    rows = [
        (
            f"`{path}`",
            " or ".join(f"`{scope}`" for scope in wanted(path)),
            "yes" if opens_to_pages(path) else "no",
        )
        for path in describe()["paths"]
        if wanted(path)
    ]
    return table(
        ("path", "scope of its key", "pages of this service and allowed sites without"), rows
    )


PARTS: dict[str, Callable[[], str]] = {
    "settings": partial(settings, Settings),
    "settings of reading": partial(settings, ReadSettings, "READ_"),
    "settings of the security contact": partial(settings, SecuritySettings, "SECURITY_"),
    "settings of the page": partial(settings, SiteSettings, "SITE_"),
    "settings of the Qdrant server": partial(settings, QdrantSettings, "QDRANT_"),
    "filters": filters,
    "keys": keys,
    "errors": errors,
    "tools": tools,
    **{
        f"parameters of {path}": partial(parameters, path)
        for path in (
            "/api/search",
            "/api/sessions/{id}/similar",
            "/api/programme",
            "/api/plan",
            "/api/facets",
        )
    },
    **{f"help of {name}": partial(command_help, name) for name in program.commands},
}


def fill(page: str) -> str:
    """Return a page with its generated parts as they are now. Raises KeyError for an unknown part."""
    return PART.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]()}\n\n{found[3]}", page)


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a page is out of date.")
def generate(check: bool) -> None:
    """Fill in the generated parts of the pages in docs/."""
    pages = {page: page.read_text("utf-8") for page in sorted(DOCS.glob("*.md"))}
    parts = {found[2] for text in pages.values() for found in PART.finditer(text)}
    if missing := PARTS.keys() - parts:
        sys.exit(f"No page has a part for: {', '.join(sorted(missing))}.")
    changed = {page: text for page, old in pages.items() if (text := fill(old)) != old}
    for page, text in changed.items():
        if not check:
            page.write_text(text, "utf-8")
        click.echo(f"{page.name} {'is out of date: run python docs/generate.py' if check else ''}")
    sys.exit(bool(check and changed))


if __name__ == "__main__":
    generate()
