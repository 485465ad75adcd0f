"""The packages that the program installs: the same versions everywhere, each with the digests of its files."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REQUIREMENT = re.compile(r"^([\w.-]+)==(\S+)(?: ; [^\\\n]+)? \\\n((?:    --hash=.*\n)+)", re.M)


FILES = ("requirements.txt", "requirements-serve.txt")


@pytest.mark.parametrize("file", FILES)
def test_each_package_is_one_of_the_constraints_and_has_digests(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    found = REQUIREMENT.findall(text)
    assert len(found) == len(re.findall(r"^[^#\s]", text, re.M)), "a line of another form"
    assert {(_name(name), version) for name, version, _ in found} <= _constraints()
    for name, _, hashes in found:
        for line in hashes.split():
            assert re.fullmatch(r"--hash=sha256:[0-9a-f]{64}|\\", line), name


def test_each_package_that_the_program_names_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for file, wanted in zip(
        FILES,
        (project["project"]["dependencies"], project["dependency-groups"]["serve"]),
        strict=True,
    ):
        assert {_name(name) for name in wanted} <= _packages(file)
        assert _name("pytest") not in _packages(file), "nothing that only tests need"


def test_serving_needs_neither_torch_nor_what_brings_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed, serve = project["project"]["dependencies"], project["dependency-groups"]["serve"]
    assert set(needed) - set(serve) == {"ir-measures", "sentence-transformers", "torch"}
    assert set(serve) < set(needed)
    heavy = {"torch", "transformers", "sentence-transformers", "triton", "scipy", "scikit-learn"}
    assert heavy <= _packages("requirements.txt")
    assert heavy.isdisjoint(_packages("requirements-serve.txt"))


def test_files_that_the_program_reads_are_installed_with_it() -> None:
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    there = {
        file
        for pattern in setuptools["packages"]["find"]["include"]
        for file in (ROOT / pattern.rstrip("*")).rglob("*")
        if file.is_file() and file.suffix not in {".py", ".pyc"}
    }
    installed = {
        file
        for package, patterns in setuptools["package-data"].items()
        for pattern in patterns
        for file in (ROOT / package.replace(".", "/")).glob(pattern)
    }
    assert there - installed == {ROOT / "training/RESULTS.md"}


@pytest.mark.slow
def test_pip_takes_what_is_installed_for_them() -> None:
    """Nothing is fetched: pip compares the environment with the versions, and wants hashes for all."""
    options = ["--no-index", "--no-deps", "--dry-run", "--require-hashes", "--quiet"]
    command = [sys.executable, "-m", "pip", "install", *options, "-r", "requirements.txt"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"run `make lock` after a change of the constraints: {done.stderr}"


def _packages(file: str) -> set[str]:
    return {_name(name) for name, _, _ in REQUIREMENT.findall((ROOT / file).read_text("utf-8"))}


def _constraints() -> set[tuple[str, str]]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").split()
    return {(_name(name), version) for name, _, version in (line.partition("==") for line in lines)}


def _name(name: str) -> str:
    """Return a package's name as indexes spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()
