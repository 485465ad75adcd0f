"""A cluster whose nodes are killed, hang, are cut off or run full while a loader works and people ask.

    CONFERENCE_HELPER_TEST_LONG=1 pytest -s tests/test_cluster_faults.py

runs 500 rounds instead of ten, and prints what came of them.
"""

import os
import random
import sys
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from support import qdrant_nodes
from support.cluster_faults import FAULTS, Faults
from support.cluster_rounds import Round, Rounds, table
from support.cut_network import Network
from support.full_disks import small_disks
from support.qdrant_server import own_catalogue

pytestmark = pytest.mark.slow

LONG = bool(os.environ.get("CONFERENCE_HELPER_TEST_LONG"))
ROUNDS = int(os.environ.get("CONFERENCE_HELPER_TEST_ROUNDS", 500 if LONG else 10))
SEED = int(os.environ.get("CONFERENCE_HELPER_TEST_SEED", 0))
DISK_MEGABYTES = 3000
OPERATIONS = ("load", "load in place", "load", "load in place", "rollback", "restore", "migrate")


def test_what_is_served_is_whole_whatever_befalls_the_cluster(
    qdrant_binary: str, tmp_path: Path
) -> None:
    draw = random.Random(SEED)
    with ExitStack() as stack:
        network = stack.enter_context(closing(Network()))
        folders = [tmp_path / f"node{number}" for number in range(1, 4)]
        disks = stack.enter_context(small_disks(folders, DISK_MEGABYTES))
        cluster = stack.enter_context(
            qdrant_nodes.three(
                qdrant_binary, tmp_path, reached_at=network.reached_at, within=disks.within
            )
        )
        options = {"shards": 3, "replicas": 2, "retry_seconds": 90, "lock_seconds": 5}
        settings = stack.enter_context(own_catalogue(url=cluster.url, **options))
        rounds = stack.enter_context(closing(Rounds(settings, cluster, tmp_path)))
        rounds.prepare()
        faults = Faults(cluster, network, disks, rounds.loader.kill, draw)
        kinds = [*FAULTS]
        done: list[Round] = []
        for number in range(ROUNDS):
            if number % len(kinds) == 0:
                draw.shuffle(kinds)
            fault, operation = kinds[number % len(kinds)], draw.choice(OPERATIONS)
            done.append(rounds.run(fault, operation, faults, draw))
            sys.stderr.write(f"{number} {done[-1]}\n")
            if LONG and number % 10 == 9:
                sys.stderr.write(f"{table(done)}\n")
    assert [str(one) for one in done if one.problems] == []
