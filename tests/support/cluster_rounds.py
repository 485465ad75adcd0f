"""Rounds on a cluster: an operation, a fault in the middle of it, and what must hold afterwards."""

import random
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from service.errors import ConferenceHelperError
from service.runtime import deadline
from service.settings import Settings
from service.stores.backup import write_backup
from service.stores.edge.store import EdgeStore
from service.stores.verification import verify
from support.cluster_faults import FAULTS, Faults
from support.operating import Asking, Content, Loader, Rows, content
from support.processes import wait_until
from support.programmes import Loading, row
from support.qdrant_nodes import Cluster
from support.stores import server_store

SESSIONS = 60
_LONGEST_OPERATION = 200.0


@dataclass
class Round:
    """What a round was and what came of it."""

    fault: str
    operation: str
    seconds: float = 0.0
    asked: int = 0
    unanswered: list[str] = field(default_factory=list)
    error: str = ""
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return what it was in a line."""
        told = f"{self.fault}, {self.operation}: {self.seconds:.0f} s, {self.asked} questions"
        failed = f", {len(self.unanswered)} unanswered" if self.unanswered else ""
        ended = f", ended with {self.error[:200]}" if self.error else ""
        return " ".join([told + failed + ended, *(f"PROBLEM: {one}" for one in self.problems)])


def table(done: Sequence[Round]) -> str:
    """Return the rounds by fault, as a table in Markdown."""
    lines = [
        "| fault | rounds | operations that ended | questions | unanswered | rounds with a problem |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for fault in FAULTS:
        rounds = [one for one in done if one.fault == fault]
        ended, problems = (
            sum(map(bool, kind))
            for kind in ([one.error for one in rounds], [one.problems for one in rounds])
        )
        asked, failed = sum(one.asked for one in rounds), sum(len(one.unanswered) for one in rounds)
        lines.append(f"| {fault} | {len(rounds)} | {ended} | {asked:,} | {failed:,} | {problems} |")
    return "\n".join(lines)


class Rounds:
    """A catalogue on a cluster, changed in rounds while it is asked."""

    def __init__(self, settings: Settings, cluster: Cluster, folder: Path) -> None:
        self._cluster, self._folder = cluster, folder
        self._settings = settings
        self._version = 0
        self.store = server_store(settings)
        self.loader = Loader(settings, folder)
        self.asking = Asking(settings)

    def prepare(self) -> None:
        """Load twice, write a backup and an embedded catalogue to migrate, and begin to ask."""
        Loading(self.store, self._folder).rows(self._another_programme())
        write_backup(self.store, self._folder / "backup")
        self._restored = content(self.store)
        Loading(self.store, self._folder).rows(self._another_programme())
        with closing(EdgeStore(self._folder / "embedded", "sessions")) as embedded:
            Loading(embedded, self._folder).rows(self._another_programme())
            self._migrated = content(embedded)
        self.asking.allow(content(self.store))
        self.asking.start()

    def close(self) -> None:
        self.asking.stop()
        self.loader.close()
        self.store.close()

    def run(self, fault: str, operation: str, faults: Faults, draw: random.Random) -> Round:
        """Operate while there is a fault, and note what does not hold."""
        done = Round(fault, operation)
        started = time.monotonic()
        self.wait_until_settled()
        asked, failed = self.asking.asked, len(self.asking.failed)
        old = content(self.store)
        do, rows, new = self._drawn(operation, old, draw)
        self.asking.allow(old, new, between=operation == "load in place")
        self.loader.begin(do, rows, _LONGEST_OPERATION)
        time.sleep(draw.uniform(0, 1.5))
        heal = FAULTS[fault].begin(faults)
        time.sleep(draw.choice((0.3, 1.0, 3.0, 6.0)))
        heal()
        told = self.loader.result()
        self.wait_until_settled()
        self._check(done, told, (old, new), do, rows)
        self.asking.allow(new)
        done.asked, done.unanswered = self.asking.asked - asked, self.asking.failed[failed:]
        if FAULTS[fault].survived and done.unanswered:
            done.problems.append(f"{len(done.unanswered)} questions failed: {done.unanswered[0]}")
        done.problems += self.asking.take_wrong()
        done.seconds = time.monotonic() - started
        return done

    def _check(
        self,
        done: Round,
        told: dict[str, str],
        revisions: tuple[Content, Content],
        do: str,
        rows: Rows,
    ) -> None:
        old, new = revisions
        now = content(self.store)
        if told:
            done.error = f"{told['error']}: {told['text']}"
            if not FAULTS[done.fault].ends:
                done.problems.append(f"the operation failed: {done.error}")
        elif now != new:
            done.problems.append("the operation succeeded, and something else is served")
        if now not in revisions and not (
            done.operation == "load in place" and told and _is_between(now, old, new)
        ):
            done.problems.append("what is served is neither the old revision nor the new one")
        if now != new or (told and do == "load"):  # a load in place may lack its manifest alone
            self.loader.begin(do, rows, _LONGEST_OPERATION)
            if again := self.loader.result():
                done.problems.append(f"again: {again['error']}: {again['text']}")
        if content(self.store) != new:
            done.problems.append("the next operation did not end it")
        try:
            verify(self.store)
        except ConferenceHelperError as error:
            done.problems.append(str(error))

    def _drawn(
        self, operation: str, old: Content, draw: random.Random
    ) -> tuple[str, Rows, Content]:
        """Return what the loader is told, with which rows, and what is then served."""
        if operation == "restore":
            return "restore", [], self._restored
        if operation == "migrate":
            return "migrate", [], self._migrated
        if operation == "load in place":
            rows = self._changed(old, draw)
            return "load", rows, _content_of(rows)
        if operation == "rollback":
            previous = self.store.manifest().previous
            for manifest in self.store.generations():
                if manifest.generation == previous:
                    return "rollback", [], content(self.store, manifest)
        rows = self._another_programme()
        return "load", rows, _content_of(rows)

    def _another_programme(self) -> Rows:
        self._version += 1
        count = SESSIONS + self._version % 3
        return [row(n, title=f"Title number{n} edition{self._version}") for n in range(count)]

    def _changed(self, old: Content, draw: random.Random) -> Rows:
        """Three titles and a room are new, one session is gone, another has come."""
        self._version += 1
        numbers = sorted(int(number) for number in old)
        changed = draw.sample(numbers, 4)
        rows = [row(n, title=old[str(n)][0], room=old[str(n)][1]) for n in numbers]
        for one in rows:
            if one["id"] in changed[:2]:
                one["title"] = f"Title number{one['id']} edition{self._version}"
            elif one["id"] == changed[2]:
                one["room"] = f"Hall {self._version}"
        rows = [one for one in rows if one["id"] != changed[3]]
        return [*rows, row(max(numbers) + 1, title=f"Title number{max(numbers) + 1} new")]

    def wait_until_settled(self) -> None:
        """Wait until every node is there and every replica of the catalogue's collections is active."""
        self._cluster.wait_until_ready()
        wait_until(self._is_settled)
        # The breaker keeps askers away for seconds after a fault, which is not to be the next round's.
        wait_until(lambda: self.asking.is_answered)

    def _is_settled(self) -> bool:
        try:
            with deadline.within(5):
                return all(map(self._is_active, self._collections()))
        except ConferenceHelperError:
            return False

    def _collections(self) -> list[str]:
        answer = self.store.connection.call("list", lambda client: client.get_collections())
        names = [one.name for one in answer.collections]
        return [name for name in names if name.startswith(self._settings.catalogue)]

    def _is_active(self, name: str) -> bool:
        seen: Any = self.store.connection.call(
            "look", lambda client: client.http.distributed_api.collection_cluster_info(name).result
        )
        shards = [*seen.local_shards, *seen.remote_shards]
        return not seen.shard_transfers and all(shard.state == "Active" for shard in shards)


def _content_of(rows: Rows) -> Content:
    return {str(one["id"]): (one["title"], one["room"]) for one in rows}


def _is_between(now: Content, old: Content, new: Content) -> bool:
    """Whether every session is the old one or the new one, and none is lost that both have."""
    known = all(value in (old.get(id), new.get(id)) for id, value in now.items())
    return known and old.keys() & new.keys() <= now.keys()
