"""Small files damaged at random, but by their structure: tokens, lines and brackets, not bytes alone."""

import re
from collections.abc import Callable, Sequence
from random import Random

_TOKEN = re.compile(rb"\w+|\s+|[^\w\s]")
_MAX_SIZE = 20_000
_MAX_NESTED = 3_000
_JUNK = [
    b"\0",
    b"\xff",
    b'"',
    b"'",
    b"\n",
    b"\r\n",
    b"<",
    b">",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b";",
    b",",
    b"\\",
    b"\\u",
    b"&x;",
    b"&#0;",
    b"null",
    b"NaN",
    b"-1",
    b"1e999",
    b"99999999999999999999",
    b"0000-00-00",
    b"2026-02-30T25:61",
    b"BEGIN:VEVENT\n",
    b"END:VEVENT\n",
    b"RRULE:FREQ=DAILY\n",
    b"title",
    b"Title",
    b"speakers",
    b"start",
    b"\xed\xa0\x80",
    b"--- \n",
    b"&a",
    b"*a",
    b"!!python/object:os.system",
    b"<!DOCTYPE x>",
    b"\xe2\x80\xa8",
    b"",
    b" " * 200,
    b"x" * 5000,
]
_PAIRS = [
    (b"[", b"]"),
    (b"{", b"}"),
    (b"<a>", b"</a>"),
    (b'{"a":', b"}"),
    (b"- ", b""),
    (b"(", b")"),
]


def mutate(content: bytes, others: Sequence[bytes], random: Random) -> bytes:
    """Return the content after one to six changes; `others` are contents to take parts from."""
    for _ in range(random.randint(1, 6)):
        content = random.choice(_CHANGES)(content, others, random)[:_MAX_SIZE]
    return content


def _span(length: int, random: Random) -> tuple[int, int]:
    start = random.randint(0, length)
    return start, min(length, start + random.choice((1, 2, 8, 60, 500)))


def _overwrite(content: bytes, others: Sequence[bytes], random: Random) -> bytes:
    start, end = _span(len(content), random)
    return content[:start] + random.choice(_JUNK) + content[end:]


def _insert(content: bytes, others: Sequence[bytes], random: Random) -> bytes:
    position = random.randint(0, len(content))
    return content[:position] + random.choice(_JUNK) + content[position:]


def _flip(content: bytes, others: Sequence[bytes], random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.randint(1, 5) if content else 0):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _delete(content: bytes, others: Sequence[bytes], random: Random) -> bytes:
    start, end = _span(len(content), random)
    return content[:start] + content[end:]


def _repeat(content: bytes, others: Sequence[bytes], random: Random) -> bytes:
    start, end = _span(len(content), random)
    return content[:start] + content[start:end] * random.choice((2, 3, 40)) + content[end:]


def _splice(content: bytes, others: Sequence[bytes], random: Random) -> bytes:
    other = random.choice(others)
    start, end = _span(len(other), random)
    position = random.randint(0, len(content))
    return content[:position] + other[start:end] + content[position:]


def _swap_tokens(content: bytes, others: Sequence[bytes], random: Random) -> bytes:
    tokens = _TOKEN.findall(content)
    for _ in range(random.randint(1, 4) if tokens else 0):
        one, two = random.randrange(len(tokens)), random.randrange(len(tokens))
        tokens[one], tokens[two] = tokens[two], tokens[one]
    return b"".join(tokens)


def _swap_lines(content: bytes, others: Sequence[bytes], random: Random) -> bytes:
    lines = content.split(b"\n")
    one, two = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return b"\n".join(lines)


def _nest(content: bytes, others: Sequence[bytes], random: Random) -> bytes:
    opening, closing = random.choice(_PAIRS)
    start, end = _span(len(content), random)
    depth = random.choice((1, 10, _MAX_NESTED))
    return content[:start] + opening * depth + content[start:end] + closing * depth + content[end:]


_CHANGES: list[Callable[[bytes, Sequence[bytes], Random], bytes]] = [
    _overwrite,
    _insert,
    _flip,
    _delete,
    _repeat,
    _splice,
    _swap_tokens,
    _swap_lines,
    _nest,
]
