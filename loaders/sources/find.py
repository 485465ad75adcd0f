"""Sources as the caller names them: files, folders, globs, archives and standard input, as bounded text."""

import glob
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from loaders.records.text import storable
from loaders.sources.archives import MAX_UNPACKED, Spool, looks_packed, unpack
from loaders.sources.source_file import SourceFile
from service.errors import InputError

_BLOCK = 2**20
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.I)
_PROSE = {".md", ".rst", ".html", ".py", ".pdf", ".png", ".jpg"}
_PROSE_NAMES = {"license", "licence", "readme", "changelog", "copying"}


def find_sources(names: Iterable[str]) -> Iterator[SourceFile]:
    """Yield the files that the names stand for; folders and archives give all the files in them, sorted.

    Files that are named one by one stand beside each other. Raises InputError for a name that is not there,
    a file that is empty and an archive that is damaged or too large.
    """
    together: dict[str, SourceFile] = {}
    found = [source for name in names for source in _named(name)]
    for source in found:
        if isinstance(source, SourceFile):
            together.setdefault(Path(source.path).name, source)
    for source in found:
        if isinstance(source, SourceFile):
            yield from _opened(replace(source, beside=together))
        else:
            yield from _folder(source)


def source_over(path: Path, names: Iterable[str]) -> str | None:
    """Return the source that a path is the file of or lies inside, None if there is none."""
    place = path.resolve()
    for name in names:
        is_glob = glob.has_magic(name) and not Path(name).exists()
        for match in glob.glob(name, recursive=True) if is_glob else [name]:  # noqa: PTH207 -- Path.glob refuses absolute patterns
            source = Path(match).resolve()
            if source in (place, *place.parents) or (place.exists() and place.samefile(source)):
                return storable(match)
    return None


def _named(name: str) -> list[SourceFile | Path]:
    """What one name stands for: files, or a folder."""
    if name == "-":
        return [_standard_input()]
    if not name.strip():
        raise InputError("A source has an empty name. Name a file or a folder: . is this folder.")
    if _URL.match(name):
        raise InputError(f"{storable(name)} is a URL: download it first, then load the file.")
    path = Path(name)
    try:
        if path.is_dir():
            return [path]
        if path.is_file():
            return [_checked(_file(path, path.name, name, is_named=True))]
        is_glob = glob.has_magic(name)
        matches = sorted(glob.glob(name, recursive=True)) if is_glob else []  # noqa: PTH207 -- Path.glob refuses absolute patterns
    except OSError as error:
        raise InputError(f"{storable(name)} cannot be read: {error.strerror}.") from error
    if not matches:
        raise InputError(f"There is no file or folder {storable(name)}. Check the path.")
    return [source for match in matches for source in _named(match)]


def _checked(source: SourceFile) -> SourceFile:
    if not source.size:
        raise InputError(f"{source.name} is empty. Export the programme again.")
    return source


def _standard_input() -> SourceFile:
    """Standard input, kept in a temporary file since readers may read twice."""
    spool = Spool()

    def blocks() -> Iterator[bytes]:
        total = 0
        while block := sys.stdin.buffer.read(_BLOCK):
            total += len(block)
            if total > MAX_UNPACKED:
                raise InputError(
                    f"Standard input is longer than {MAX_UNPACKED // 2**20} MiB. Load it in parts."
                )
            yield block

    offset, size = spool.add(blocks())
    name = "standard input"
    return _checked(
        SourceFile(name, name, partial(spool.open, offset, size), size, origin="-", is_named=True)
    )


def _opened(source: SourceFile) -> Iterator[SourceFile]:
    """The file itself, or the files inside it if it is packed."""
    members = unpack(source.name, source.path, source.open, source.size)
    if members is None:
        yield source
        return
    beside: dict[str, SourceFile] = {}
    for member in sorted(members, key=lambda member: member.path):
        if len(members) == 1 or not _is_passed_over(member.path):
            name = source.name if len(members) == 1 else f"{source.name}/{member.path}"
            beside[member.path] = SourceFile(
                name, member.path, member.open, member.size, beside, source.origin
            )
    if not beside:
        raise InputError(f"{source.name} holds no files with session data. Export it again.")
    if len(members) == 1:
        only = next(iter(beside.values()))
        neighbours = source.beside if source.is_named else beside
        yield _checked(replace(only, beside=neighbours, is_named=source.is_named))
        return
    for member_source in list(beside.values()):
        yield replace(member_source)  # a copy, so that its head is let go after it was read


def _folder(root: Path) -> Iterator[SourceFile]:
    for source in list(_files(root).values()):
        if looks_packed(source.path):
            yield from _opened(source)
        else:
            yield replace(source)


def _files(root: Path) -> dict[str, SourceFile]:
    """The files in a folder and below it, by their paths."""
    beside: dict[str, SourceFile] = {}
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root).as_posix()
        if _is_passed_over(relative):
            continue
        if path.is_file():
            beside[storable(relative)] = _file(path, relative, str(root), beside)
        elif path.is_symlink() and path.is_dir():
            beside[storable(relative)] = _link(path, relative, str(root), beside)
    if not beside:
        raise InputError(f"{root} holds no files. Name a folder with session data.")
    return beside


def _link(path: Path, relative: str, origin: str, beside: dict[str, SourceFile]) -> SourceFile:
    """A link to a folder, which is not followed since it may lead back: nothing, so that it is reported."""
    name = f"{storable(str(path))} (a link to a folder: name that folder too)"
    return SourceFile(name, storable(relative), io.BytesIO, 0, beside, storable(origin))


def _is_passed_over(path: str) -> bool:
    """Whether a file in a folder or archive is hidden, or is prose or a picture."""
    *folders, name = path.split("/")
    if name.startswith(".") or any(
        folder.startswith(".") or folder == "__MACOSX" for folder in folders
    ):
        return True
    stem, _, suffix = name.lower().rpartition(".")
    return f".{suffix}" in _PROSE or (stem or suffix) in _PROSE_NAMES


def _file(
    path: Path,
    relative: str,
    origin: str,
    beside: dict[str, SourceFile] | None = None,
    *,
    is_named: bool = False,
) -> SourceFile:
    return SourceFile(
        storable(str(path)),
        storable(relative),
        partial(_open, path),
        path.stat().st_size,
        {} if beside is None else beside,
        storable(origin),
        is_named,
    )


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{storable(str(path))} cannot be read: {error.strerror}.") from error
