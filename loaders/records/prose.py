"""Cleans up abstracts: drops repeated sentences and joins hard-wrapped lines."""

import re
from itertools import pairwise

_MIN_REPEATED = 60
"""Minimum length in characters of a sentence that is dropped when repeated; shorter ones may be headings."""
_BLANK_LINES = re.compile(r"\n{2,}")
_SENTENCES = re.compile(r"(?<=[.!?]) +")
_WRAPPED = range(50, 91)
"""Length in characters of a hard-wrapped line."""
_MIN_WRAPPED = 3
_ENDS = re.compile(r"[.!?:;…][\"')\]]*$")
_MAX_ENDS = 0.34
"""Maximum share of hard-wrapped lines that end a sentence: deliberate line breaks more often do."""
_MIN_SHARE = 0.75
"""Minimum share of non-final lines that have the length of a hard-wrapped line."""
_ITEM = re.compile(r"\s*([-*•–+>]|\(?\w{1,3}[.)]\s|\d|https?://)")
"""Start of a line that is never joined to the one before: a list item, a time or a URL."""


def tidy(text: str) -> str:
    """Return an abstract without repeated sentences and hard line breaks."""
    return drop_repeats(unwrap(text)) if "\n" in text else text


def drop_repeats(text: str) -> str:
    """Return the text without repeated long sentences, and without repeated short ones on their lines."""
    if not _may_repeat(text):
        return text
    lines = [_SENTENCES.split(line) for line in text.split("\n")]
    long = [one for line in lines for one in line if len(one) >= _MIN_REPEATED]
    if len(set(long)) == len(long):
        return text
    told: set[str] = set()
    kept: list[str] = []
    for line in lines:
        left = line
        if any(one in told for one in line if len(one) >= _MIN_REPEATED):
            left = [one for one in line if one not in told]
        if left:
            kept.append(" ".join(left))
        told.update(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _may_repeat(text: str) -> bool:
    """Return whether a long sentence may be there twice; far cheaper than to split the text exactly."""
    parts = text.replace("\n", ". ").replace("! ", ". ").replace("? ", ". ").split(". ")
    long = [part.strip(" .!?") for part in parts if len(part) >= _MIN_REPEATED - 1]
    return len(set(long)) < len(long)


def unwrap(text: str) -> str:
    """Return the text with hard-wrapped lines joined, if most lines are hard-wrapped."""
    if sum(map(_WRAPPED.__contains__, map(len, text.split("\n")))) < _MIN_WRAPPED:
        return text
    blocks = [block.split("\n") for block in _BLANK_LINES.split(text)]
    before = [
        line
        for block in blocks
        for line, following in pairwise(block)
        if not _ITEM.match(following)
    ]
    wrapped = [line for line in before if len(line) in _WRAPPED]
    ends = sum(1 for line in wrapped if _ENDS.search(line))
    if len(wrapped) < max(_MIN_WRAPPED, _MIN_SHARE * len(before)) or ends > _MAX_ENDS * len(
        wrapped
    ):
        return text
    return "\n\n".join("\n".join(_join(block)) for block in blocks)


def _join(lines: list[str]) -> list[str]:
    """Return the lines of a paragraph, hard-wrapped ones joined with the next."""
    joined: list[str] = []
    is_open = False
    for line in lines:
        if joined and is_open and not _ITEM.match(line):
            joined[-1] += f" {line.lstrip()}"
        else:
            joined.append(line)
        is_open = len(line) >= _WRAPPED.start
    return joined
