"""Plan: what a load changes, counted, and in one line for people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """What a load changes.

    `embedded` of the `changed` sessions need a new vector; `kept` ones are of other events and years.
    `held` of the `same` ones are not in the sources, but bad rows may be theirs.
    """

    new: int
    changed: int
    embedded: int
    gone: int
    same: int
    kept: int
    held: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether the catalogue already is what the sources say."""
        return not (self.new or self.changed or self.gone)

    @property
    def changes(self) -> int:
        """How many sessions differ from the catalogue's."""
        return self.new + self.changed + self.gone

    @property
    def total(self) -> int:
        """How many sessions the catalogue holds afterwards."""
        return self.new + self.changed + self.same + self.kept

    def __str__(self) -> str:
        return (
            f"{self.new} new, {self.changed} changed ({self.embedded} embedded again), "
            f"{self.gone} gone, {self.same} same"
        )
