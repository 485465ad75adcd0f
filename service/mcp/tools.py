"""What a tool is, and how one is called: its arguments checked, its answer as text and as JSON values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.filters import FIELDS, Filters
from service.mcp.schemas import Values, check
from service.query.query import parse_now
from service.search.searcher import Searcher

_ANNOTATIONS = {
    "readOnlyHint": True,
    "destructiveHint": False,
    "idempotentHint": True,
    "openWorldHint": False,
}


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool answers: text for people and models, the same as JSON values, and files beside them."""

    text: str
    values: dict[str, Any]
    files: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool: its arguments, the searcher that answers, and where people find the page."""

    searcher: Searcher
    arguments: Mapping[str, Any]
    public_url: str = ""

    def text(self, name: str, default: str = "") -> str:
        """Return an argument that is a text."""
        return str(self.arguments.get(name, default))

    def number(self, name: str, default: int) -> int:
        """Return an argument that is a number."""
        return int(self.arguments.get(name, default))

    def texts(self, name: str) -> list[str]:
        """Return an argument that is one value or a list of them, as texts."""
        value = self.arguments.get(name, [])
        return [str(one) for one in (value if isinstance(value, list) else [value])]

    @property
    def now(self) -> datetime | None:
        """The time that is to be now, None for the present. Raises QueryError if it is none."""
        return parse_now(self.text("now"))

    @property
    def filters(self) -> Filters:
        """The filters among the arguments. Raises QueryError for an unusable value."""
        return Filters.parse({name: self.texts(name) for name in FIELDS if name in self.arguments})

    @property
    def listing(self) -> dict[str, Any]:
        """What decides a list: the arguments without the cursor."""
        return {name: value for name, value in self.arguments.items() if name != "cursor"}


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what a model is told of it, the schemas of its arguments and result, and what answers.

    None of it comes from sessions.
    """

    name: str
    title: str
    description: str
    arguments: Values
    result: Values
    run: Callable[[Call], Result]
    annotations: Mapping[str, bool] = field(default_factory=lambda: _ANNOTATIONS)

    def as_dict(self) -> dict[str, Any]:
        """Return the tool as clients list it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.arguments,
            "outputSchema": self.result,
            "annotations": {"title": self.title, **self.annotations},
        }

    def call(self, searcher: Searcher, arguments: Any, public_url: str = "") -> Result:
        """Return the answer. Raises QueryError for arguments that the schema does not allow."""
        check(arguments, self.name, self.arguments)
        return self.run(Call(searcher, arguments, public_url))
