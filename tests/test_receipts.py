"""The same load again: it is known before anything is read, and only if it is the very same."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from support.fakes import BagOfWords
from support.programmes import Loading, row, write_csv

from loaders import receipts
from loaders.records.record import Options
from loaders.sync import remove
from service.errors import InputError, LockedError
from service.stores.backup import restore_backup, write_backup
from service.stores.edge.store import EdgeStore

KNOWN = "The sources are those of an earlier load: what it found still stands."
ROWS = [row(number) for number in range(12)]


def is_known(loading: Loading, *paths: Path, **request: Any) -> bool:
    """Load again, and return whether it was known without reading."""
    loading.files(*paths, **request)
    return KNOWN in loading.said


@pytest.fixture
def programme(loading: Loading) -> Path:
    return write_csv(loading.folder / "programme.csv", [*ROWS, row(99, title="")])


def test_what_is_known_is_what_reading_finds(loading: Loading, programme: Path) -> None:
    loading.files(programme)
    known = loading.files(programme)
    known_lines = loading.said
    (loading.folder / "loads.json").unlink()
    read = loading.files(programme)
    assert known_lines == [KNOWN, *loading.said]
    assert known.as_dict() == read.as_dict()
    assert known.manifest == read.manifest
    assert str(known.comparison) == "0 new, 0 changed (0 embedded again), 0 gone, 12 same"
    assert known.report.skipped == {"no title": 1}


def test_what_was_read_and_found_the_same_is_known_too(loading: Loading, programme: Path) -> None:
    loading.files(programme)
    (loading.folder / "loads.json").unlink()
    assert not is_known(loading, programme)
    assert is_known(loading, programme)


def test_another_load_of_the_event_makes_it_read_again(loading: Loading, programme: Path) -> None:
    loading.files(programme)
    other = write_csv(loading.folder / "other.csv", ROWS[:-1])
    loading.files(other)
    outcome = loading.files(programme)
    assert KNOWN not in loading.said
    assert (outcome.comparison.plan.new, loading.count()) == (1, 12)


def test_another_event_makes_it_read_once_more(loading: Loading, programme: Path) -> None:
    loading.files(programme)
    loading.files(write_csv(loading.folder / "other.csv", [row(1, event="Other")]))
    assert not is_known(loading, programme)
    assert is_known(loading, programme)
    assert loading.count() == 13


def test_a_rollback_brings_back_what_was_known_of_it(loading: Loading, programme: Path) -> None:
    loading.files(programme)
    write_csv(programme, ROWS[:-1])
    loading.files(programme)
    loading.store.rollback()
    outcome = loading.files(programme)
    assert KNOWN not in loading.said
    assert (outcome.comparison.plan.gone, loading.count()) == (1, 11)


def test_a_removal_makes_it_read_again(loading: Loading, programme: Path) -> None:
    loading.files(write_csv(loading.folder / "other.csv", [row(1, event="Other")]))
    loading.files(programme)
    remove(loading.store, "Summit", 2026)
    assert not is_known(loading, programme)
    assert loading.count() == 13


def test_a_restore_makes_it_read_again(loading: Loading, programme: Path, tmp_path: Path) -> None:
    loading.files(programme)
    write_backup(loading.store, tmp_path / "backup")
    restore_backup(tmp_path / "backup", loading.store)
    assert not is_known(loading, programme)


@pytest.mark.parametrize(
    "changed",
    [
        {"event": "Other"},
        {"timezone": "Europe/Brussels"},
        {"keep_service": True},
        {"format": "csv"},
    ],
)
def test_other_options_make_it_read_again(
    loading: Loading, programme: Path, changed: dict[str, Any]
) -> None:
    loading.files(programme)
    assert not is_known(loading, programme, options=Options(**changed))


def test_every_byte_and_every_name_counts(loading: Loading, programme: Path) -> None:
    folder = loading.folder / "programmes"
    folder.mkdir()
    programme.rename(folder / "one.csv")
    loading.files(folder)
    assert is_known(loading, folder)
    content = (folder / "one.csv").read_bytes()
    (folder / "one.csv").write_bytes(content.replace(b"Room 0", b"Room 9"))
    assert not is_known(loading, folder)
    write_csv(folder / "two.csv", [row(1, event="Other")])
    assert not is_known(loading, folder)
    (folder / "two.csv").rename(folder / "three.csv")
    assert not is_known(loading, folder)
    assert not is_known(loading, folder / "one.csv", folder / "three.csv")


@pytest.mark.parametrize("part", ["_program", "is_current"])
def test_another_program_reads_again(
    loading: Loading, programme: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    loading.files(programme)
    where = "loaders.receipts" if part == "_program" else "loaders.sync"
    monkeypatch.setattr(f"{where}.{part}", lambda *calibration: [])
    assert not is_known(loading, programme)


def test_the_program_is_its_code_its_packages_and_the_zones() -> None:
    code, python, packages, zones = receipts._program()
    assert len(code) == 32
    assert python == sys.version
    assert any(package.startswith("icalendar ") for package in packages)
    assert all(isinstance(zone, int) for zone in zones)


def test_another_encoder_embeds_anew(loading: Loading, programme: Path) -> None:
    loading.files(programme)
    loading.encoder = BagOfWords(weights="tuned")
    assert not is_known(loading, programme)
    assert len(loading.encoder.embedded) == 12


def test_standard_input_is_always_read(loading: Loading, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        def __init__(self) -> None:
            self.buffer = io.BytesIO(
                json.dumps([{"title": "A", "id": 1, "event": "E", "year": 2026}]).encode()
            )

    for _ in range(2):
        monkeypatch.setattr(sys, "stdin", Stdin())
        assert not is_known(loading, Path("-"))
    assert loading.count() == 1


def test_rejects_are_written_from_reading(loading: Loading, programme: Path) -> None:
    loading.files(programme)
    rejects = loading.folder / "rejects.csv"
    assert not is_known(loading, programme, rejects=rejects)
    assert "programme.csv:14,no title" in rejects.read_text()


def test_strict_refuses_what_is_known_to_be_bad(loading: Loading, programme: Path) -> None:
    loading.files(programme)
    with pytest.raises(InputError, match="--strict"):
        loading.files(programme, strict=True)


def test_a_dry_run_says_so_and_leaves_no_receipt(loading: Loading, programme: Path) -> None:
    loading.files(programme, dry_run=True)
    assert not (loading.folder / "loads.json").exists()
    loading.files(programme)
    assert is_known(loading, programme, dry_run=True)
    assert loading.said[-1] == "Nothing was written."


def test_a_second_loader_waits_even_if_all_is_known(loading: Loading, programme: Path) -> None:
    loading.files(programme)
    other = EdgeStore(loading.folder / "data", "sessions")
    with other.lock(), pytest.raises(LockedError):
        loading.files(programme)


def test_sources_that_change_while_they_are_read_leave_no_receipt(
    loading: Loading, programme: Path
) -> None:
    class Meddling(BagOfWords):
        def encode_sessions(self, texts: object) -> object:  # type: ignore[override]  # any texts will do
            write_csv(programme, ROWS[:-1])
            return super().encode_sessions(texts)  # type: ignore[arg-type]  # they are passed on

    before = programme.read_bytes()
    loading.encoder = Meddling()
    loading.files(programme)
    programme.write_bytes(before)
    assert not is_known(loading, programme)


def test_a_store_that_changes_in_place_is_always_read(
    loading: Loading, programme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EdgeStore, "kind", "server")
    loading.files(programme)
    assert not is_known(loading, programme)


@pytest.mark.parametrize(
    "content", [b"", b"[1]", b'{"a": 1}', b'{"a": {"plan": {}, "report": {}}}']
)
def test_damaged_receipts_are_said_and_written_anew(
    loading: Loading, programme: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    loading.files(programme)
    (loading.folder / "loads.json").write_bytes(content)
    assert not is_known(loading, programme)
    assert "loads.json is damaged" in caplog.text
    assert is_known(loading, programme)


def test_a_load_is_done_where_its_receipt_cannot_be_kept(
    loading: Loading, programme: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (loading.folder / "loads.json").mkdir()
    loading.files(programme)
    assert loading.count() > 0
    assert "loads.json is not written" in caplog.text


def test_only_the_newest_receipts_are_kept(
    loading: Loading, programme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "KEPT", 2)
    for event in ("A", "B", "C"):
        loading.files(write_csv(loading.folder / "e.csv", [row(1, event=event)]))
    assert len(json.loads((loading.folder / "loads.json").read_text())) == 2
