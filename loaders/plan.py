"""Plan: how many sessions a load adds, changes and removes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many sessions a load adds, changes and removes.

    `reembedded` of the `changed` ones need a new vector. `protected` of the `same` ones are in no source, but
    may be what an invalid row stands for. `other_events` are those of events and years not in the sources.
    """

    new: int
    changed: int
    reembedded: int
    gone: int
    same: int
    other_events: int
    protected: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether the catalogue already is what the sources say."""
        return not self.changes

    @property
    def changes(self) -> int:
        """How many sessions differ from the catalogue's."""
        return self.new + self.changed + self.gone

    @property
    def total(self) -> int:
        """How many sessions the catalogue has afterwards."""
        return self.new + self.changed + self.same + self.other_events

    def __str__(self) -> str:
        return (
            f"{self.new} new, {self.changed} changed ({self.reembedded} embedded again), "
            f"{self.gone} gone, {self.same} same"
        )
