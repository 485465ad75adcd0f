import gzip
import io
import os
import sys
from pathlib import Path

import pytest
from support.reading_sources import from_bytes, paths, write_file, zipped

from loaders.readers import find_reader
from loaders.sources import find as sources
from loaders.sources import source_file
from loaders.sources.find import find_sources
from loaders.sources.source_file import SourceFile
from service.errors import InputError

TALKS = b"title,abstract\nSails,Hoisted.\n"
MORE = b'[{"title": "Knots"}]'


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
        write_file(tmp_path / name, TALKS)
    found = list(find_sources([str(tmp_path)]))
    assert [source.path for source in found] == ["a/c.json", "b.csv"]
    assert list(found[0].siblings) == ["a/c.json", "b.csv"]
    assert not found[0].is_named
    assert found[0].origin == str(tmp_path)


def test_named_files_stand_beside_each_other(tmp_path: Path) -> None:
    names = [write_file(tmp_path / name, TALKS) for name in ("x.csv", "y.csv")]
    found = list(find_sources(map(str, names)))
    assert all(source.is_named for source in found)
    assert list(found[1].siblings) == ["x.csv", "y.csv"]


def test_globs_that_the_shell_left_alone(tmp_path: Path) -> None:
    for name in ("x1.csv", "x2.csv", "y.json", "deep/x3.csv"):
        write_file(tmp_path / name, TALKS)
    assert paths(tmp_path / "x*.csv") == ["x1.csv", "x2.csv"]
    assert paths(tmp_path / "**/x*.csv") == ["x3.csv", "x1.csv", "x2.csv"]
    with pytest.raises(InputError, match="no file or folder"):
        paths(tmp_path / "z*.csv")


def test_a_name_that_looks_like_a_glob_may_be_a_file(tmp_path: Path) -> None:
    assert paths(write_file(tmp_path / "talks[1].csv", TALKS)) == ["talks[1].csv"]


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


@pytest.mark.parametrize(
    "url", ["ftp://example.org/schedule.xml", "FILE:///tmp/talks.csv", "data:text/csv,title"]
)
def test_a_url_is_refused_with_what_to_do(url: str) -> None:
    with pytest.raises(
        InputError, match=f"{url} is no address of http or https. Download it first"
    ):
        paths(url)


def test_an_empty_name_is_not_this_folder() -> None:
    for name in ("", " "):
        with pytest.raises(InputError, match="empty name"):
            paths(name)


def test_links_to_folders_are_not_followed_but_told(tmp_path: Path) -> None:
    write_file(tmp_path / "event/talks.csv", TALKS)
    write_file(tmp_path / "other/more.csv", TALKS)
    (tmp_path / "event/link").symlink_to(tmp_path / "other")
    link, talks = find_sources([str(tmp_path / "event")])
    assert link.name.endswith("event/link (a link to a folder: name that folder too)")
    assert find_reader(link) is None
    assert talks.path == "talks.csv"


def test_empty_files_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is empty"):
        list(find_sources([str(write_file(tmp_path / "empty.csv", b""))]))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no files"):
        list(find_sources([str(tmp_path / "empty")]))
    with pytest.raises(InputError, match="is empty"):
        list(find_sources([str(write_file(tmp_path / "empty.csv.gz", gzip.compress(b"")))]))
    with pytest.raises(InputError, match="holds no files"):
        list(find_sources([str(write_file(tmp_path / "empty.zip", zipped({})))]))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    secret = write_file(tmp_path / "secret.csv", TALKS)
    secret.chmod(0)
    with pytest.raises(InputError, match="cannot be read"):
        list(find_sources([str(secret)]))


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
        path = write_file(tmp_path / os.fsdecode(b"caf\xe9.csv"), TALKS)
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    (source,) = find_sources([str(path)])
    source.name.encode()
    assert source.read() == TALKS
