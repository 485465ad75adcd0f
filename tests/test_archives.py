"""Compressed files and archives: the files in them, and what is refused."""

import bz2
import gzip
import io
import lzma
import tarfile
from pathlib import Path

import pytest
from support.reading_sources import paths, read, write_file, zipped

from loaders.sources import archives, budget
from loaders.sources.find import find_sources
from service.errors import InputError

TALKS = b"title,abstract\nSails,Hoisted.\n"
MORE = b'[{"title": "Knots"}]'


def tar(members: dict[str, bytes], mode: str = "w") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]  # the mode is a parameter
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
@pytest.mark.parametrize("name", ["talks.csv.gz", "no-suffix"])
def test_compressed_files_are_known_by_content(tmp_path: Path, pack: object, name: str) -> None:
    path = write_file(tmp_path / name, pack(TALKS))  # type: ignore[operator]  # a function is a parameter
    (source,) = find_sources([str(path)])
    assert source.read() == TALKS
    assert source.name == str(path)
    assert read(path).titles == ["Sails"]


ARCHIVES = {
    "x.zip": zipped({"in/talks.csv": TALKS, "more.json": MORE}),
    "x.tar": tar({"in/talks.csv": TALKS, "more.json": MORE}),
    "x.tar.gz": tar({"in/talks.csv": TALKS, "more.json": MORE}, "w:gz"),
    "x.tgz": tar({"in/talks.csv": TALKS, "more.json": MORE}, "w:gz"),
    "x.tar.xz": tar({"in/talks.csv": TALKS, "more.json": MORE}, "w:xz"),
    "x.tar.bz2": tar({"in/talks.csv": TALKS, "more.json": MORE}, "w:bz2"),
    "inside.zip": zipped({"in/talks.csv.gz": gzip.compress(TALKS), "more.json": MORE}),
    "inside.tar.xz": tar({"in/talks.csv.xz": lzma.compress(TALKS), "more.json": MORE}, "w:xz"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_archives_give_the_files_in_them(tmp_path: Path, name: str) -> None:
    path = write_file(tmp_path / name, ARCHIVES[name])
    found = list(find_sources([str(path)]))
    assert [source.path for source in found] == ["in/talks.csv", "more.json"]
    assert found[0].name == f"{path}/in/talks.csv"
    assert [source.read() for source in found] == [TALKS, MORE]  # after the search has ended
    assert list(found[0].siblings) == ["in/talks.csv", "more.json"]
    assert sorted(read(tmp_path).titles) == ["Knots", "Sails"]


def test_no_name_in_an_archive_leads_out_of_it(tmp_path: Path) -> None:
    members = {
        "/etc/talks.csv": TALKS,
        "../out.csv": TALKS,
        "a/../../b.csv": TALKS,
        "a\\b.csv": MORE,
    }
    for name, content in (("x.tar", tar(members)), ("x.zip", zipped(members))):
        assert paths(write_file(tmp_path / name, content)) == ["a/b.csv", "etc/talks.csv"]
    assert {path.name for path in tmp_path.iterdir()} == {"x.tar", "x.zip"}


def test_links_and_devices_in_archives_are_passed_over(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, kind in (
            ("link", tarfile.SYMTYPE),
            ("hard", tarfile.LNKTYPE),
            ("fifo", tarfile.FIFOTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        for name in ("a.csv", "b.csv"):
            info = tarfile.TarInfo(name)
            info.size = len(TALKS)
            archive.addfile(info, io.BytesIO(TALKS))
    assert paths(write_file(tmp_path / "x.tar", stream.getvalue())) == ["a.csv", "b.csv"]


@pytest.mark.parametrize("name", ARCHIVES)
def test_archives_that_are_cut_off_are_refused(tmp_path: Path, name: str) -> None:
    cut = len(ARCHIVES[name]) // 2 if not name.endswith(".tar") else 600
    path = write_file(tmp_path / name, ARCHIVES[name][:cut])
    with pytest.raises(InputError, match=rf"{name} is damaged, cut off or encrypted"):
        list(find_sources([str(path)]))


def test_a_tar_with_a_damaged_header_is_refused(tmp_path: Path) -> None:
    content = bytearray(tar({"a.csv": TALKS, "b.csv": TALKS}))
    content[1024 : 1024 + 100] = b"\xff" * 100
    with pytest.raises(InputError, match="damaged"):
        list(find_sources([str(write_file(tmp_path / "x.tar", bytes(content)))]))


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "RATIO_CHECKED_FROM", 100_000)
    bomb = b"a" * 200_000
    inner = gzip.compress(gzip.compress(bomb))
    packed = (
        gzip.compress(bomb),
        zipped({"x.csv": bomb}),
        tar({"a": inner, "x.csv.gz": inner}, "w:gz"),
    )
    for number, content in enumerate(packed):
        with pytest.raises(InputError, match="more than 200 times its size"):
            list(find_sources([str(write_file(tmp_path / f"{number}.gz", content))]))


def test_archives_have_a_greatest_size_and_number_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_file(tmp_path / "x.tar", ARCHIVES["x.tar"])
    monkeypatch.setattr(archives, "MAX_MEMBERS", 1)
    with pytest.raises(InputError, match="more than 1 files"):
        list(find_sources([str(path)]))
    monkeypatch.setattr(budget, "MAX_UNPACKED", 100)
    with pytest.raises(InputError, match="unpacks to more than"):
        list(find_sources([str(path)]))


def test_layers_below_the_fourth_are_left_packed(tmp_path: Path) -> None:
    content = TALKS
    for _ in range(6):
        content = gzip.compress(content)
    (source,) = find_sources([str(write_file(tmp_path / "x.csv.gz.gz.gz.gz.gz.gz", content))])
    assert source.read()[:2] == b"\x1f\x8b"


def test_large_members_are_streams_that_seek(tmp_path: Path) -> None:
    large = bytes(range(256)) * 5_000
    path = write_file(tmp_path / "x.zip", zipped({"a.bin": large, "b.csv": TALKS}))
    first = next(find_sources([str(path)]))
    with first.open() as stream:
        stream.seek(-3, io.SEEK_END)
        assert stream.read() == large[-3:]
        assert stream.seek(256) == 256
        assert stream.read(2) == b"\0\1"
    assert first.read() == large
