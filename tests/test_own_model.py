"""The program's own model: whole, within its size, and used as it comes, without what exports one."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import numpy as np
import pytest
from click.testing import CliRunner
from support.processes import free_port, running, wait_until
from support.programmes import row, write_csv

from conference_helper.cli import main
from evaluation import measures
from service.encoder import Fingerprint
from service.encoders import model_folder, own_model
from service.encoders import open as opening
from service.encoders.model_folder import BASE_MODEL, DEFAULT_MODEL, find_model
from service.encoders.open import (
    EncoderOptions,
    export_model,
    open_catalogue_encoder,
    open_encoder,
)
from service.encoders.openvino.bundle import bundle_path, read_own_bundle
from service.encoders.openvino.encoder import OpenVinoEncoder
from service.encoders.openvino.export import MIN_SIMILARITY, PROBES
from service.encoders.sentence_transformer import SentenceTransformerEncoder
from service.errors import InputError, ModelError

ROOT = Path(__file__).parent.parent
LIGHT = ROOT / "tests/support/light_install.py"
MAX_BYTES = 70_000_000


@pytest.fixture
def fingerprint() -> Fingerprint:
    found = SentenceTransformerEncoder(find_model(own_model.NAME)).fingerprint
    return replace(found, precision="int8")


@pytest.fixture
def without_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("torch", "transformers", "sentence_transformers", "ir_measures"):
        monkeypatch.setitem(sys.modules, name, None)


def test_its_files_are_small_and_its_card_names_the_weights() -> None:
    files = [file for file in own_model.FOLDER.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < MAX_BYTES
    card = (own_model.FOLDER / "README.md").read_text("utf-8")
    assert own_model.WEIGHTS_SHA256 in card
    assert "license: apache-2.0" in card


@pytest.mark.parametrize("installed", [True, False])
def test_no_model_chosen_and_none_to_be_had_uses_our_own(
    installed: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def not_to_be_had(name: str, revision: str | None) -> None:
        assert installed, "it is asked for in vain"
        raise ModelError(f"{name} cannot be had")

    monkeypatch.setattr(model_folder, "_hub_model", not_to_be_had)
    monkeypatch.setattr(model_folder, "find_spec", lambda name: object() if installed else None)
    assert find_model(None).name == own_model.NAME
    lacking = f"{DEFAULT_MODEL} is neither in the local cache nor can it be fetched"
    why = lacking if installed else "sentence-transformers is not installed"
    assert caplog.messages == [f"Using {own_model.NAME}, which comes with the program: {why}."]


def test_the_default_model_answers_where_it_can_be_had(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    had = model_folder.ModelFolder(DEFAULT_MODEL, Path("there"), "", "w")
    monkeypatch.setattr(model_folder, "_hub_model", lambda name, revision: had)
    assert find_model(None) is had
    assert caplog.messages == []


def test_its_export_serves_any_window_and_recipe_of_texts(
    tmp_path: Path, fingerprint: Fingerprint
) -> None:
    for wanted in (fingerprint, replace(fingerprint, window=512, recipe=99)):
        bundle = read_own_bundle(tmp_path, wanted)
        assert bundle
        assert bundle.path == own_model.FOLDER
        assert bundle.fingerprint == wanted
        assert bundle.compiled.parent == bundle_path(tmp_path, wanted)
    assert read_own_bundle(tmp_path, replace(fingerprint, precision="fp32")) is None
    assert read_own_bundle(tmp_path, replace(fingerprint, weights="other")) is None
    with pytest.raises(ModelError, match="another model: pooling differ"):
        read_own_bundle(tmp_path, replace(fingerprint, pooling="cls"))


def test_it_is_not_exported_again(tmp_path: Path) -> None:
    made = export_model(
        own_model.NAME, revision=None, window=None, precision="int8", models=tmp_path
    )
    assert made["folder"] == str(own_model.FOLDER)
    assert not made["exported"]
    assert list(tmp_path.iterdir()) == []
    said = CliRunner().invoke(main, ["export-model", "--model", own_model.NAME]).output
    assert said.startswith(f"{own_model.NAME} in int8 comes with the program: ")
    assert "Nothing was made." in said


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the program's own model that a test may damage."""
    folder = tmp_path / "installed"
    shutil.copytree(own_model.FOLDER, folder)
    monkeypatch.setattr(own_model, "FOLDER", folder)
    return folder


def _damage_graph(folder: Path) -> None:
    content = bytearray((folder / "graph.bin").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (folder / "graph.bin").write_bytes(content)


@pytest.mark.usefixtures("without_libraries")
def test_a_damaged_export_of_it_is_mended_by_installing_the_program_again(
    tmp_path: Path, installed: Path, fingerprint: Fingerprint, caplog: pytest.LogCaptureFixture
) -> None:
    _damage_graph(installed)
    options = EncoderOptions("auto", models=tmp_path / "models")
    asked: list[Callable[[], object]] = [
        lambda: open_encoder(own_model.NAME, options=options),
        lambda: open_catalogue_encoder(fingerprint, options),
        lambda: export_model(
            own_model.NAME, revision=None, window=None, precision="int8", models=tmp_path
        ),
    ]
    for ask in asked:
        with pytest.raises(ModelError, match=r"Install the program again\.$"):
            ask()
    assert "graph.bin is damaged" in caplog.text


def test_an_export_made_earlier_serves_only_where_the_packaged_one_is_damaged(
    tmp_path: Path, installed: Path, fingerprint: Fingerprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = bundle_path(tmp_path, fingerprint)
    shutil.copytree(installed, earlier)
    monkeypatch.setattr(
        "service.encoders.open.OpenVinoEncoder", lambda bundle, **options: str(bundle.path)
    )
    options = EncoderOptions("fast", models=tmp_path)
    assert str(open_catalogue_encoder(fingerprint, options)) == str(installed)
    _damage_graph(installed)
    assert str(open_catalogue_encoder(fingerprint, options)) == str(earlier)


def test_a_load_on_a_gpu_says_what_answers_its_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Opened:
        def use_gpu(self, open_gpu: object) -> None:
            pass

    monkeypatch.setattr(opening, "has_gpu", lambda device: True)
    monkeypatch.setattr(opening, "_export", lambda *given: Opened())
    options = EncoderOptions("fast", models=tmp_path)
    open_encoder(own_model.NAME, options=options)
    (said,) = caplog.messages
    assert said.startswith("Embedding in half precision")
    assert "CONFERENCE_HELPER_PRECISION=int8" in said
    caplog.clear()
    open_encoder(own_model.NAME, options=replace(options, precision="half"))
    assert caplog.messages == []


@pytest.mark.usefixtures("without_libraries")
def test_a_model_that_needs_what_is_not_installed_says_so_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = EncoderOptions("auto", models=tmp_path)
    asked: list[Callable[[], object]] = [
        lambda: open_encoder(BASE_MODEL, options=options),
        lambda: open_encoder(own_model.NAME, options=replace(options, precision="fp32")),
        lambda: open_encoder(BASE_MODEL).encode_queries(["wards"]),
        lambda: export_model(
            BASE_MODEL, revision=None, window=None, precision=None, models=tmp_path
        ),
    ]
    for ask in asked:
        with pytest.raises(
            ModelError, match=r"^\S+ is not exported here, .* pip install sentence-"
        ):
            ask()
    with pytest.raises(InputError, match="pip install ir-measures"):
        measures.check_installed()
    for arguments in (["evaluate"], ["train", "--output", "ours"]):
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == 2
        assert "Install it: pip install" in done.stderr
    assert CliRunner().invoke(main, ["train", "--help"]).exit_code == 0


def test_the_trainings_script_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(('torch', 'transformers', 'sentence_transformers')));"
        "from training.train_script import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code]
    run = partial(subprocess.run, capture_output=True, text=True, cwd=ROOT)
    assert run([*command, "--help"]).returncode == 0
    done = run([*command, "out", "--data", "."])
    assert done.returncode == 1
    assert done.stderr.startswith("Error: Training needs sentence-transformers. Install it:")


@pytest.mark.slow
def test_its_export_gives_the_vectors_of_its_weights(
    tmp_path: Path, fingerprint: Fingerprint
) -> None:
    bundle = read_own_bundle(tmp_path, fingerprint)
    assert bundle
    found = OpenVinoEncoder(bundle).encode_sessions(PROBES)
    expected = SentenceTransformerEncoder(find_model(own_model.NAME)).encode_sessions(PROBES)
    assert np.einsum("ij,ij->i", found, expected).min() >= MIN_SIMILARITY["int8"]
    assert any(bundle.compiled.iterdir())
    assert not (own_model.FOLDER / "compiled").exists()


def test_its_settings_are_those_of_its_files(fingerprint: Fingerprint) -> None:
    settings = json.loads((own_model.FOLDER / "bundle.json").read_text("utf-8"))
    assert Fingerprint.from_dict(settings["fingerprint"]) == fingerprint


@pytest.mark.slow
def test_readme_shows_the_answer_that_people_get() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    load = ["load", str(ROOT / "samples"), "--model", own_model.NAME]
    assert CliRunner().invoke(main, load).exit_code == 0
    answer = CliRunner().invoke(main, ["search", "Health Analytics?"]).output
    assert answer.count("\n") == 12
    assert answer in readme


@pytest.mark.slow
def test_load_search_and_serve_do_without_what_exports_and_measures(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    env = {"HOME": str(home), "CONFERENCE_HELPER_DATA_DIR": str(tmp_path / "own")}
    start = partial(running, LIGHT, env=env, cwd=tmp_path)
    source = write_csv(tmp_path / "programme.csv", [row(number) for number in range(9)])
    for command, says in (
        (("load", str(source)), f"Using {own_model.NAME}, which comes with the program"),
        (("search", "number 7"), "number 7"),
    ):
        with start(*command) as process:
            output, _ = process.communicate()
        assert process.returncode == 0, output
        assert says in output
    port = free_port()
    address = f"http://127.0.0.1:{port}/api/search?q=number+7"
    with start("serve", "--port", str(port), "--workers", "1") as process:
        wait_until(lambda: _answers(address), process=process)


def _answers(address: str) -> bool:
    try:
        return len(httpx.get(address).json()["results"]) == 3
    except (httpx.TransportError, KeyError):  # not listening yet, or not ready
        return False
