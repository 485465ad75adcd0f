"""Benchmark of hostile files: the processor time and memory that reading each takes, in a child process.

    python -m benchmarks.hostile [--only WORD] [--json FILE]

Time is that of the processors, and memory the peak, of reading and cleaning, with start and imports, all
processes included. No input of up to 100 kB may take more than 5 s or 500 MB, none of up to 10 MB more than
60 s or 1 GB; what does is marked, and the command fails. `before` is what such a file took before there were
limits, where that was measured; runs "> 75 s" were stopped then.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.support.attacks import ATTACKS, Attack
from benchmarks.support.results import describe_machine
from loaders.records.record import Options
from loaders.report import Report
from loaders.sources.find import find_sources
from loaders.staging.database import Staging
from loaders.staging.read import stage
from service.errors import InputError

_SMALL, _LARGE = 100_000, 10**7
_MOST = {_SMALL: (5, 500), _LARGE: (60, 1000)}
"""Seconds and MB by size, with a tenth more bytes allowed for."""
_MAX_SAID = 80


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attack: processor seconds, peak MB, and what the load said."""

    attack: str
    size: int
    before: str
    seconds: float
    megabytes: int
    said: str

    @property
    def is_within(self) -> bool:
        """Whether time and memory stay within the limits for the file's size."""
        limits = [most for size, most in _MOST.items() if self.size <= 1.1 * size]
        return not limits or (self.seconds <= limits[0][0] and self.megabytes <= limits[0][1])


def main() -> None:
    """Parse the arguments, run the attacks and print their table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", help="Run the attacks whose names have this word.")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.read:
        print(json.dumps(read(args.read)))
        return
    print(f"{describe_machine()}\npython -m benchmarks.hostile\n")
    print("| attack | bytes | before | processor time | memory | what is said |")
    print("|---|---|---|---|---|---|")
    outcomes = []
    for attack in ATTACKS:
        if args.only in attack.name:
            outcomes.append(outcome := run(attack))
            print(_line(outcome), flush=True)
    if args.json:
        args.json.write_text(json.dumps([asdict(outcome) for outcome in outcomes], indent=1))
    sys.exit(not all(outcome.is_within for outcome in outcomes))


def run(attack: Attack) -> Outcome:
    """Write an attack's file and read it in another process."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / attack.file
        file.write_bytes(attack.make())
        size = file.stat().st_size
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "benchmarks.hostile", "--read", str(file)],
            stdout=subprocess.PIPE,
            check=True,
        )
        seconds, megabytes, said = json.loads(done.stdout)
    said = said.replace(f"{folder}/", "")
    return Outcome(attack.name, size, attack.before, seconds, megabytes, said)


def read(file: Path) -> tuple[float, int, str]:
    """Read and clean a file; return processor seconds, peak memory in MB, and the outcome."""
    report, staging = Report(), Staging()
    options = Options(event="E", year=2026, timezone="UTC")
    try:
        stage(find_sources([str(file)]), options, staging, report)
        said = f"{report.accepted} sessions"
    except InputError as error:
        said = str(error)
    finally:
        staging.close()
    own, others = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seconds = sum(usage.ru_utime + usage.ru_stime for usage in (own, others))
    return seconds, (_own_peak() + others.ru_maxrss) * 1024 // 10**6, said


def _own_peak() -> int:
    """Return the peak memory of this process, in KiB; getrusage counts that of the one which started it too."""
    match = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert match  # on Linux
    return int(match[1])


def _line(outcome: Outcome) -> str:
    said = outcome.said[:_MAX_SAID] + ("…" if len(outcome.said) > _MAX_SAID else "")
    mark = "" if outcome.is_within else " (too much)"
    return (
        f"| {outcome.attack} | {outcome.size:,} | {outcome.before} | {outcome.seconds:.1f} s | "
        f"{outcome.megabytes} MB{mark} | {said} |"
    )


if __name__ == "__main__":
    main()
