"""Exporting a model: bundles that are sound or are not used, and models that cannot be exported."""

import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from conference_helper.cli import main
from service.encoder import Encoder, Fingerprint
from service.encoders.model_folder import BASE_MODEL
from service.encoders.open import EncoderOptions, open_catalogue_encoder, open_encoder
from service.encoders.openvino import export as exporting
from service.encoders.openvino.bundle import VERSION, bundle_path, read_bundle
from service.encoders.openvino.encoder import OpenVinoEncoder
from service.encoders.sentence_transformer import SentenceTransformerEncoder
from service.errors import ModelError

pytestmark = pytest.mark.slow

Fast = Callable[[str], Encoder]


@pytest.fixture
def copied(models: Path, fast: Fast, tmp_path: Path) -> Path:
    """A folder of bundles of its own with the int8 one, and nothing compiled."""
    path = bundle_path(models, fast("int8").fingerprint)
    ignored = shutil.ignore_patterns("compiled")
    shutil.copytree(path, tmp_path / "models" / path.name, ignore=ignored)
    return tmp_path / "models"


def _change(folder: Path, **values: object) -> None:
    file = folder / "bundle.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


SPOILT: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: _flip(path / "graph.bin"), "damaged"),
    (lambda path: _flip(path / "tokenizer.json"), "damaged"),
    (lambda path: (path / "graph.xml").unlink(), "cannot be read"),
    (lambda path: (path / "bundle.json").write_text("{"), "cannot be read"),
    (lambda path: (path / "bundle.json").write_text("{}"), "cannot be read"),
    (lambda path: _change(path, version=VERSION + 1), f"not {VERSION}"),
    (
        lambda path: _change(path, fingerprint=Fingerprint("m", "other", 384, 256).as_dict()),
        "another model: weights, precision differ",
    ),
]


@pytest.mark.parametrize(("spoil", "says"), SPOILT)
def test_an_unsound_bundle_is_refused_with_the_reason(
    spoil: Callable[[Path], object], says: str, copied: Path, fast: Fast
) -> None:
    fingerprint = fast("int8").fingerprint
    assert read_bundle(copied, fingerprint)
    spoil(bundle_path(copied, fingerprint))
    with pytest.raises(ModelError, match=says):
        read_bundle(copied, fingerprint)


def test_an_unsound_bundle_is_made_anew_from_its_model(
    copied: Path,
    fast: Fast,
    models: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fingerprint = fast("int8").fingerprint
    _flip(bundle_path(copied, fingerprint) / "graph.bin")

    def export(reference: object, folder: Path, precision: str) -> object:
        shutil.rmtree(bundle_path(folder, fingerprint))
        shutil.copytree(bundle_path(models, fingerprint), bundle_path(folder, fingerprint))
        return read_bundle(folder, fingerprint)

    monkeypatch.setattr(exporting, "export", export)
    found = open_catalogue_encoder(fingerprint, EncoderOptions("fast", models=copied))
    assert isinstance(found, OpenVinoEncoder)
    assert "damaged" in caplog.text
    assert "Not used: " in caplog.text


def test_an_unsound_bundle_without_its_model_is_refused(copied: Path, fast: Fast) -> None:
    gone = replace(fast("int8").fingerprint, model="./gone")
    _flip(bundle_path(copied, gone) / "graph.bin")
    for kind in ("auto", "fast"):
        with pytest.raises(ModelError, match=r"no model folder \./gone"):
            open_catalogue_encoder(gone, EncoderOptions(kind, models=copied))


def test_a_bundle_that_gives_other_vectors_is_not_used(copied: Path, fast: Fast) -> None:
    fingerprint = fast("int8").fingerprint
    probe = {"text": "wards", "vector": [1.0] + [0.0] * 383}
    _change(bundle_path(copied, fingerprint), probe=probe)
    bundle = read_bundle(copied, fingerprint)
    assert bundle
    with pytest.raises(ModelError, match="other vectors than when it was made"):
        OpenVinoEncoder(bundle)


def test_why_a_bundle_cannot_be_run_is_said(
    copied: Path, fast: Fast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: object) -> None:
        raise RuntimeError("no such instruction")

    bundle = read_bundle(copied, fast("int8").fingerprint)
    assert bundle
    monkeypatch.setattr("openvino.Core.compile_model", fail)
    with pytest.raises(ModelError, match="cannot be compiled: no such instruction"):
        OpenVinoEncoder(bundle)


def test_what_was_compiled_is_made_again_when_damaged(copied: Path, fast: Fast) -> None:
    bundle = read_bundle(copied, fast("int8").fingerprint)
    assert bundle
    expected = OpenVinoEncoder(bundle).encode_queries(["wards"])
    blobs = list((bundle.path / "compiled").glob("*.blob"))
    assert blobs
    for blob in blobs:
        blob.write_bytes(blob.read_bytes()[:1000])
    np.testing.assert_array_equal(OpenVinoEncoder(bundle).encode_queries(["wards"]), expected)


def test_a_model_that_cannot_be_exported_falls_back_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def trace(model: object) -> None:
        raise RuntimeError("unknown operation\nand much more")

    monkeypatch.setattr("service.encoders.openvino.graph.trace", trace)
    options = EncoderOptions("auto", models=tmp_path / "models")
    with caplog.at_level(logging.WARNING):
        found = open_encoder(BASE_MODEL, options=options)
    assert isinstance(found, SentenceTransformerEncoder)
    assert "cannot be exported (RuntimeError: unknown operation)" in caplog.text
    assert "reference encoder" in caplog.text
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["lock"]
    with pytest.raises(ModelError, match="unknown operation"):
        open_encoder(BASE_MODEL, options=replace(options, kind="fast"))


def test_an_export_that_comes_out_wrong_is_not_kept(
    tmp_path: Path, reference: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(exporting.MIN_SIMILARITY, "int8", 0.99999)
    monkeypatch.setattr(exporting, "PROBES", exporting.PROBES[:4])
    with pytest.raises(ModelError, match="does not come out right"):
        exporting.export(reference, tmp_path, "int8")
    assert list(tmp_path.iterdir()) == []


def test_precisions_do_not_mix_unsaid(fast: Fast, reference: SentenceTransformerEncoder) -> None:
    assert fast("fp32").fingerprint.key == reference.fingerprint.key
    assert fast("fp32").fingerprint.differences(reference.fingerprint) == []
    assert fast("int8").fingerprint.differences(reference.fingerprint) == ["precision"]
    assert fast("int8").fingerprint.key != reference.fingerprint.key
    old = {k: v for k, v in reference.fingerprint.as_dict().items() if k != "precision"}
    assert Fingerprint.from_dict(old) == reference.fingerprint
    key = Fingerprint("name", "weights", 384, 256).key
    assert key == "affc40785bdc7370962ed54a40e46803"  # as it was before there were precisions


def test_a_catalogue_keeps_its_precision(models: Path, fast: Fast) -> None:
    options = EncoderOptions("fast", models=models)
    for precision in ("fp32", "int8"):
        catalogue = fast(precision).fingerprint
        assert open_catalogue_encoder(catalogue, options).fingerprint.precision == precision
        found = open_encoder(BASE_MODEL, catalogue=catalogue, options=options)
        assert found.fingerprint.precision == precision
        other = replace(catalogue, weights="other")
        assert (
            open_encoder(BASE_MODEL, catalogue=other, options=options).fingerprint.precision
            == "int8"
        )


def test_the_command_exports_what_a_load_would_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: Path, fast: Fast
) -> None:
    wanted: list[tuple[int, str]] = []

    def export(reference: SentenceTransformerEncoder, folder: Path, precision: str) -> object:
        wanted.append((reference.fingerprint.window, precision))
        return read_bundle(models, fast("int8").fingerprint)

    monkeypatch.setattr(exporting, "export", export)
    command = ["export-model", "--model", BASE_MODEL]
    said = CliRunner().invoke(main, command)
    assert said.exit_code == 0, said.output
    assert "in int8:" in said.output
    as_json = CliRunner().invoke(main, [*command, "--precision", "fp32", "--json"])
    assert json.loads(as_json.stdout)["encoder"]["window"] == 256
    assert wanted == [(256, "int8"), (256, "fp32")]


def test_8_bits_are_a_fourth(models: Path) -> None:
    sizes = {
        json.loads(path.with_name("bundle.json").read_text("utf-8"))["fingerprint"]["precision"]: (
            path.stat().st_size
        )
        for path in models.glob("*/graph.bin")
    }
    assert sizes["int8"] < 0.27 * sizes["fp32"]
