"""Receipts: what a load found, so that the very same load of what is still served is not read once more.

A receipt belongs to everything that decides a load's outcome: the sources' names and bytes, the options, this
program, the packages and time zones it reads with, and the manifest of the generation that the load left.
Any difference means that the sources are read in full.
"""

import hashlib
import json
import logging
import os
import sys
import zoneinfo
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from loaders.plan import Plan
from loaders.records.record import Options
from loaders.report import Report
from loaders.sources.find import digest
from service.stores.manifest import Manifest

KEPT = 20
"""Receipts kept, the newest."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the same load would plan and report now."""

    plan: Plan
    report: Report


def identify(sources: Sequence[str], options: Options, *, allow_removals: bool) -> str | None:
    """Return a digest of all that decides what a load reads; None if the sources can be read only once.

    Raises InputError for a source that cannot be read.
    """
    content = digest(sources)
    return content and _digest([content, asdict(options), allow_removals, *_program()])


class Receipts:
    """A small file of receipts. One that is damaged is said to be, and holds none."""

    def __init__(self, file: Path) -> None:
        """Name the file; it need not be there."""
        self._file = file

    def find(self, identity: str, manifest: Manifest) -> Receipt | None:
        """Return what the load of that identity would find in the generation of that manifest."""
        values = self._read().get(_key(identity, manifest))
        return values and _receipt(values)

    def keep(self, identity: str, manifest: Manifest, plan: Plan, report: Report) -> None:
        """Keep what a load planned and found before it left the generation of that manifest.

        Where it cannot be kept, that is said: the load itself is done.
        """
        same = plan.new + plan.changed + plan.same
        values = {
            "plan": asdict(Plan(0, 0, 0, 0, same, plan.kept, plan.held)),
            "report": {name: getattr(report, name) for name in _REPORTED},
        }
        kept = self._read()
        kept.pop(_key(identity, manifest), None)
        newest = dict([*kept.items(), (_key(identity, manifest), values)][-KEPT:])
        beside = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        try:
            beside.write_text(json.dumps(newest), "utf-8")
            beside.replace(self._file)
        except OSError as error:
            log.warning(
                "%s is not written: %s. The next load reads its sources again.", self._file, error
            )

    def _read(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self._file.read_text("utf-8"))
            for values in found.values():
                _receipt(values)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("%s is damaged (%s): sources are read in full.", self._file, error)
            return {}
        return found


_REPORTED = ("read", "kept", "bad", "thin", "skipped", "noted", "ignored", "examples")


def _receipt(values: dict[str, Any]) -> Receipt:
    report = Report(**{name: values["report"][name] for name in _REPORTED})
    report.skipped, report.noted = Counter(report.skipped), Counter(report.noted)
    return Receipt(Plan(**values["plan"]), report)


def _key(identity: str, manifest: Manifest) -> str:
    return _digest([identity, manifest.as_dict()])


def _program() -> list[Any]:
    """The program's own code, the packages beside it, and the time zones of the system."""
    root = Path(__file__).parents[1]
    code = hashlib.blake2b(digest_size=16)
    for file in sorted((*root.glob("loaders/**/*.py"), *root.glob("service/**/*.py"))):
        code.update(file.read_bytes())
    packages = sorted(f"{found.name} {found.version}" for found in distributions())
    zones = [Path(path).stat().st_mtime_ns for path in zoneinfo.TZPATH if Path(path).is_dir()]
    return [code.hexdigest(), sys.version, packages, zones]


def _digest(values: Any) -> str:
    return hashlib.blake2b(json.dumps(values).encode(), digest_size=16).hexdigest()
