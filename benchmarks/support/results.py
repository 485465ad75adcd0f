"""The report of a benchmark: machine, versions and a table of rows, printed and as JSON."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = (
    "torch",
    "sentence-transformers",
    "openvino",
    "qdrant-edge-py",
    "qdrant-client",
    "txtai",
    "numpy",
)


PAUSE = 0.005
"""Seconds to wait between variants, as worker threads of the previous one spin before they sleep."""


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: `ratio` says how many times better `ours` is than `baseline`, in `unit`."""

    what: str
    baseline: float
    ours: float
    unit: str
    ratio: float
    spread: str = ""


def spread(values: Sequence[float]) -> str:
    """Return the range of some measurements as text."""
    return f"{min(values):.3g} to {max(values):.3g} over {len(values)} runs"


def middle_half(values: Sequence[float]) -> str:
    """Return the interquartile range of some measurements as text."""
    lower, _, upper = statistics.quantiles(values, n=4)
    return f"{lower:.3g} to {upper:.3g} in half of {len(values)}"


def median(values: Sequence[float]) -> float:
    """Return the median of some measurements."""
    return statistics.median(values)


def report(rows: Sequence[Row], command: str, file: Path | None) -> None:
    """Print the rows as a table and, if a file is given, write them as JSON."""
    machine = describe_machine()
    print(f"{machine}\n{command}\n")
    print("| what | baseline | ours | ratio | spread |\n|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row.what} | {row.baseline:.4g} {row.unit} | {row.ours:.4g} {row.unit} "
            f"| {row.ratio:.3g} | {row.spread} |"
        )
    if file:
        values = {
            "machine": machine,
            "command": command,
            "versions": versions(),
            "rows": [asdict(row) for row in rows],
        }
        file.write_text(json.dumps(values, indent=1) + "\n", "utf-8")


def describe_machine() -> str:
    """Return a one-line description of processor, cores and operating system."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        name = lines[0].split(":", 1)[1].strip() if lines else name
    return (
        f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    )


def versions() -> dict[str, str]:
    """Return the versions of the packages that affect the results."""
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
