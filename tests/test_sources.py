import bz2
import gzip
import io
import lzma
import os
import sys
import tarfile
from pathlib import Path

import pytest
from support.reading_sources import from_bytes, read, zipped

from loaders.readers import find_reader
from loaders.sources import archives, source_file
from loaders.sources import find as sources
from loaders.sources.find import find_sources
from loaders.sources.source_file import SourceFile
from service.errors import InputError

TALKS = b"title,abstract\nSails,Hoisted.\n"
MORE = b'[{"title": "Knots"}]'


def paths(*names: str | Path) -> list[str]:
    return [source.path for source in find_sources(map(str, names))]


def tar(members: dict[str, bytes], mode: str = "w") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]  # the mode is a parameter
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_folder_gives_its_files_in_order_without_prose_and_hidden_ones(tmp_path: Path) -> None:
    for name in (
        "b.csv",
        "a/c.json",
        ".git/x.json",
        "a/.hidden",
        "README.md",
        "LICENSE",
        "__MACOSX/d.csv",
    ):
        write(tmp_path / name, TALKS)
    found = list(find_sources([str(tmp_path)]))
    assert [source.path for source in found] == ["a/c.json", "b.csv"]
    assert list(found[0].siblings) == ["a/c.json", "b.csv"]
    assert not found[0].is_named
    assert found[0].origin == str(tmp_path)


def test_named_files_stand_beside_each_other(tmp_path: Path) -> None:
    names = [write(tmp_path / name, TALKS) for name in ("x.csv", "y.csv")]
    found = list(find_sources(map(str, names)))
    assert all(source.is_named for source in found)
    assert list(found[1].siblings) == ["x.csv", "y.csv"]


def test_globs_that_the_shell_left_alone(tmp_path: Path) -> None:
    for name in ("x1.csv", "x2.csv", "y.json", "deep/x3.csv"):
        write(tmp_path / name, TALKS)
    assert paths(tmp_path / "x*.csv") == ["x1.csv", "x2.csv"]
    assert paths(tmp_path / "**/x*.csv") == ["x3.csv", "x1.csv", "x2.csv"]
    with pytest.raises(InputError, match="no file or folder"):
        paths(tmp_path / "z*.csv")


def test_a_name_that_looks_like_a_glob_may_be_a_file(tmp_path: Path) -> None:
    assert paths(write(tmp_path / "talks[1].csv", TALKS)) == ["talks[1].csv"]


def test_standard_input_is_read_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(TALKS))))
    (source,) = find_sources(["-"])
    assert source.name == "standard input"
    assert [source.read(), source.read()] == [TALKS, TALKS]


def test_standard_input_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_UNPACKED", 10)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TALKS)))
    with pytest.raises(InputError, match="Standard input is longer"):
        list(find_sources(["-"]))


@pytest.mark.parametrize("name", ["nothing.csv", "no\0name", "x" * 300])
def test_what_is_not_there_is_named(name: str) -> None:
    with pytest.raises(InputError, match=r"no file or folder|cannot be read"):
        list(find_sources([name]))


@pytest.mark.parametrize("url", ["https://example.org/schedule.xml", "FILE:///tmp/talks.csv"])
def test_a_url_is_refused_with_what_to_do(url: str) -> None:
    with pytest.raises(InputError, match=f"{url} is a URL: download it first"):
        paths(url)


def test_an_empty_name_is_not_this_folder() -> None:
    for name in ("", " "):
        with pytest.raises(InputError, match="empty name"):
            paths(name)


def test_links_to_folders_are_not_followed_but_told(tmp_path: Path) -> None:
    write(tmp_path / "event/talks.csv", TALKS)
    write(tmp_path / "other/more.csv", TALKS)
    (tmp_path / "event/link").symlink_to(tmp_path / "other")
    link, talks = find_sources([str(tmp_path / "event")])
    assert link.name.endswith("event/link (a link to a folder: name that folder too)")
    assert find_reader(link) is None
    assert talks.path == "talks.csv"


def test_empty_files_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is empty"):
        list(find_sources([str(write(tmp_path / "empty.csv", b""))]))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no files"):
        list(find_sources([str(tmp_path / "empty")]))
    with pytest.raises(InputError, match="is empty"):
        list(find_sources([str(write(tmp_path / "empty.csv.gz", gzip.compress(b"")))]))
    with pytest.raises(InputError, match="holds no files"):
        list(find_sources([str(write(tmp_path / "empty.zip", zipped({})))]))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.csv", TALKS)
    secret.chmod(0)
    with pytest.raises(InputError, match="cannot be read"):
        list(find_sources([str(secret)]))


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress])
@pytest.mark.parametrize("name", ["talks.csv.gz", "no-suffix"])
def test_compressed_files_are_known_by_content(tmp_path: Path, pack: object, name: str) -> None:
    path = write(tmp_path / name, pack(TALKS))  # type: ignore[operator]  # a function is a parameter
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
    path = write(tmp_path / name, ARCHIVES[name])
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
        assert paths(write(tmp_path / name, content)) == ["a/b.csv", "etc/talks.csv"]
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
    assert paths(write(tmp_path / "x.tar", stream.getvalue())) == ["a.csv", "b.csv"]


@pytest.mark.parametrize("name", ARCHIVES)
def test_archives_that_are_cut_off_are_refused(tmp_path: Path, name: str) -> None:
    cut = len(ARCHIVES[name]) // 2 if not name.endswith(".tar") else 600
    path = write(tmp_path / name, ARCHIVES[name][:cut])
    with pytest.raises(InputError, match=rf"{name} is damaged, cut off or encrypted"):
        list(find_sources([str(path)]))


def test_a_tar_with_a_damaged_header_is_refused(tmp_path: Path) -> None:
    content = bytearray(tar({"a.csv": TALKS, "b.csv": TALKS}))
    content[1024 : 1024 + 100] = b"\xff" * 100
    with pytest.raises(InputError, match="damaged"):
        list(find_sources([str(write(tmp_path / "x.tar", bytes(content)))]))


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "RATIO_CHECKED_FROM", 100_000)
    bomb = b"a" * 200_000
    inner = gzip.compress(gzip.compress(bomb))
    packed = (
        gzip.compress(bomb),
        zipped({"x.csv": bomb}),
        tar({"a": inner, "x.csv.gz": inner}, "w:gz"),
    )
    for number, content in enumerate(packed):
        with pytest.raises(InputError, match="more than 200 times its size"):
            list(find_sources([str(write(tmp_path / f"{number}.gz", content))]))


def test_archives_have_a_greatest_size_and_number_of_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "x.tar", ARCHIVES["x.tar"])
    monkeypatch.setattr(archives, "MAX_MEMBERS", 1)
    with pytest.raises(InputError, match="more than 1 files"):
        list(find_sources([str(path)]))
    monkeypatch.setattr(archives, "MAX_UNPACKED", 100)
    with pytest.raises(InputError, match="unpacks to more than"):
        list(find_sources([str(path)]))


def test_layers_below_the_fourth_are_left_packed(tmp_path: Path) -> None:
    content = TALKS
    for _ in range(6):
        content = gzip.compress(content)
    (source,) = find_sources([str(write(tmp_path / "x.csv.gz.gz.gz.gz.gz.gz", content))])
    assert source.read()[:2] == b"\x1f\x8b"


def test_large_members_are_streams_that_seek(tmp_path: Path) -> None:
    large = bytes(range(256)) * 5_000
    path = write(tmp_path / "x.zip", zipped({"a.bin": large, "b.csv": TALKS}))
    first = next(find_sources([str(path)]))
    with first.open() as stream:
        stream.seek(-3, io.SEEK_END)
        assert stream.read() == large[-3:]
        assert stream.seek(256) == 256
        assert stream.read(2) == b"\0\1"
    assert first.read() == large


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings(encoding: str) -> None:
    source = from_bytes("x", "Übersetzen\nüber".encode(encoding))
    assert source.text() == "Übersetzen\nüber"
    assert "".join(source.text_lines()) == "Übersetzen\nüber"
    assert source.head_text == "Übersetzen\nüber"


def test_what_is_no_text_is_refused_with_its_line() -> None:
    for content in (b"a\nb \x81\xff", "ab".encode("utf-16") + b"\n"):
        source = from_bytes("x.csv", content)
        with pytest.raises(InputError, match=r"x\.csv:[12]: the text is neither"):
            source.text()
        with pytest.raises(InputError, match=r"x\.csv:[12]: the text is neither"):
            list(source.text_lines())


def test_files_and_lines_have_a_greatest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_file, "MAX_LINE", 4)
    source = from_bytes("x", b"abcd\nabcdefghijkl\nab")
    assert list(source.lines()) == [(1, b"abcd\n"), (2, None), (3, b"ab")]
    assert "".join(source.text_lines()).endswith("ab")
    monkeypatch.setattr(source_file, "MAX_FILE_BYTES", 4)
    with pytest.raises(InputError, match="larger than"):
        source.read()
    with pytest.raises(InputError, match="larger than"):
        SourceFile("x", "x", lambda: io.BytesIO(b"123456"), 0).read()


def test_a_name_that_is_no_unicode_can_be_shown(tmp_path: Path) -> None:
    try:
        path = write(tmp_path / os.fsdecode(b"caf\xe9.csv"), TALKS)
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    (source,) = find_sources([str(path)])
    source.name.encode()
    assert source.read() == TALKS
