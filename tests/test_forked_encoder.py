"""An encoder that was opened before processes are forked: they answer as it does, from its memory."""

import multiprocessing
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from support.fakes import BagOfWords
from support.programmes import Loading, row

from conference_helper import wiring
from conference_helper.wiring import served_encoder
from service.encoder import Fingerprint, QueryEncoder, Vectors
from service.encoders import own_model
from service.encoders.open import EncoderOptions, open_encoder
from service.encoders.sharing import SharedEncoder
from service.settings import load_settings
from service.stores.edge.store import EdgeStore

QUESTIONS = (
    "maps",
    "a question of more words than the graph of fixed shape takes, so another answers",
)


def encode(encoder: QueryEncoder, connection: "multiprocessing.connection.Connection") -> None:
    connection.send(encoder.encode_queries(QUESTIONS))


def test_a_forked_process_encodes_alike(tmp_path: Path) -> None:
    options = EncoderOptions("fast", tmp_path, serving=True)
    encoder = open_encoder(own_model.NAME, options=options)
    expected: Vectors = encoder.encode_queries(QUESTIONS)
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(
        target=encode, args=(SharedEncoder(encoder), theirs)
    )
    process.start()
    try:
        assert ours.poll(300), "it stands still"
        np.testing.assert_allclose(ours.recv(), expected, atol=1e-6)
    finally:
        process.kill()
        process.join()


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Fingerprint]:
    """The fingerprints whose exports are opened, of a catalogue that BagOfWords embedded."""
    asked: list[Fingerprint] = []

    def open_exported(fingerprint: Fingerprint, options: EncoderOptions) -> BagOfWords:
        assert options.serving
        asked.append(fingerprint)
        return BagOfWords()

    monkeypatch.setattr("service.encoders.open.open_exported", open_exported)
    with closing(EdgeStore(tmp_path, "sessions")) as store:
        Loading(store, tmp_path).rows([row(1), row(2)])
    return asked


def test_the_encoder_of_what_is_served_is_opened(tmp_path: Path, opened: list[Fingerprint]) -> None:
    encoder = served_encoder(load_settings(data_dir=tmp_path))
    assert encoder
    assert [one.key for one in opened] == [BagOfWords().fingerprint.key]
    with closing(EdgeStore(tmp_path, "sessions")) as store:
        settings = load_settings(data_dir=tmp_path)
        searcher = wiring.searcher_for(settings, store, serving=True, opened=encoder)
        searcher.warm_up()
    assert len(opened) == 1, "it was opened again"


@pytest.mark.parametrize(
    "settings",
    [{"model": "another"}, {"catalogue": "empty"}, {"qdrant": {"url": "http://127.0.0.1:1"}}],
)
def test_another_model_no_catalogue_or_a_server_leave_it_to_each_process(
    tmp_path: Path, opened: list[Fingerprint], settings: dict[str, object]
) -> None:
    assert served_encoder(load_settings(data_dir=tmp_path, **settings)) is None
    assert not opened
