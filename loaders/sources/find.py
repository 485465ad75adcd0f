"""Resolves source arguments (files, folders, globs, archives, standard input) to files."""

import glob
import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from loaders.records.text import drop_surrogates
from loaders.sources.addresses import is_address
from loaders.sources.archives import Spool, looks_packed, unpack
from loaders.sources.budget import MAX_UNPACKED
from loaders.sources.source_file import SourceFile
from service.errors import InputError

_BLOCK_SIZE = 2**20
_ENTRY = 100  # bytes that an archive needs for a member, be it empty
_IGNORED_SUFFIXES = {".rst", ".py", ".pdf", ".png", ".jpg"}
_IGNORED_NAMES = {"license", "licence", "readme", "changelog", "copying"}


def find_sources(names: Iterable[str], *, allow_private: bool = False) -> Iterator[SourceFile]:
    """Yield the files that the names stand for; of folders and archives all the files in them, sorted.

    Files that are named one by one are siblings. An address of http or https is fetched; `allow_private` admits
    those of private networks. Raises InputError for another address, a name that is not there, a file
    that is empty and an archive that is damaged or too large.
    """
    siblings: dict[str, SourceFile] = {}
    found = [source for name in names for source in _resolve(name, allow_private)]
    for source in found:
        if isinstance(source, SourceFile):
            siblings.setdefault(Path(source.path).name, source)
    for source in found:
        if isinstance(source, SourceFile):
            yield from _unpacked(replace(source, siblings=siblings))
        else:
            yield from _folder(source)


def find_overlap(path: Path, names: Iterable[str]) -> str | None:
    """Return the first source that a path is, or lies inside of; None if there is none."""
    target = path.resolve()
    for name in names:
        if is_address(name):
            continue
        is_glob = glob.has_magic(name) and not Path(name).exists()
        for match in _expand(name) if is_glob else [name]:
            source = Path(match).resolve()
            if source in (target, *target.parents) or (target.exists() and target.samefile(source)):
                return drop_surrogates(match)
    return None


def _resolve(name: str, allow_private: bool) -> list[SourceFile | Path]:
    """Resolve one argument to files or a folder."""
    if name == "-":
        return [_standard_input()]
    if not name.strip():
        raise InputError("A source has an empty name. Name a file or a folder: . is this folder.")
    if is_address(name):
        from loaders.sources.exports import open_address  # for web addresses alone: 0.2 s, 10 MB

        return [_not_empty(open_address(name, allow_private=allow_private))]
    path = Path(name)
    try:
        if path.is_dir():
            return [path]
        if path.is_file():
            return [_not_empty(_file(path, path.name, name, is_named=True))]
        matches = _expand(name)
    except OSError as error:
        raise InputError(f"{drop_surrogates(name)} cannot be read: {error.strerror}.") from error
    if not matches:
        raise InputError(f"There is no file or folder {drop_surrogates(name)}. Check the path.")
    return [source for match in matches for source in _resolve(match, allow_private)]


def _expand(pattern: str) -> list[str]:
    """Return the paths that match a glob pattern, sorted; none for a name without wildcards."""
    if not glob.has_magic(pattern):
        return []
    return sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207  # Path.glob refuses absolute patterns


def _not_empty(source: SourceFile) -> SourceFile:
    if not source.size:
        raise InputError(f"{source.name} is empty. Export the programme again.")
    return source


def _standard_input() -> SourceFile:
    """Copy standard input to a temporary file, since readers may read twice."""
    spool = Spool()

    def blocks() -> Iterator[bytes]:
        total = 0
        while block := sys.stdin.buffer.read(_BLOCK_SIZE):
            total += len(block)
            if total > MAX_UNPACKED:
                raise InputError(
                    f"Standard input is longer than {MAX_UNPACKED // 2**20} MiB. Load it in parts."
                )
            yield block

    offset, size = spool.add(blocks())
    name = "standard input"
    return _not_empty(
        SourceFile(name, name, partial(spool.open, offset, size), size, origin="-", is_named=True)
    )


def _unpacked(source: SourceFile) -> Iterator[SourceFile]:
    """Yield the file itself, or the files inside it if it is an archive or compressed."""
    members = unpack(source.name, source.path, source.open, source.size)
    if members is None:
        yield source
        return
    siblings: dict[str, SourceFile] = {}
    unpacked = sum(member.size + _ENTRY for member in members)
    for member in sorted(members, key=lambda member: member.path):
        if len(members) == 1 or not _is_ignored(member.path):
            name = source.name if len(members) == 1 else f"{source.name}/{member.path}"
            siblings[member.path] = SourceFile(
                name,
                member.path,
                member.open,
                member.size,
                siblings,
                source.origin,
                packed=source.size * (member.size + _ENTRY) // unpacked,
            )
    if not siblings:
        raise InputError(f"{source.name} holds no files with session data. Export it again.")
    if len(members) == 1:
        only = next(iter(siblings.values()))
        shown = source.siblings if source.is_named else siblings
        yield _not_empty(replace(only, siblings=shown, is_named=source.is_named))
        return
    for member_source in list(siblings.values()):
        yield replace(member_source)  # a copy, so that its cached head is freed once it was read


def _folder(root: Path) -> Iterator[SourceFile]:
    for source in list(_files(root).values()):
        if looks_packed(source.path):
            yield from _unpacked(source)
        else:
            yield replace(source)


def _files(root: Path) -> dict[str, SourceFile]:
    """Return the files in a folder and below it, by their paths."""
    siblings: dict[str, SourceFile] = {}
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root).as_posix()
        if _is_ignored(relative):
            continue
        if path.is_file():
            siblings[drop_surrogates(relative)] = _file(path, relative, str(root), siblings)
        elif path.is_symlink() and path.is_dir():
            siblings[drop_surrogates(relative)] = _link(path, relative, str(root), siblings)
    if not siblings:
        raise InputError(f"{root} holds no files. Name a folder with session data.")
    return siblings


def _link(path: Path, relative: str, origin: str, siblings: dict[str, SourceFile]) -> SourceFile:
    """Return an empty file for a link to a folder, so that it is reported: following it may never end."""
    name = f"{drop_surrogates(str(path))} (a link to a folder: name that folder too)"
    return SourceFile(
        name, drop_surrogates(relative), io.BytesIO, 0, siblings, drop_surrogates(origin)
    )


def _is_ignored(path: str) -> bool:
    """Whether a file in a folder or archive is hidden, or documentation, code or a picture."""
    *folders, name = path.split("/")
    if name.startswith(".") or any(
        folder.startswith(".") or folder == "__MACOSX" for folder in folders
    ):
        return True
    stem, _, suffix = name.lower().rpartition(".")
    return f".{suffix}" in _IGNORED_SUFFIXES or (stem or suffix) in _IGNORED_NAMES


def _file(
    path: Path,
    relative: str,
    origin: str,
    siblings: dict[str, SourceFile] | None = None,
    *,
    is_named: bool = False,
) -> SourceFile:
    return SourceFile(
        drop_surrogates(str(path)),
        drop_surrogates(relative),
        partial(_open, path),
        path.stat().st_size,
        {} if siblings is None else siblings,
        drop_surrogates(origin),
        is_named,
    )


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(
            f"{drop_surrogates(str(path))} cannot be read: {error.strerror}."
        ) from error
