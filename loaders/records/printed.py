"""Lists as other programs print them into a cell: ['a', 'b'], ["a", "b"], {a,b}, c("a", "b")."""

import ast
import json
import re
import warnings
from typing import Any

_MAX_LENGTH = 20_000
_BRACKETS = {"[": "]", "(": ")", "{": "}"}
_QUOTED = r"(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_WITHOUT_COMMAS = re.compile(rf"\[\s*{_QUOTED}(?:\s+{_QUOTED})+\s*\]", re.S)  # as NumPy prints
_ITEM = re.compile(_QUOTED, re.S)
_OF_R = re.compile(r"c(\(.*\))", re.S)
_BARE = re.compile(r"\[([^\[\]{}()]*)\]|\{([^\[\]{}():]*)\}", re.S)


def parse_printed(text: str) -> Any:
    """Return the list or object that a text is when it is printed by a program; None for any other text."""
    text = text.strip()
    if of_r := _OF_R.fullmatch(text):
        text = of_r[1]
    if len(text) > _MAX_LENGTH or _BRACKETS.get(text[:1], "") != text[-1:] or len(text) < 2:
        return None
    if _WITHOUT_COMMAS.fullmatch(text):
        return [ast.literal_eval(item) for item in _ITEM.findall(text)]
    value = _parse(text)
    if isinstance(value, (list, dict)):
        return value
    if isinstance(value, (tuple, set, frozenset)):
        return list(value)
    if bare := _BARE.fullmatch(text):
        return [
            part
            for item in (bare[1] or bare[2] or "").split(",")
            if (part := item.strip(" \n\t\"'"))
        ]
    return None


def _parse(text: str) -> Any:
    for parse in (json.loads, _literal):
        try:
            return parse(text)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
    return None


def _literal(text: str) -> Any:
    with warnings.catch_warnings():  # of backslashes that mean nothing to Python
        warnings.simplefilter("ignore")
        return ast.literal_eval(text)
