"""The identity of a process, by which others on its machine can tell that it has ended.

A pid says little by itself: it is used again, and every container counts its own. So it is kept with the time
at which the process started, and with what it counts in: the machine since it was booted, and the namespace.
"""

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PROC = Path("/proc")
_STATE, _STARTED = 0, 19
"""Fields of /proc/PID/stat behind the name, which may contain anything: `state` and `starttime`."""
_ENDED = ("Z", "X")  # killed, and perhaps never waited for by its parent


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process among all that ever ran: its pid, and when it started in clock ticks of its machine."""

    machine: str
    pid: int
    started: int

    def as_dict(self) -> dict[str, Any]:
        """Return the identity as JSON values."""
        return {"machine": self.machine, "pid": self.pid, "started": self.started}

    @classmethod
    def from_dict(cls, values: Any) -> "ProcessIdentity | None":
        """Return the identity that `as_dict` gave, None for anything else."""
        try:
            return cls(str(values["machine"]), int(values["pid"]), int(values["started"]))
        except (KeyError, TypeError, ValueError):
            return None

    def has_ended(self) -> bool:
        """Return whether it is certain that the process has ended.

        False for a process of another machine or container, and where the system does not tell.
        """
        machine = _machine()
        if machine is None or machine != self.machine or self.pid <= 0:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except (OSError, OverflowError):
            pass  # it is another user's, and there
        stat = _stat(self.pid)
        return bool(stat) and (stat[_STATE] in _ENDED or int(stat[_STARTED]) != self.started)


def current_process() -> ProcessIdentity | None:
    """Return the identity of this process, None where the system does not tell."""
    machine, stat = _machine(), _stat(os.getpid())
    return ProcessIdentity(machine, os.getpid(), int(stat[_STARTED])) if machine and stat else None


def _machine() -> str | None:
    """Return what pids are counted in: a boot of a machine, and its namespace; None where that is unknown."""
    try:
        if (_PROC / "self").readlink().name != str(os.getpid()):
            return None  # /proc is that of another namespace: its pids are not those of `kill`
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
        namespace = (_PROC / "self/ns/pid").readlink().name
    except (OSError, ValueError):
        return None
    return f"{socket.gethostname()} {boot} {namespace}"


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat behind the process's name; none where it cannot be read."""
    try:
        return (_PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []
