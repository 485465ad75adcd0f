"""Tags that say what they are, as KonOpas, ConClar and others write them: "track:Gaming", "Type: Panel"."""

import re

from loaders.records.record import Record
from loaders.tables.columns import field_of, header_key

_FIELDS = ("track", "kind", "level", "language")
_LABELLED = re.compile(r"\s*([^\W\d_][\w -]{1,30}?)\s*:\s*(?!//)(\S.*)", re.S)


def take_labels(record: Record) -> None:
    """Set the fields that a record's tags name and that have no value yet, each by the first such tag."""
    rest: list[str] = []
    for tag in record.tags:
        match = _LABELLED.fullmatch(tag)
        label = header_key(match[1]) if match else ""
        field = field_of(label) if match else ""
        if match and label in ("tag", "tags"):
            rest.append(match[2])
        elif match and field in _FIELDS and not getattr(record, field):
            setattr(record, field, match[2])
        else:
            rest.append(tag)
    record.tags = rest
