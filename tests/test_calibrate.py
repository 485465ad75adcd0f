"""What a catalogue is calibrated by, and the calibration in its manifest."""

import numpy as np
import pytest
from support.fakes import BagOfWords
from support.stores import talk
from support.web_fixtures import SESSIONS, write

from service.errors import VerificationError
from service.ranking import weights_digest
from service.stores.manifest import Calibration, Manifest
from service.stores.protocol import Generation, SessionStore
from service.verdict import off_topic
from service.verdict.calibrate import calibrate
from service.verdict.off_topic import queries_digest

CALIBRATION = Calibration(
    queries_digest(), weights_digest(), (), spread=0.1, related=0.3, strong=0.6
)


def test_the_manifest_carries_the_calibration() -> None:
    manifest = Manifest("1", "now", BagOfWords().fingerprint, 1, calibration=CALIBRATION)
    assert Manifest.from_dict(manifest.as_dict()) == manifest
    older = manifest.as_dict()
    del older["calibration"]
    assert Manifest.from_dict(older).calibration is None


def test_a_calibration_that_records_no_weights_was_made_with_the_first_ones() -> None:
    unrecorded = CALIBRATION.as_dict()
    del unrecorded["weights"]
    assert Calibration.from_dict(unrecorded).weights == "4ec65c62de6e8e7f"


def test_a_check_that_raises_keeps_what_is_served(store: SessionStore) -> None:
    write(store, SESSIONS)
    served = store.manifest()

    def refuse(generation: Generation) -> Calibration | None:
        assert generation.manifest.languages == ("de", "en")
        raise VerificationError("worse")

    encoder = BagOfWords()
    with (
        pytest.raises(VerificationError, match="worse"),
        store.building(encoder.fingerprint, sessions=len(SESSIONS)) as builder,
    ):
        texts = [session.text for session in SESSIONS]
        builder.upsert(SESSIONS, encoder.encode_sessions(texts))
        builder.commit(expected=len(SESSIONS), sources=(), check=refuse)
    assert store.manifest() == served
    assert [one.generation for one in store.generations()] == [served.generation]


@pytest.mark.slow
@pytest.mark.usefixtures("all_off_topic_queries")
def test_off_topic_queries_that_the_catalogue_answers_do_not_count(
    store: SessionStore,
) -> None:
    cooks = [
        talk(place, title=question, abstract=f"{question} " * 3)
        for place, (question, _) in enumerate(off_topic.read_queries()[:12])
    ]
    write(store, cooks)
    with store.reading() as generation:
        found = calibrate(generation, BagOfWords())
    assert found is not None
    assert len(set(range(12)) & set(found.answered)) > 6


def test_an_empty_catalogue_has_no_calibration(store: SessionStore) -> None:
    write(store, ())
    with store.reading() as generation:
        assert calibrate(generation, BagOfWords()) is None


@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_small_catalogue_is_calibrated_by_off_topic_queries_alone(
    store: SessionStore, count: int
) -> None:
    write(store, SESSIONS[:count])
    with store.reading() as generation:
        found = calibrate(generation, BagOfWords())
    assert found is not None
    assert np.isfinite([found.spread, found.related, found.strong]).all()
