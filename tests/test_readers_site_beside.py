"""Folders with a page or data file beside files of another format: they are no static site."""

from pathlib import Path

import pytest
from support.reading_sources import read, write_file


def write(folder: Path, name: str, content: str) -> None:
    write_file(folder / name, content.encode())


def test_a_folder_of_other_formats_keeps_them(tmp_path: Path) -> None:
    write(tmp_path, "talks.csv", "title\nKnots\n")
    write(tmp_path, "_notes.md", "---\ntitle: Notes\n---\n")
    write(tmp_path, "speakers.yml", "- {id: 7, name: Ana, surname: Wick, bio: She sails.}\n")
    reading = read(tmp_path)
    assert (reading.titles, reading.formats) == (["Knots"], ["csv"])


@pytest.mark.parametrize(
    "prose", ["[ ] Write a title\n[x] Done\n", "Title,Speaker\nKnots,Ana\n", "{% x %}"]
)
def test_prose_in_a_folder_is_no_data_of_another_format(tmp_path: Path, prose: str) -> None:
    write(tmp_path, "talks.csv", "title\nKnots\n")
    write(tmp_path, "notes.md", prose)
    reading = read(tmp_path)
    assert (reading.titles, reading.formats, reading.skipped) == (["Knots"], ["csv"], [])
