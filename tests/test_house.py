"""The rules of the house: who may import whom, pinned versions, the tree of errors."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from service import errors

ROOT = Path(__file__).parent.parent

SEARCHING = (
    "service/query/",
    "service/programme/",
    "service/verdict/",
    "service/search/",
    "service/plan/",
    "service/mcp/",
    "service/web/",
)
OUTSIDE = ("conference_helper/", "loaders/", "evaluation/", "training/", "benchmarks/")
ALLOWED = {
    "qdrant_edge": ("service/stores/", "benchmarks/support/shards.py"),
    "qdrant_client": ("service/stores/",),
    "torch": ("service/encoders/", "training/"),
    "transformers": ("service/encoders/", "training/", "benchmarks/train.py"),
    "sentence_transformers": ("service/encoders/", "training/", "benchmarks/"),
    "openvino": ("service/encoders/openvino/",),
    "txtai": ("benchmarks/support/peers.py",),
    "tokenizers": ("service/encoders/", "training/"),
    "flask": ("service/web/",),
    "werkzeug": ("service/web/",),
    "icalendar": ("service/calendar/", "loaders/calendars/"),
    "granian": ("service/web/",),
    "redis": ("service/runtime/shared_rate_limit.py",),
    # The rooms of service, from the innermost: each is imported by those below it, and from outside.
    "service.encoders": ("service/encoders/", *OUTSIDE),
    "service.stores": (*SEARCHING, "service/stores/", "service/calendar/", *OUTSIDE),
    "service.query": (*SEARCHING, *OUTSIDE),
    "service.programme": (
        "service/programme/",
        "service/search/",
        "service/mcp/",
        "service/web/",
        *OUTSIDE,
    ),
    "service.verdict": (
        "service/verdict/",
        "service/search/",
        "service/mcp/",
        "service/web/",
        *OUTSIDE,
    ),
    "service.search": (
        "service/search/",
        "service/plan/",
        "service/mcp/",
        "service/web/",
        *OUTSIDE,
    ),
    "service.plan": ("service/plan/", "service/mcp/", "service/web/", *OUTSIDE),
    "service.calendar": ("service/calendar/", "service/mcp/", "service/web/", "loaders/"),
    "service.mcp": ("service/mcp/", "service/web/", "conference_helper/", "benchmarks/"),
    "service.keys": ("service/keys/", "service/web/", "conference_helper/"),
    "service.web": ("service/web/", "conference_helper/", "benchmarks/"),
    "loaders": ("loaders/", "evaluation/", "conference_helper/", "training/", "benchmarks/"),
    "evaluation": ("evaluation/", "conference_helper/", "training/", "benchmarks/"),
    "training": ("training/", "conference_helper/", "benchmarks/"),
    "benchmarks": ("benchmarks/",),
    "conference_helper": ("conference_helper/", "benchmarks/"),
}
"""Who may import what; everything else may be imported by anyone."""
LINES = 300
"""Of a file: one that is longer has two rooms in it."""


def modules() -> Iterator[Path]:
    for folder in (
        "conference_helper",
        "service",
        "loaders",
        "evaluation",
        "training",
        "benchmarks",
    ):
        yield from sorted((ROOT / folder).rglob("*.py"))


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_go_one_way() -> None:
    for file in modules():
        place = file.relative_to(ROOT).as_posix()
        for name in imports(file):
            for package, homes in ALLOWED.items():
                if name == package or name.startswith(package + "."):
                    assert place.startswith(homes), f"{place} imports {name}"


@pytest.mark.parametrize("folder", ["training", "docs"])
def test_no_module_beside_a_script_hides_a_library(folder: str) -> None:
    """A script's own folder comes first on the path, before the libraries."""
    libraries = set(packages_distributions()) | set(sys.stdlib_module_names)
    own = {file.stem for file in (ROOT / folder).glob("*.py")} - {"__init__"}
    assert own.isdisjoint(libraries), own & libraries


def test_heavy_libraries_are_not_imported_before_they_are_used() -> None:
    code = (
        "import sys, conference_helper.cli, service.search.searcher, service.stores.edge.store, loaders.load, "
        "service.encoders.open, service.web; "
        "print([n for n in ('torch', 'transformers', 'sentence_transformers', 'huggingface_hub') "
        "if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_no_file_is_too_long() -> None:
    files = [*modules(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "docs").glob("*.py")]
    lengths = {file: len(file.read_text("utf-8").splitlines()) for file in files}
    assert {str(file): lines for file, lines in lengths.items() if lines > LINES} == {}


def test_version_stands_in_the_changelog() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [name for names in project["optional-dependencies"].values() for name in names]
    pins = (ROOT / "constraints.txt").read_text()
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in pins.split()}
    for name in [*project["dependencies"], *extras]:
        assert name.lower().replace("_", "-") in pinned, f"{name} is not in constraints.txt"
    assert "qdrant-edge-py==0.9.0" in pins
    assert "torch==2.13.0" in pins


def test_the_tree_of_errors_stands_in_its_docstring() -> None:
    kinds = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    assert kinds == set(re.findall(r"\b\w+Error\b", errors.__doc__ or ""))
