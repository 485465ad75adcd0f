import csv
import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.programmes import Loading, row

from loaders.export import write_export
from loaders.records.record import Options
from service.errors import InputError
from service.search.searcher import Searcher
from service.session import Session
from service.stores.edge.store import EdgeStore
from service.stores.payload import encode_payload
from service.stores.protocol import SessionStore


def everything(store: SessionStore) -> dict[str, Session]:
    with store.reading() as generation:
        return {str(item.id): item for some, _ in generation.scan() for item in some}


@pytest.mark.parametrize("name", ["out.jsonl", "OUT.JSONL.GZ"])
def test_export_then_load_is_the_identity(loading: Loading, tmp_path: Path, name: str) -> None:
    loading.rows(
        [
            row(1, title="Café & <b>Tags</b> *kept*", speakers="Zoë; Bo"),
            row(2, start="2026-05-12T09:00:00", abstract="One.\n\nTwo.\n\n- a list"),
            row(3, room="A"),
            row(3, room="B"),
            row(4, abstract="", title="=1+1"),
        ],
    )
    before = everything(loading.store)
    assert any(session.timezone is None for session in before.values())
    with loading.store.reading() as generation:
        assert write_export(generation, tmp_path / name, vectors=True) == 5
    other = Loading(EdgeStore(tmp_path / "other", "sessions"), tmp_path)
    other.files(tmp_path / name)
    after = everything(other.store)
    other.store.close()
    assert after == before
    assert {id: _said(item) for id, item in after.items()} == {
        id: _said(item) for id, item in before.items()
    }


def _said(session: Session) -> dict[str, Any]:
    """Return the payload but for the time of the load."""
    return encode_payload(replace(session, modified=None))


@pytest.mark.slow
def test_links_are_exported_with_what_they_lead_to(loading: Loading, tmp_path: Path) -> None:
    links = [{"url": "https://a.org/b", "title": "Notes", "kind": "recording"}]
    talk = {**row(1), "video": "https://a.org/1 https://a.org/1.mp4", "links": links}
    (tmp_path / "talks.json").write_text(json.dumps([talk, row(2)]), "utf-8")
    loading.files(tmp_path / "talks.json")
    before = everything(loading.store)
    assert sorted(
        tuple((link.kind, link.url, link.label) for link in session.links)
        for session in before.values()
    ) == [
        (),
        (
            ("recording", "https://a.org/b", "Notes"),
            ("recording", "https://a.org/1", "Recording"),
            ("recording", "https://a.org/1.mp4", "Recording"),
        ),
    ]
    for name in ("out.jsonl", "out.csv"):
        with loading.store.reading() as generation:
            write_export(generation, tmp_path / name)
    other = Loading(EdgeStore(tmp_path / "other", "sessions"), tmp_path)
    other.files(tmp_path / "out.jsonl")
    assert everything(other.store) == before
    other.files(tmp_path / "out.csv")
    urls = sorted([link.url for link in one.links] for one in everything(other.store).values())
    assert urls == [[], ["https://a.org/b", "https://a.org/1", "https://a.org/1.mp4"]]
    other.store.close()


def test_sessions_that_gain_links_are_changed_and_keep_their_vectors(
    loading: Loading, tmp_path: Path
) -> None:
    path = tmp_path / "talks.json"
    for slides, plan in (
        ({}, "2 new, 0 changed"),
        ({"slides": "https://a.org/1"}, "0 new, 1 changed"),
    ):
        path.write_text(json.dumps([row(1) | slides, row(2)]), "utf-8")
        outcome = loading.files(path)
        assert str(outcome.comparison).startswith(f"{plan} (0 embedded again), 0 gone")
    assert len(loading.encoder.embedded) == 2
    with loading.store.reading() as generation:
        links = [one.links for some, _ in generation.scan() for one in some if one.links]
    assert [[link.url for link in some] for some in links] == [["https://a.org/1"]]


def test_vectors_are_exported_when_asked(
    loaded: tuple[EdgeStore, Searcher], tmp_path: Path
) -> None:
    with loaded[0].reading() as generation:
        write_export(generation, tmp_path / "plain.jsonl")
        write_export(generation, tmp_path / "with.jsonl", vectors=True)
        (_, vectors), *_ = generation.scan()
    plain, full = (
        [json.loads(line) for line in (tmp_path / name).read_text("utf-8").splitlines()]
        for name in ("plain.jsonl", "with.jsonl")
    )
    assert not any("vector" in line for line in plain)
    np.testing.assert_allclose([line["vector"] for line in full], vectors, atol=1e-7)


def test_csv_reads_back_with_the_same_ids(loading: Loading, tmp_path: Path) -> None:
    rows = [row(1, id="A-1"), row(2, id="B-2", title="=1+1"), row(3, room="A"), row(3, room="B")]
    rows.append(row(4, id="", title="No id"))
    loading.rows(rows, options=Options(timezone="Europe/Brussels"))
    with loading.store.reading() as generation:
        assert write_export(generation, tmp_path / "out.csv") == 5
    other = Loading(EdgeStore(tmp_path / "other", "sessions"), tmp_path)
    other.files(tmp_path / "out.csv")
    after = everything(other.store)
    other.store.close()
    assert after.keys() == everything(loading.store).keys()


def test_csv_is_safe_to_open_in_a_spreadsheet(loading: Loading, tmp_path: Path) -> None:
    loading.rows([row(1, title="=HYPERLINK(0)", abstract="@SUM(1)", room="-1+1")])
    with loading.store.reading() as generation:
        write_export(generation, tmp_path / "out.csv.gz")
    with gzip.open(tmp_path / "out.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        (values,) = csv.DictReader(stream)
    assert values["title"] == "'=HYPERLINK(0)"
    assert values["abstract"] == "'@SUM(1)"
    assert values["room"] == "'-1+1"
    assert values["speakers"] == "Speaker Number1"


@pytest.mark.parametrize("name", ["out", "out.json", "out.xlsx", "out.gz", "csv"])
def test_an_ending_without_a_format_is_refused(
    loaded: tuple[EdgeStore, Searcher], tmp_path: Path, name: str
) -> None:
    with (
        loaded[0].reading() as generation,
        pytest.raises(InputError, match=rf"{name} ends in none of \.jsonl, .*\.csv\.gz"),
    ):
        write_export(generation, tmp_path / name)
    assert not (tmp_path / name).exists()


def test_an_export_that_fails_leaves_no_part(
    loaded: tuple[EdgeStore, Searcher], tmp_path: Path
) -> None:
    with loaded[0].reading() as generation:
        with pytest.raises(InputError, match="cannot be written"):
            write_export(generation, tmp_path / "no folder" / "out.jsonl")
        with pytest.raises(InputError, match="JSON Lines only"):
            write_export(generation, tmp_path / "out.csv", vectors=True)
    assert not list(tmp_path.glob("out*"))
