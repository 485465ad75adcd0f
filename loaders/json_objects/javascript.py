"""JavaScript data files: literals that are given to names, as KonOpas and many pages have their programmes.

`var program = [...]; var people = [...];` is {"program": ..., "people": ...}. Nothing is evaluated: whatever is
no literal is refused, with its line.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import accumulate
from typing import Any, NoReturn

from loaders.records.values import excerpt
from loaders.sources.source_file import SourceFile
from service.errors import InputError

SUFFIXES = (".js", ".mjs", ".cjs", ".ts", ".jsonp")
MAX_FILE = 64 * 2**20
_MAX_LITERAL = 2**20  # characters of what is not JSON as well
_MAX_DEPTH = 60
_MAX_STATEMENTS = 200
_COMMENT = r"//[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/"
_GAP = rf"(?:[\s;\ufeff]|{_COMMENT})*+"
_PASSED_OVER = rf"(?:import\b[^;\n\"']*+[\"'][^\"'\n]*+[\"']|[\"']use strict[\"']){_GAP}"
_NAME = r"[A-Za-z_$][\w$]*+"
_TYPE = rf"(?:\s*+:\s*+{_NAME}[\w$.<>\[\],\s|]{{0,100}}?)?"
_DECLARED = rf"(?:export\s++)?(?:var|let|const)\s++(?P<declared>{_NAME}){_TYPE}\s*+=(?!=)"
_TO_NAME = (
    rf"(?:{_DECLARED}"
    rf"|(?P<default>export\s++default\b|module\.exports\s*+=)"
    rf"|(?P<callback>{_NAME}(?:\.{_NAME})*+)\s*+\("
    rf"|(?:{_NAME}\.)*+(?P<assigned>{_NAME})\s*+=(?!=))\s*+"
)
_BEGINS = re.compile(rf"{_GAP}(?:{_PASSED_OVER})*+{_TO_NAME}[\[{{]")
_BEGINS_WITH_A_TEXT = re.compile(rf"{_GAP}(?:{_PASSED_OVER})*+{_DECLARED}\s*+[\w\"'`+-]")
_SPACE = re.compile(rf"{_GAP}(?:{_PASSED_OVER})*+")
_STATEMENT = re.compile(_TO_NAME)
_AS_TYPE = r"(?:\s++as\s++const|\s++satisfies\s++[\w$.<>\[\]]++)?"
_NEXT = re.compile(rf"{_AS_TYPE}\s*+,\s*+(?P<name>{_NAME})\s*+=(?!=)\s*+")
_EXPORTS = re.compile(
    rf"(?:export\s++default\s++{_NAME}|module\.exports\s*+=\s*+{_NAME}"
    rf"|(?:export|module\.exports\s*+=)\s*+\{{\s*+(?:{_NAME}\s*+,\s*+)*+(?:{_NAME}\s*+)?\}})[ \t\r]*+(?=;|\n|$)"
)
_AFTER = re.compile(rf"{_AS_TYPE}[ \t\r]*+(?=[;\n]|//|/\*|$)")
_CLOSED = re.compile(r"\s*+\)")
_TEXT = (
    r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"'
    r"|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'"
    r"|`[^`\\$]*+(?:(?:\\.|\$(?!\{))[^`\\$]*+)*+`"
)
_NUMBER = r"[+-]?(?:\d[\d_]{0,30}+(?:\.\d{0,30}+)?|\.\d{1,30}+)(?:[eE][+-]?\d{1,3}+)?(?![\w$.])"
_TOKEN = re.compile(
    rf"(?P<gap>\s++|{_COMMENT}|,(?=(?:\s|{_COMMENT})*+[\]}}]))"
    rf"|(?P<key>(?:{_NAME}|\d{{1,30}}+)(?=\s*+:))|(?P<text>{_TEXT})"
    rf"|(?P<number>{_NUMBER})|(?P<sign>[\[\]{{}},:])|(?P<word>{_NAME})",
    re.S,
)
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.S
)
_ESCAPED = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "0": "",
    "\n": "",
    "\r\n": "",
}
_WORDS = {"true": "true", "false": "false", "null": "null", "undefined": "null", "NaN": "null"}
_DEEPER = {"[": 1, "{": 1, "]": -1, "}": -1}
_REMEDY = "Write the list that it holds as JSON (node prints it with JSON.stringify)."


def is_javascript(text: str) -> bool:
    """Return whether a text begins by giving a value to a name, comments and imports aside."""
    return bool(_BEGINS.match(text) or _BEGINS_WITH_A_TEXT.match(text))


def parse_javascript(source: SourceFile) -> Any:
    """Return the literals of a file by their names; the only one itself if it has no name.

    Raises InputError, with the line, for what is no literal.
    """
    if source.size > MAX_FILE:
        raise InputError(f"{source.name} is larger than {MAX_FILE // 2**20} MiB. {_REMEDY}")
    return _Script(source.text(), source.name).read()


class _Script:
    """A script, and the place up to which it is read."""

    def __init__(self, text: str, name: str) -> None:
        self._text, self._name, self._at = text, name, 0

    def read(self) -> Any:
        found: dict[str, Any] = {}
        for _ in range(_MAX_STATEMENTS):
            self._pass(_SPACE)
            if self._at >= len(self._text):
                break
            if self._pass(_EXPORTS):
                continue
            statement = self._pass(_STATEMENT)
            if statement is None:
                self._refuse("is no value given to a name")
            name = statement["declared"] or statement["assigned"] or "default"
            found[name] = self._value()
            while following := self._pass(_NEXT):
                found[following["name"]] = self._value()
            if statement["callback"] and not self._pass(_CLOSED):
                self._refuse("is more than one value in brackets")
            if not self._pass(_AFTER):
                self._refuse("is computed")
        else:
            self._refuse(f"comes after {_MAX_STATEMENTS} values")
        return found["default"] if found.keys() == {"default"} else found

    def _value(self) -> Any:
        """Return the literal at the place: most are JSON as well, which is quicker to read."""
        with suppress(ValueError, RecursionError):
            value, self._at = json.JSONDecoder().raw_decode(self._text, self._at)
            return value
        pieces = list(self._as_json())
        places = [place for place, _ in pieces]
        try:
            return json.loads(" ".join(piece for _, piece in pieces))
        except json.JSONDecodeError as error:
            lengths = accumulate(len(piece) + 1 for _, piece in pieces)
            number = next((number for number, end in enumerate(lengths) if end > error.pos), -1)
            self._at = places[number]
            self._refuse("is not where it can be")
        except ValueError:
            self._refuse("holds a number of thousands of digits")

    def _as_json(self) -> Iterator[tuple[int, str]]:
        """Yield the pieces of JSON that a literal stands for, each with its place."""
        start, depth = self._at, 0
        while match := _TOKEN.match(self._text, self._at):
            if self._at - start > _MAX_LITERAL:
                self._refuse(f"belongs to a value of more than {_MAX_LITERAL // 2**20} MiB")
            if match.lastgroup == "gap":
                self._at = match.end()
                continue
            piece = self._piece(match.lastgroup, match[0])
            yield self._at, piece
            self._at = match.end()
            depth += _DEEPER.get(piece, 0)
            if depth > _MAX_DEPTH:
                self._refuse("nests too deeply to be a programme")
            if depth <= 0:
                return
        self._refuse("is no literal")

    def _piece(self, kind: str | None, written: str) -> str:
        """Return the JSON of one piece of a literal."""
        if kind == "text":
            inner = written[1:-1]
            return json.dumps(_ESCAPE.sub(_unescape, inner) if "\\" in inner else inner)
        if kind == "key":
            return json.dumps(written)
        if kind == "number":
            digits = written.replace("_", "").lstrip("+")
            return str(int(digits)) if digits.lstrip("-").isdigit() else str(float(digits))
        if kind == "word":
            return _WORDS.get(written) or self._refuse("is no literal")
        return written

    def _pass(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return the match of a pattern at the place, and go behind it."""
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()
        return match

    def _refuse(self, problem: str) -> NoReturn:
        number = self._text.count("\n", 0, self._at) + 1
        found = excerpt(self._text[self._at : self._at + 30].split("\n")[0])
        raise InputError(
            f"{self._name}:{number}: {found} {problem}. Of JavaScript, lists and objects of texts and "
            f"numbers are read, and nothing is run. {_REMEDY}"
        )


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        return chr(int(code, 16)) if int(code, 16) < 0x110000 else ""
    return _ESCAPED.get(match[4], match[4])
