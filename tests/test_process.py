"""Processes told apart: that one has ended is known on its machine, and no living one is taken for it."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from support.processes import wait_until

from service.runtime import process
from service.runtime.process import ProcessIdentity, current_process

ASLEEP = (sys.executable, "-c", "print(flush=True); import time; time.sleep(3600)")


@pytest.fixture
def this() -> ProcessIdentity:
    found = current_process()
    if found is None:
        pytest.skip("this system does not tell a process from those before it")
    return found


def started(pid: int, like: ProcessIdentity) -> ProcessIdentity:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return replace(like, pid=pid, started=int(fields[19]))


def test_a_living_process_has_not_ended(this: ProcessIdentity) -> None:
    assert this.pid == os.getpid()
    assert not this.has_ended()
    assert ProcessIdentity.from_dict(this.as_dict()) == this


def test_a_killed_process_has_ended_before_its_parent_looks_and_after(
    this: ProcessIdentity,
) -> None:
    with subprocess.Popen(ASLEEP, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        other = started(child.pid, this)
        assert not other.has_ended()
        child.kill()
        wait_until(other.has_ended)
        assert child.returncode is None, "nobody waited for it yet"
    assert other.has_ended()


def test_a_pid_that_is_used_again_is_another_process(this: ProcessIdentity) -> None:
    assert replace(this, started=this.started - 1).has_ended()


def test_a_process_of_another_machine_or_container_is_not_judged(this: ProcessIdentity) -> None:
    ended = replace(this, started=this.started - 1)
    assert not replace(ended, machine=f"another{this.machine}").has_ended()
    assert not replace(ended, pid=0).has_ended()
    assert not replace(this, pid=2**80).has_ended()


def test_a_process_of_another_user_is_there(
    this: ProcessIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbid(pid: int, number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", forbid)
    assert not this.has_ended()
    assert not replace(this, pid=2**22 + 1).has_ended(), "hidden from us in /proc"


def test_where_the_system_does_not_tell_nothing_has_ended(
    this: ProcessIdentity, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(process, "_PROC", tmp_path)
    assert current_process() is None
    assert not replace(this, pid=2**22 + 1).has_ended()
    (tmp_path / "self").symlink_to("1")  # the /proc of another namespace
    assert current_process() is None


@pytest.mark.parametrize("values", [None, {}, "x", {"machine": "m", "pid": "one", "started": 1}])
def test_what_is_no_identity_is_none(values: object) -> None:
    assert ProcessIdentity.from_dict(values) is None
