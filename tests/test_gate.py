"""The gated switch: a new generation that finds less is not served."""

from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.fakes import BagOfWords
from support.programmes import Loading, row, write_csv

from conference_helper import cli
from evaluation.gate import gate
from service.encoder import Fingerprint, Vectors
from service.errors import VerificationError

pytestmark = pytest.mark.slow

ROWS = [
    row(number, abstract=f"Chapter{number} tells how word{number} came about, in plain words.")
    for number in range(12)
]


class Blind(BagOfWords):
    """An encoder to which all texts are alike."""

    def _count(self, texts: object) -> Vectors:
        rows = super()._count(["alike"])
        return rows.repeat(len(list(texts)), axis=0)  # type: ignore[call-overload]  # texts are a sequence


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def gated(loading: Loading, said: list[str]) -> Loading:
    def open_encoder(fingerprint: Fingerprint) -> BagOfWords:
        return BagOfWords(weights=fingerprint.weights)

    loading.gate = gate(loading.store, open_encoder, tolerance=0.02, say=said.append)
    return loading


def test_a_load_that_finds_as_much_is_served(gated: Loading, said: list[str]) -> None:
    gated.rows(ROWS)
    assert said == ["Nothing is served yet: there is nothing to compare with."]
    outcome = gated.rows([*ROWS, row(99)])
    assert said[-1].startswith("hit@3 of the same questions: made-title hybrid 1.000 to 1.000")
    assert outcome.manifest == gated.store.manifest()
    assert gated.count() == 13


def test_a_load_that_finds_less_is_not_served(gated: Loading) -> None:
    served = gated.rows(ROWS).manifest
    gated.encoder = Blind(weights="blind")
    with pytest.raises(
        VerificationError, match=r"made-\w+: hit@3 in semantic mode falls from .* to .*--gate"
    ):
        gated.rows(ROWS)
    assert gated.store.manifest() == served
    gated.gate = None
    assert gated.rows(ROWS).manifest != served


def test_a_fall_of_exactly_the_tolerance_is_allowed(
    gated: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    gated.rows(ROWS)
    found = iter([0.26, 0.24] * 99)  # 0.24 is a little less than 0.26 - 0.02
    monkeypatch.setattr("evaluation.gate._hit_rate_of", lambda *_: lambda *_: next(found))
    gated.rows([*ROWS, row(99)])
    assert gated.count() == 13


def test_sessions_that_differ_are_not_asked_about(gated: Loading, said: list[str]) -> None:
    gated.rows(ROWS)
    gated.rows([row(number, title=f"Another{number}", abstract="New.") for number in range(12)])
    assert said[-1] == "No session stands alike in both generations: there is nothing to compare."


def test_the_command_ends_with_5(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_encoder(model: str | None, **options: object) -> BagOfWords:
        return Blind(weights="blind") if model == "blind" else BagOfWords()

    monkeypatch.setattr("service.encoders.open.open_encoder", open_encoder)
    file = str(write_csv(tmp_path / "programme.csv", ROWS))
    run = partial(CliRunner().invoke, cli.main)
    assert run(["load", file, "--gate"]).exit_code == 0
    failed = run(["load", file, "--gate", "--model", "blind"])
    assert failed.exit_code == 5, failed.output
    assert "hit@3 in semantic mode falls from" in failed.stderr
    passed = run(["load", file, "--gate", "--gate-tolerance", "1", "--model", "blind"])
    assert passed.exit_code == 0, passed.output
