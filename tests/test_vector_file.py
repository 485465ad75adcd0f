"""The off-topic queries are embedded once for all starts, and again when their file is of no use."""

from pathlib import Path

import numpy as np
import pytest
from support.fakes import BagOfWords

from service.verdict import off_topic
from service.verdict.off_topic import OffTopicCache, OffTopicQueries, OffTopicQuery


def file_of(folder: Path) -> Path:
    return folder / f"{BagOfWords().fingerprint.key}.npz"


def embedded(query_batches: list[int]) -> bool:
    """Return whether queries were embedded since the last call."""
    some = bool(query_batches)
    query_batches.clear()
    return some


def test_the_next_start_reads_the_vectors(tmp_path: Path, query_batches: list[int]) -> None:
    folder = tmp_path / "data" / "off-topic"
    made = OffTopicCache(folder).get(BagOfWords())
    assert embedded(query_batches)
    read = OffTopicCache(folder).get(BagOfWords())
    assert not embedded(query_batches)
    assert np.array_equal(made.vectors, read.vectors)
    assert read.vectors.dtype == np.float32
    assert [file.name for file in folder.iterdir()] == [file_of(folder).name]


def test_other_queries_or_another_encoder_are_embedded(
    tmp_path: Path, query_batches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    OffTopicQueries(BagOfWords(), tmp_path)
    assert embedded(query_batches)
    OffTopicQueries(BagOfWords(weights="other"), tmp_path)
    assert embedded(query_batches)
    other = (*off_topic.read_queries(), OffTopicQuery("may I bring my parrot", "animals"))
    monkeypatch.setattr(off_topic, "read_queries", lambda: other)
    assert len(OffTopicQueries(BagOfWords(), tmp_path).vectors) == len(other)
    assert embedded(query_batches)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"no archive at all"])
def test_a_damaged_file_is_made_anew(
    tmp_path: Path,
    query_batches: list[int],
    caplog: pytest.LogCaptureFixture,
    content: bytes,
) -> None:
    made = OffTopicQueries(BagOfWords(), tmp_path)
    file_of(tmp_path).write_bytes(content)
    query_batches.clear()
    assert np.array_equal(OffTopicQueries(BagOfWords(), tmp_path).vectors, made.vectors)
    assert embedded(query_batches)
    assert "cannot be read" in caplog.text
    OffTopicQueries(BagOfWords(), tmp_path)
    assert not embedded(query_batches)


def test_vectors_that_are_not_unit_are_embedded_again(
    tmp_path: Path, query_batches: list[int]
) -> None:
    made = OffTopicQueries(BagOfWords(), tmp_path)
    with np.load(file_of(tmp_path)) as kept:
        np.savez(file_of(tmp_path), digest=kept["digest"], vectors=kept["vectors"] * 2)
    query_batches.clear()
    assert np.array_equal(OffTopicQueries(BagOfWords(), tmp_path).vectors, made.vectors)
    assert embedded(query_batches)


def test_a_folder_that_cannot_be_written_costs_only_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    queries = OffTopicQueries(BagOfWords(), tmp_path / "file")
    assert len(queries.vectors) == len(queries.texts)
    assert "cannot be written" in caplog.text
