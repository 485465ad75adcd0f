"""The packages that the program installs: the same versions everywhere, each with the digests of its files."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REQUIREMENT = re.compile(r"^([\w.-]+)==(\S+)(?: ; [^\\\n]+)? \\\n((?:    --hash=.*\n)+)", re.M)


def test_each_package_is_one_of_the_constraints_and_has_digests() -> None:
    text = _requirements()
    found = REQUIREMENT.findall(text)
    assert len(found) == len(re.findall(r"^[^#\s]", text, re.M)), "a line of another form"
    assert {(_name(name), version) for name, version, _ in found} <= _constraints()
    for name, _, hashes in found:
        for line in hashes.split():
            assert re.fullmatch(r"--hash=sha256:[0-9a-f]{64}|\\", line), name


def test_each_package_that_the_program_names_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = {_name(name) for name, _, _ in REQUIREMENT.findall(_requirements())}
    assert {_name(name) for name in project["dependencies"]} <= found
    assert _name("pytest") not in found, "nothing that only tests need"


@pytest.mark.slow
def test_pip_takes_what_is_installed_for_them() -> None:
    """Nothing is fetched: pip compares the environment with the versions, and wants hashes for all."""
    options = ["--no-index", "--no-deps", "--dry-run", "--require-hashes", "--quiet"]
    command = [sys.executable, "-m", "pip", "install", *options, "-r", "requirements.txt"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"run `make lock` after a change of the constraints: {done.stderr}"


def _requirements() -> str:
    return (ROOT / "requirements.txt").read_text("utf-8")


def _constraints() -> set[tuple[str, str]]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").split()
    return {(_name(name), version) for name, _, version in (line.partition("==") for line in lines)}


def _name(name: str) -> str:
    """Return a package's name as indexes spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()
