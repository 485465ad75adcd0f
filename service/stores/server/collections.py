"""Manages a catalogue's collections: listing, metadata and the alias."""

from typing import Any

from qdrant_client import models

from service.stores.generations import is_generation, next_name
from service.stores.server.companions import ENDINGS
from service.stores.server.connection import Connection
from service.stores.server.failures import MissingError


class Collections:
    """The collections of one catalogue, by the names that its generations have."""

    def __init__(self, connection: Connection, catalogue: str) -> None:
        """Name the catalogue, which is the alias too; nothing is asked yet."""
        self._connection = connection
        self.catalogue = catalogue
        self._prefix = f"{catalogue}-"

    def names(self) -> list[str]:
        """Return the names of the generations that are there, ended or not."""
        return [name for name in self._all() if self.is_own(name)]

    def is_own(self, name: str) -> bool:
        """Return whether a collection has the name of one of the catalogue's generations."""
        return name.startswith(self._prefix) and is_generation(name.removeprefix(self._prefix))

    def target(self) -> str | None:
        """Return the collection that the catalogue's name leads to, or is itself; None if there is none."""
        answer = self._connection.call("read the aliases", lambda client: client.get_aliases())
        for alias in answer.aliases:
            if alias.alias_name == self.catalogue:
                return alias.collection_name
        return self.catalogue if self.catalogue in self._all() else None

    def next_name(self) -> str:
        """Return the name of a new generation (see `service.stores.generations`)."""
        return self._prefix + next_name(name.removeprefix(self._prefix) for name in self.names())

    def metadata(self, name: str) -> dict[str, Any] | None:
        """Return a collection's metadata by its name or alias, None if it is not there."""
        try:
            info = self._connection.call(
                "read the manifest", lambda client: client.get_collection(name)
            )
        except MissingError:
            return None
        return dict(info.config.metadata or {})

    def update_metadata(self, name: str, **metadata: Any) -> None:
        """Write these keys of a collection's metadata; the others stay."""
        self._connection.call(
            "write the manifest",
            lambda client: client.update_collection(name, metadata=metadata),
        )

    def lead_to(self, name: str) -> None:
        """Make the alias lead to a generation, in one atomic call."""
        operations: list[Any] = [
            models.CreateAliasOperation(
                create_alias=models.CreateAlias(collection_name=name, alias_name=self.catalogue)
            )
        ]
        if self.metadata(self.catalogue) is not None:
            removal = models.DeleteAlias(alias_name=self.catalogue)
            operations.insert(0, models.DeleteAliasOperation(delete_alias=removal))
        self._connection.call(
            "switch to the new generation",
            lambda client: client.update_collection_aliases(operations),
        )

    def remove(self, name: str) -> None:
        """Remove a generation, what stands beside it first, so that none of it is ever left alone."""
        for ending in ENDINGS:
            self._remove(name + ending)
        self._remove(name)

    def _all(self) -> list[str]:
        answer = self._connection.call("list generations", lambda client: client.get_collections())
        return [collection.name for collection in answer.collections]

    def _remove(self, collection: str) -> None:
        self._connection.call(
            "remove an old generation", lambda client: client.delete_collection(collection)
        )
