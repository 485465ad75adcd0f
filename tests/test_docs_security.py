"""docs/security.md covers every requirement of OWASP ASVS 5.0, levels 1 and 2, and the tests it names exist."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/security.md").read_text("utf-8")
LEVELS = """
1.1 22 | 1.2 1111122223 | 1.3 112222222223 | 1.4 222 | 1.5 123
2.1 122 | 2.2 112 | 2.3 12223 | 2.4 23
3.1 3 | 3.2 113 | 3.3 12223 | 3.4 11222233 | 3.5 11122333 | 3.6 3 | 3.7 22333
4.1 12233 | 4.2 23333 | 4.3 22 | 4.4 1222
5.1 2 | 5.2 112333 | 5.3 113 | 5.4 222
6.1 122 | 6.2 111111112222 | 6.3 11223333 | 6.4 112233 | 6.5 22222333 | 6.6 2223 | 6.7 33 | 6.8 2222
7.1 222 | 7.2 1111 | 7.3 22 | 7.4 11222 | 7.5 223 | 7.6 22
8.1 1233 | 8.2 1123 | 8.3 133 | 8.4 23
9.1 111 | 9.2 1222
10.1 22 | 10.2 223 | 10.3 22223 | 10.4 1111122222233333 | 10.5 22222 | 10.6 22 | 10.7 222
11.1 2233 | 11.2 22233 | 11.3 11233 | 11.4 1222 | 11.5 23 | 11.6 23 | 11.7 33
12.1 12233 | 12.2 11 | 12.3 22223
13.1 2333 | 13.2 222223 | 13.3 2233 | 13.4 1222233
14.1 22 | 14.2 12223333 | 14.3 122
15.1 12233 | 15.2 12233 | 15.3 1222222 | 15.4 3333
16.1 2 | 16.2 22222 | 16.3 2222 | 16.4 222 | 16.5 2223
17.1 23 | 17.2 22223333 | 17.3 22
"""
"""The levels of the requirements of each section, in order: 1.5 has one of each."""
REQUIREMENTS = [
    f"{section}.{number}"
    for section, levels in re.findall(r"([\d.]+) (\d+)", LEVELS)
    for number, level in enumerate(levels, 1)
    if level != "3"
]
TITLES = ("Held", "Left to whoever runs it", "Does not apply", "Not met")
NAMED = re.findall(r"`((?:hostile/)?test_\w+\.py)::(test_\w+)`", PAGE)


def rows(title: str) -> list[list[str]]:
    """Return the cells of each row of a table, by the title above it."""
    section = PAGE.split(f"### {title}\n")[1].split("\n###")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


def expand(numbers: str) -> list[str]:
    """Return the requirements that a cell names: by number, as a range, or all of a chapter or section."""
    found: list[str] = []
    for part in numbers.split(", "):
        first, _, last = part.partition(" to ")
        if last:
            found += REQUIREMENTS[REQUIREMENTS.index(first) : REQUIREMENTS.index(last) + 1]
        else:
            found += [one for one in REQUIREMENTS if f"{one}.".startswith(f"{first}.")] or [first]
    return found


def test_every_requirement_has_one_place() -> None:
    placed = Counter(one for title in TITLES for row in rows(title) for one in expand(row[0]))
    assert len(REQUIREMENTS) == 253
    assert sorted(set(REQUIREMENTS) - placed.keys()) == []
    assert sorted(placed.keys() - set(REQUIREMENTS)) == []
    assert [one for one, times in placed.items() if times > 1] == []


def test_the_counts_are_those_of_the_tables() -> None:
    held, left, out, unmet = (sum(len(expand(row[0])) for row in rows(title)) for title in TITLES)
    told = re.search(
        r"these, (\d+) are held here, (\d+) are left .*?, (\d+) do not apply, and (\d+)", PAGE
    )
    assert told
    assert tuple(map(int, told.groups())) == (held, left, out, unmet)


def test_whatever_is_held_names_a_test_or_a_page() -> None:
    assert [row[0] for row in rows("Held") if not re.search(r"::test_|\]\(", row[2])] == []


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED)))
def test_the_tests_that_are_named_exist(file: str, test: str) -> None:
    assert f"\ndef {test}(" in (ROOT / "tests" / file).read_text("utf-8")


def test_lint_looks_for_injection_and_weak_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lint = project["tool"]["ruff"]["lint"]
    ignored = [*lint["ignore"], *lint["per-file-ignores"].get("service/*", [])]
    assert "S" in lint["select"]
    assert [rule for rule in ignored if rule.startswith("S")] == []
