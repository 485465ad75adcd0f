"""What training is made of: pairs, the split by year, averaging, the verdict, sets, the card."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.measures import MEASURES, Estimate
from evaluation.run import Row
from service.errors import InputError, VerificationError
from service.session import Session
from training.acceptance import check_better, check_set_names
from training.evaluating import HELD_BACK, mean_ndcg, title_set, topic_set
from training.pairs import make_pairs
from training.splitting import parse_until, split_by_year

LONG = "An abstract that goes on for long enough to say what it is about, and a little more."


def session(number: int, **changes: Any) -> Session:
    given = {"title": f"Title {number}", "abstract": f"{LONG} {number}", "year": 2020}
    return Session(event="Summit", source_id=str(number), **{**given, **changes})


def rows(**values: float) -> list[Row]:
    """A row a set, in semantic mode, with all measures of one value."""
    return [
        Row(name.replace("_", "-"), "semantic", 9, 9, 1.0, {n: Estimate(v, v, v) for n in MEASURES})
        for name, v in values.items()
    ]


def test_pairs_of_every_kind() -> None:
    plain = [session(n, track=f"Track {n % 9}") for n in range(18)]
    summarized = [
        session(n, abstract=f"What it is about in short, {n}.\n{LONG} {n}") for n in range(18, 30)
    ]
    sittings = [
        session(
            n,
            title=f"Again {n}",
            abstract=f"{LONG} {n} in {year}",
            year=year,
            speakers=("Ana Ruiz",),
        )
        for n in range(30, 40)
        for year in (2018, 2019)
    ]
    thin = [session(50, abstract="TBA", track="Lost")]
    pairs = make_pairs([*plain, *summarized, *sittings, *thin])
    assert {kind: len(rows) for kind, rows in pairs.items()} == {
        "titles": 50,
        "summaries": 12,
        "repeats": 10,
        "tracks": 18,
    }
    assert pairs["titles"][0] == ("Title 0", f"{LONG} 0")
    assert pairs["summaries"][0] == ("What it is about in short, 18.", f"{LONG} 18")
    assert (f"{LONG} 30 in 2018", f"{LONG} 30 in 2019") in pairs["repeats"]
    assert pairs["tracks"][0] == ("Track 0", plain[0].text)
    assert make_pairs([*plain[:3], *sittings[:2]]) == {}


def test_later_years_and_withheld_titles_are_never_learned_from() -> None:
    early = [session(n, year=2015 + n % 3) for n in range(100)]
    again = session(100, title="TITLE 7!", year=2019)
    late = [session(n, year=2018) for n in range(101, 110)]
    split = split_by_year([*early, again, *late], until={"": 2017}, withheld=["title 8"])
    assert {one.year for one in split.testing} == {2018, 2019}
    assert {one.year for one in (*split.training, *split.development)} == {2015, 2016, 2017}
    learned = {one.title for one in split.training}
    assert learned.isdisjoint({"Title 7", "Title 8"})
    assert learned.isdisjoint(one.title for one in split.development)
    assert len(split.development) == 9
    assert len(learned) == 89
    assert {one.year for one in split_by_year([*early, *late], until={}).testing} == {2018}
    by_event = [*early, *(replace(one, event="Other") for one in early)]
    split = split_by_year(by_event, until={"": 2016, "Other": 2015})
    assert {(one.event, one.year) for one in split.testing} == {
        ("Summit", 2017),
        ("Other", 2016),
        ("Other", 2017),
    }


def test_one_year_is_too_few() -> None:
    with pytest.raises(InputError, match=r"there are sessions of 2020\. Load more years"):
        split_by_year([session(1)], until={})
    assert parse_until(["2018", "FOSDEM=2017"]) == {"": 2018, "FOSDEM": 2017}
    for text in ("", "FOSDEM", "FOSDEM=last", "=²"):
        with pytest.raises(InputError, match="is not of the form"):
            parse_until([text])


@pytest.mark.slow
def test_averaging() -> None:
    import torch

    from training.averaging import average, choose_share

    base = {"a": torch.tensor([0.0, 2.0]), "ids": torch.tensor([1])}
    trained = {"a": torch.tensor([1.0, 0.0]), "ids": torch.tensor([1])}
    mixed = average(trained, base, 0.6)
    assert mixed["a"].tolist() == pytest.approx([0.6, 0.8])
    assert mixed["ids"].tolist() == [1]
    assert choose_share({1.0: 0.5, 0.8: 0.7, 0.6: 0.7, 0.4: 0.6}.__getitem__) == 0.6


def test_the_verdict() -> None:
    before, wanted = rows(held_back=0.5, tags=0.5), (HELD_BACK,)
    check_better(before, rows(held_back=0.6, tags=0.495), wanted=wanted, tolerance=0.01)
    check_better(before, rows(held_back=0.6, tags=0.49), wanted=wanted, tolerance=0.01)
    with pytest.raises(VerificationError, match=r"tags \(semantic\): hit@3 fell, 0.500 -> 0.480"):
        check_better(before, rows(held_back=0.6, tags=0.48), wanted=wanted, tolerance=0.01)
    with pytest.raises(VerificationError, match=r"held-back \(semantic\): hit@3 is not better"):
        check_better(before, rows(held_back=0.5, tags=0.6), wanted=wanted, tolerance=0.01)
    with pytest.raises(InputError, match="--better other: no such set"):
        check_set_names(["other"], [HELD_BACK])


def test_sets_made_of_sessions() -> None:
    sessions = [session(n, track=f"Track {n % 7}", tags=("all",)) for n in range(30)]
    asked = title_set("titles", sessions[:10], sessions[10:])
    assert {one.title for one in asked.sessions} == {""}
    assert len(asked.sessions) == 30
    assert set(asked.questions.questions.values()) == {one.title for one in sessions[:10]}
    topics = topic_set("topics", sessions)
    assert set(topics.questions.questions.values()) == {f"Track {n}" for n in range(7)}


@pytest.mark.slow
def test_a_model_in_training_is_an_encoder_to_measure(tmp_path: Path) -> None:
    from support.tiny_model import build_model

    from service.encoders.model_folder import find_model
    from service.encoders.sentence_transformer import load_model
    from training.model_encoder import ModelEncoder

    sessions = [session(n, track=f"Track {n % 7}") for n in range(30)]
    sets = [title_set("titles", sessions[:10], sessions[10:]), topic_set("topics", sessions)]
    model = load_model(find_model(str(build_model(tmp_path / "model"))), "cpu")
    encoder = ModelEncoder(model, name="tiny")
    assert 0 < mean_ndcg(encoder, sets) < 1
    assert mean_ndcg(encoder, []) == 0
    vectors = encoder.encode_sessions(["bado", "cemi " * 100])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert encoder.encode_queries([]).shape == (0, 32)
    assert encoder.truncated == 1
    assert encoder.fingerprint.dimension == 32


@pytest.mark.slow
def test_the_licence_is_that_of_the_base(tmp_path: Path) -> None:
    from training.model_card import licence_of

    assert licence_of(tmp_path) == "other"
    (tmp_path / "README.md").write_text("---\ntags: []\nlicense: mit\n---\nlicense: no\n")
    assert licence_of(tmp_path) == "mit"
