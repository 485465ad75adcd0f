"""Faults of a cluster: each begins at once and returns what ends it."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from support.cut_network import Network
from support.full_disks import Disks
from support.qdrant_nodes import Cluster, Node

Heal = Callable[[], None]


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    begin     starts it, on nodes that it draws
    survived  a replica of every shard lives meanwhile: no question may fail
    ends      an operation may end without success in it
    """

    begin: "Callable[[Faults], Heal]"
    survived: bool = False
    ends: bool = False


class Faults:
    """What can befall a cluster and the loader at work on it."""

    def __init__(
        self,
        cluster: Cluster,
        network: Network,
        disks: Disks,
        kill_loader: Callable[[], None],
        draw: random.Random,
    ) -> None:
        self._cluster = cluster
        self._network = network
        self._disks = disks
        self._kill_loader = kill_loader
        self._draw = draw

    def kill(self, count: int) -> Heal:
        nodes = self._some(count)
        for node in nodes:
            node.kill()
        return lambda: _each(nodes, Node.start)

    def hang(self, count: int) -> Heal:
        nodes = self._some(count)
        _each(nodes, Node.hang)
        return lambda: _each(nodes, Node.go_on)

    def cut_off(self) -> Heal:
        """Cut one node from the others, both ways, or only what they send to it."""
        node, both = self._some(1)[0], self._draw.random() < 0.5
        self._network.cut(
            lambda sender, port: port == node.peer_port or (both and sender == node.pid),
            [other.pid for other in self._cluster.nodes if other.pid],
        )
        return self._network.mend

    def fill_disks(self, count: int) -> Heal:
        """Fill disks; the nodes are started again once there is space.

        Some die of it, and those that go on have left the cluster's consensus until then.
        """
        numbers = self._draw.sample(range(len(self._cluster.nodes)), count)
        for number in numbers:
            self._disks.fill(number)

        def heal() -> None:
            for number in numbers:
                self._disks.free(number)
                self._cluster.nodes[number].kill()
                self._cluster.nodes[number].start()

        return heal

    def kill_loader(self) -> Heal:
        self._kill_loader()
        return lambda: None

    def _some(self, count: int) -> list[Node]:
        return self._draw.sample(self._cluster.nodes, count)


def _each(nodes: Sequence[Node], do: Callable[[Node], None]) -> None:
    for node in nodes:
        do(node)


FAULTS = {
    "one node killed": Fault(lambda faults: faults.kill(1), survived=True),
    "two nodes killed": Fault(lambda faults: faults.kill(2)),
    "all nodes killed": Fault(lambda faults: faults.kill(3)),
    "one node hung": Fault(lambda faults: faults.hang(1), survived=True),
    "two nodes hung": Fault(lambda faults: faults.hang(2)),
    "one node cut off": Fault(lambda faults: faults.cut_off(), survived=True),
    "one disk full": Fault(lambda faults: faults.fill_disks(1), survived=True, ends=True),
    "all disks full": Fault(lambda faults: faults.fill_disks(3), ends=True),
    "loader killed": Fault(lambda faults: faults.kill_loader(), survived=True, ends=True),
}
