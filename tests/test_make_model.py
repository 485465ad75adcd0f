"""The program that makes a model of the program's own kind: its pairs and what it writes."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.tiny_model import build_model, check_vectors, sessions_of

from service.session import Session
from training import make_model
from training.model_pairs import make_model_pairs

FIRST = "A first sentence that is long enough to be asked on its own."
REST = "What follows it is long enough for an abstract, and says what the session is about."


def session(number: int, **changes: Any) -> Session:
    given = {"title": "Rust at home: five lessons", "abstract": f"{FIRST} {REST}", "year": 2018}
    return Session(event="Summit", source_id=str(number), **{**given, **changes})


def test_pairs_of_every_kind() -> None:
    sittings = [
        session(n, year=2016 + n, abstract=f"{FIRST} {REST} {n}", speakers=("Ana Ruiz",))
        for n in (1, 2)
    ]
    pairs = make_model_pairs([session(0, tags=("rust",), track="Languages"), *sittings], ["RUST"])
    assert pairs["titles"][0] == ("Rust at home: five lessons", f"{FIRST} {REST}")
    text = session(0).text
    assert pairs["parts"][:2] == [("Rust at home", text), ("five lessons", text)]
    assert pairs["sentences"][:2] == [(FIRST, REST), (REST, FIRST)]
    assert pairs["topics"] == [("Languages", text)]
    assert pairs["sittings"] == [(sittings[0].abstract, sittings[1].abstract)]
    assert make_model_pairs([session(0, abstract="TBA", track="Languages")]) == {}
    assert not any("Ana" in text for rows in pairs.values() for row in rows for text in row)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Two sources of sessions, of which 2017 is the last to learn from, and a configuration of two runs."""
    for number, name in enumerate(("summit", "camp")):
        rows = [
            {
                "event": name,
                "id": one.source_id,
                "year": one.year,
                "title": f"{one.title}: {one.track}",
                "abstract": f"{one.abstract[:60]}. {one.abstract[60:]}",
                "track": one.track,
            }
            for one in sessions_of(range(2015 + number, 2019 + number))
        ]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    given = json.loads(make_model.CONFIG.read_text("utf-8"))
    given |= {
        "base": str(build_model(tmp_path / "base")),
        "window": 24,
        "batch_size": 8,
        "off_topic": 4,
        "sources": [
            {"name": name, "files": f"{name}*.jsonl", "until": 2017, "weight": 0.5}
            for name in ("summit", "camp")
        ],
    }
    file = tmp_path / "config.json"
    file.write_text(json.dumps(given))
    return file


@pytest.mark.slow
def test_fifty_samples_and_two_steps_make_a_model(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [
        "--data",
        tmp_path,
        "--config",
        config,
        "--sample",
        50,
        "--steps",
        2,
        "--device",
        "cpu",
    ]
    for output in ("ours", "again"):
        assert make_model.main([str(one) for one in (tmp_path / output, *options)]) == 0
    assert "Run with seed 8: 2 steps of 8." in capsys.readouterr().out
    check_vectors(tmp_path / "ours")
    weights = [
        (tmp_path / name / "model.safetensors").read_bytes() for name in ("ours", "again", "base")
    ]
    assert weights[0] == weights[1]
    assert weights[0] != weights[2]
    card = (tmp_path / "ours/README.md").read_text("utf-8")
    assert "the mean of 2 runs: 2 steps with seed 7, 2 steps with seed 8." in card
    assert "| summit-titles | 50 | 0.3 |" in card
    assert not list(tmp_path.glob("*.work"))


@pytest.mark.slow
def test_what_is_missing_is_said(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, options = str(tmp_path / "ours"), ["--data", str(tmp_path)]
    assert make_model.main([output, *options]) == 1
    assert "has no pyvideo/*.tar.xz" in capsys.readouterr().err
    config.write_text("{}")
    assert make_model.main([str(tmp_path / "other"), *options, "--config", str(config)]) == 1
    assert "cannot be read as a configuration" in capsys.readouterr().err
