"""Front matter: the YAML, TOML or JSON at the head of a Markdown file, and the text below it."""

import json
import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from loaders.sites.yaml_values import Entry, parse_yaml
from service.errors import InputError

_FENCES = {"---": "YAML", "+++": "TOML"}
_DIRECTIVES = re.compile(  # what Liquid, Hugo and kramdown replace: tags, shortcodes, attributes
    r"\{%.{0,500}?%\}|\{\{.{0,500}?\}\}|^\{:[^{}\n]*\}[ ]*$|^\[TOC\]$", re.M | re.S
)
_IMPORTS = re.compile(r"^(?:import|export)\s.*$", re.M)
_COMPONENTS = re.compile(r"</?[A-Z]\w*(?:\s[^<>]*)?/?>")  # of MDX


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown file: its front matter, the text below it, and notes on its keys."""

    values: Entry
    body: str
    notes: list[str]


def has_front_matter(head: str) -> bool:
    """Return whether a text begins with front matter."""
    return head[:3] in _FENCES or (head[:1] == "{" and head[:2] not in ("{%", "{{", "{:"))


def split_page(name: str, text: str) -> Page:
    """Return the front matter and the body of a Markdown file.

    Raises InputError with the line for front matter that is damaged or does not end.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").lstrip("\n")
    if text[:1] == "{":
        values, body = _from_json(name, text)
        return _page(name, values, body, [])
    fence = text[:3]
    kind = _FENCES.get(fence)
    if kind is None:
        raise InputError(f"{name}: it has no front matter between lines of ---.")
    ends = re.compile(
        rf"^{re.escape(fence)}[ \t]*$" + ("|^\\.\\.\\.[ \t]*$" if kind == "YAML" else ""), re.M
    )
    start = text.find("\n") + 1
    end = ends.search(text, start) if start else None
    if end is None:
        raise InputError(
            f"{name}:1: its front matter does not end. Close it with a line of {fence}"
        )
    matter, body = text[start : end.start()], text[end.end() :]
    if kind == "TOML":
        return _page(name, parse_toml(name, matter, first_line=2), body, [])
    values, notes = parse_yaml(name, matter, first_line=2)
    return _page(name, values, body, notes)


def parse_toml(name: str, text: str, first_line: int = 1) -> Any:
    """Return the value of TOML with its scalars as texts. Raises InputError if it is damaged."""
    try:
        return _as_texts(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = f":{int(match[1]) + first_line - 1}" if match else ""
        problem = str(error).partition(" (at ")[0]
        raise InputError(f"{name}{line}: not valid TOML ({problem}). Mend it.") from error
    except (RecursionError, ValueError) as error:
        raise InputError(f"{name}: not valid TOML ({type(error).__name__}). Mend it.") from error


def clean_body(text: str, *, is_mdx: bool) -> str:
    """Return Markdown without what the site's program would replace: tags, shortcodes, components."""
    text = _DIRECTIVES.sub("", text)
    if is_mdx:
        text = _COMPONENTS.sub("", _IMPORTS.sub("", text))
    return text.strip()


def _page(name: str, values: Any, body: str, notes: list[str]) -> Page:
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise InputError(f"{name}:1: its front matter holds no keys with values. Mend it.")
    entry = Entry(values)
    entry.line = 1
    return Page(entry, clean_body(body, is_mdx=name.lower().endswith(".mdx")), notes)


def _from_json(name: str, text: str) -> tuple[Any, str]:
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{name}:{error.lineno}: its front matter is not valid JSON ({error.msg}). Mend it."
        ) from error
    except (RecursionError, ValueError) as error:
        raise InputError(f"{name}:1: its front matter is not valid JSON. Mend it.") from error
    return value, text[end:]


def _as_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return Entry({key: _as_texts(item) for key, item in value.items()})
    if isinstance(value, list):
        return [_as_texts(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)
