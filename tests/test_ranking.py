import pytest

from service import ranking
from service.ranking import weights_digest


def test_the_digest_changes_with_every_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = [name for name in vars(ranking) if name.isupper()]
    assert len(weights) > 15
    digests = {weights_digest()}
    for name in weights:
        with monkeypatch.context() as changed:
            changed.setattr(ranking, name, getattr(ranking, name) * 2)
            digests.add(weights_digest())
    assert len(digests) == len(weights) + 1


def test_other_weights_are_no_accident() -> None:
    """Other weights withdraw the verdicts of older catalogues until their next load: say so in CHANGELOG."""
    assert weights_digest() == "ac7e43f0991d1898"
