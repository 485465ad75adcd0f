"""Small programmes to damage at random, each a file or a folder, and the sources that they become."""

import zipfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random

from loaders.readers import READERS, Reader
from loaders.records.record import Options
from loaders.sources.source_file import SourceFile
from support.mutations import mutate
from support.reading_sources import DATA, zipped

SEEDS = Path(__file__).parents[1] / "fuzz/seeds"
_FOREIGN = 0.02  # of inputs are those of another reader
_WHOLE_ZIP = 0.1  # of workbooks are damaged as files of zip, the others in their XML

Programme = dict[str, bytes]
"""Contents by the paths of their files."""


def sources(programme: Programme) -> list[SourceFile]:
    """Return the files as sources: a single one as a caller names it, several as those of a folder."""
    is_named = len(programme) == 1
    siblings: dict[str, SourceFile] = {}
    for path, content in programme.items():
        siblings[path] = SourceFile(
            path,
            path,
            lambda content=content: BytesIO(content),  # type: ignore[misc]  # bound to this content
            len(content),
            siblings,
            origin=path,
            is_named=is_named,
        )
    return list(siblings.values())


def fuzzed(reader: Reader, number: int) -> Programme:
    """Return an input: a seed of the reader in which one file is damaged, or two are."""
    random = Random(f"{reader.NAME} {number}")
    own = seeds(reader.NAME)
    known = _all_seeds() if random.random() < _FOREIGN else own
    programme = dict(random.choice(known))
    others = [content for one in own for content in one.values()]
    for path in random.sample(list(programme), min(len(programme), random.choice((1, 1, 1, 2)))):
        programme[path] = _damaged(programme[path], others, random)
    return programme


@cache
def seeds(name: str) -> list[Programme]:
    """Return the programmes that a reader takes."""
    reader = next(reader for reader in READERS if name == reader.NAME)
    return [
        one
        for one in _all_seeds()
        if any(reader.matches(source, Options()) for source in sources(one))
    ]


@cache
def _all_seeds() -> list[Programme]:
    return [dict(_contents(path)) for root in (DATA, SEEDS) for path in sorted(root.iterdir())]


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_file():
        yield path.name, path.read_bytes()
    for file in sorted(path.rglob("*")):
        if file.is_file():
            yield file.relative_to(path).as_posix(), file.read_bytes()


def _damaged(content: bytes, others: list[bytes], random: Random) -> bytes:
    if not content.startswith(b"PK") or random.random() < _WHOLE_ZIP:
        return mutate(content, others, random)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = random.choice(list(parts))
    parts[name] = mutate(parts[name], list(parts.values()), random)
    return zipped(parts)
