"""Which encoder a command uses: the catalogue's own, or what the settings choose."""

import pytest
from support.fakes import BagOfWords

from conference_helper.wiring import ChosenModel, catalogue_encoder, chosen_model
from service.encoder import Fingerprint
from service.settings import load_settings


def test_the_catalogues_own_encoder_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []

    def open_encoder(model: str, **options: object) -> BagOfWords:
        asked.append((model, options["window"], options["revision"]))
        return BagOfWords()

    monkeypatch.setattr("service.encoders.open.open_encoder", open_encoder)
    fingerprint = Fingerprint("their/model", "w", 256, 128, revision="abc")
    catalogue_encoder(load_settings(), fingerprint)
    catalogue_encoder(load_settings(model="mine", window=64), fingerprint)
    assert asked == [("their/model", 128, "abc"), ("mine", 64, None)]


@pytest.mark.parametrize(
    ("settings", "chosen"),
    [
        ({}, ChosenModel("their/model", "abc", 128)),
        ({"model": "their/model"}, ChosenModel("their/model", "abc", 128)),
        ({"window": 64}, ChosenModel("their/model", "abc", 64)),
        ({"model_revision": "main"}, ChosenModel("their/model", "main", 128)),
        ({"model": "mine"}, ChosenModel("mine", None, None)),
    ],
)
def test_a_model_is_chosen_in_one_way(settings: dict[str, str | int], chosen: ChosenModel) -> None:
    served = Fingerprint("their/model", "w", 256, 128, revision="abc")
    assert chosen_model(load_settings(**settings), served) == chosen
    assert chosen_model(load_settings(), None) == ChosenModel(None, None, None)
