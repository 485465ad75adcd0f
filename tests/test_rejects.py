"""The file of rejects: never in the place of a source, and an older one stays until a new one is whole."""

import csv
from pathlib import Path

import pytest
from support.programmes import Loading, row, write_csv

from service.errors import InputError


@pytest.fixture
def programme(loading: Loading) -> Path:
    folder = loading.folder / "in"
    folder.mkdir()
    return write_csv(folder / "precious.csv", [row(1), row(2, title="")])


@pytest.mark.parametrize("source", ["in/precious.csv", "in", "in/*.csv", "./in/../in/precious.csv"])
def test_rejects_never_take_the_place_of_a_source(
    loading: Loading, programme: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.chdir(loading.folder)
    before = programme.read_bytes()
    with pytest.raises(InputError, match=r"--rejects .*precious\.csv.* Name a file somewhere else"):
        loading.files(Path(source), rejects=programme, dry_run=True)
    assert programme.read_bytes() == before


def test_rejects_never_take_the_place_of_a_link_to_a_source(
    loading: Loading, programme: Path
) -> None:
    for name in ("soft.csv", "hard.csv"):
        link = loading.folder / name
        if name == "soft.csv":
            link.symlink_to(programme)
        else:
            link.hardlink_to(programme)
        with pytest.raises(InputError, match="Name a file somewhere else"):
            loading.files(programme, rejects=link)


def test_rejects_are_no_part_of_a_source_folder(loading: Loading, programme: Path) -> None:
    with pytest.raises(InputError, match="among its files"):
        loading.files(programme.parent, rejects=programme.parent / "rejects.csv")
    assert [path.name for path in programme.parent.iterdir()] == ["precious.csv"]


def test_older_rejects_stay_if_a_load_fails_early(loading: Loading, programme: Path) -> None:
    rejects = loading.folder / "rejects.csv"
    rejects.write_text("older")
    damaged = loading.folder / "damaged.json"
    damaged.write_text('[{"title": "A"')
    with pytest.raises(InputError, match="not valid JSON"):
        loading.files(programme, damaged, rejects=rejects)
    assert rejects.read_text() == "older"
    assert not list(loading.folder.glob("*.new"))


def test_rejects_are_there_where_a_load_is_refused(loading: Loading, programme: Path) -> None:
    rejects = loading.folder / "rejects.csv"
    with pytest.raises(InputError, match="--strict"):
        loading.files(programme, rejects=rejects, strict=True)
    assert "no title" in rejects.read_text()
    only_bad = write_csv(loading.folder / "bad.csv", [row(3, title="")])
    with pytest.raises(InputError, match="No session found"):
        loading.files(only_bad, rejects=rejects)
    assert "bad.csv:2" in rejects.read_text()


def test_rejects_that_cannot_be_written_are_refused(loading: Loading, programme: Path) -> None:
    for place in (loading.folder, loading.folder / "nowhere" / "rejects.csv"):
        with pytest.raises(InputError, match="cannot be written"):
            loading.files(programme, rejects=place)


def test_rejects_hold_the_whole_row_that_has_no_title(loading: Loading, programme: Path) -> None:
    rejects = loading.folder / "rejects.csv"
    loading.files(programme, rejects=rejects)
    with rejects.open(newline="") as stream:
        _, (place, reason, text) = csv.reader(stream)
    assert (place.rpartition("/")[2], reason) == ("precious.csv:3", "no title")
    for value in ("What number2 is about", "Speaker Number2", "Room 2", "2026-05-12T11:00"):
        assert value in text
