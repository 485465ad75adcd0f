"""One file an implementation of the Encoder protocol; `open_encoder` and `open_catalogue_encoder` pick one."""

import logging
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from service.encoder import Encoder, Fingerprint
from service.encoders.gpu import Gpu, has_gpu
from service.encoders.model_folder import find_model
from service.encoders.openvino.bundle import making, read_bundle
from service.encoders.openvino.encoder import FastEncoder
from service.encoders.sentence_transformer import SentenceTransformerEncoder
from service.errors import ModelError

DEFAULT_PRECISION = "int8"
"""Precision of a new catalogue: near fp32 in a fraction of the time (benchmarks/RESULTS.md).
On a GPU it is half."""

log = logging.getLogger(__name__)

# OpenVINO imports `openvino_telemetry` where it is installed, which posts to an analytics service, writes a
# client id into the home folder and forks while threads run. Without it OpenVINO uses its own stub.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None blocks an import


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    """Which encoder is wanted.

    kind        fast: an exported model, which needs the folder `models` for its bundle; reference:
                sentence-transformers; auto: fast, or the reference where a model cannot be exported
    precision   of the fast encoder; that of the catalogue, or int8, when None
    device      where torch runs; chosen by itself when None
    lasting     whether many questions will be asked, so that a longer start pays
    """

    kind: Literal["auto", "fast", "reference"] = "auto"
    models: Path | None = None
    precision: str | None = None
    device: str | None = None
    lasting: bool = False


REFERENCE = EncoderOptions("reference")


def open_encoder(
    model: str | None = None,
    *,
    revision: str | None = None,
    window: int | None = None,
    catalogue: Fingerprint | None = None,
    choice: EncoderOptions = REFERENCE,
) -> Encoder:
    """Return the encoder for `model`, or for the default model when None; exported first where need be.

    Its precision is the choice's, else that of the `catalogue` it is for if it has the same model, else int8.
    Raises ModelError if the model cannot be found, is not safe to load, has a smaller window, or cannot be
    exported although the fast encoder was chosen.
    """
    reference = SentenceTransformerEncoder(
        find_model(model, revision), window=window, device=choice.device
    )
    if choice.kind == "reference" or choice.models is None:
        return reference
    gpu = not choice.lasting and has_gpu(choice.device)
    precision = choice.precision or _precision_of_new(gpu)
    if catalogue and not choice.precision:
        same = replace(reference.fingerprint, precision=catalogue.precision)
        precision = precision if same.differences(catalogue) else catalogue.precision
    wanted = replace(reference.fingerprint, precision=precision)
    try:
        found = _read_again(wanted, choice) or _export(reference, wanted, choice, choice.models)
    except ModelError as error:
        if choice.kind == "fast":
            raise
        log.warning("%s Using the reference encoder, which is slower.", error)
        return reference
    if gpu and precision == "half":
        found.use_gpu(lambda filler: Gpu(reference.model, wanted.dimension, filler))
    return found


def open_catalogue_encoder(fingerprint: Fingerprint, choice: EncoderOptions = REFERENCE) -> Encoder:
    """Return the encoder that embedded a catalogue: from its bundle, without the model, where there is one.

    Otherwise as `open_encoder` does for the fingerprint's model.
    """
    if choice.kind != "reference" and (found := _read_again(fingerprint, choice)):
        return found
    return open_encoder(
        fingerprint.model,
        revision=fingerprint.revision or None,
        window=fingerprint.window,
        choice=replace(choice, precision=fingerprint.precision),
    )


def export_model(
    model: str | None,
    *,
    revision: str | None,
    window: int | None,
    precision: str | None,
    models: Path,
    device: str | None = None,
) -> dict[str, Any]:
    """Export a model into the folder of bundles, in place of its bundle if there is one; say what was made.

    Raises ModelError for a model that cannot be found or exported.
    """
    from service.encoders.openvino.export import describe, export

    reference = SentenceTransformerEncoder(find_model(model, revision), window=window)
    with making(models):
        chosen = precision or _precision_of_new(has_gpu(device))
        return describe(export(reference, models, chosen))


def _precision_of_new(gpu: bool) -> str:
    """The precision of a new catalogue, where none was chosen."""
    return "half" if gpu else DEFAULT_PRECISION


def _read_again(wanted: Fingerprint, choice: EncoderOptions) -> FastEncoder | None:
    """The encoder of a bundle; None if there is none, or none that is sound, which is said."""
    try:
        return _read(wanted, choice)
    except ModelError as error:
        log.warning("%s It is made anew.", error)
        return None


def _read(wanted: Fingerprint, choice: EncoderOptions) -> FastEncoder | None:
    bundle = read_bundle(choice.models, wanted) if choice.models else None
    return FastEncoder(bundle, lasting=choice.lasting) if bundle else None


def _export(
    reference: SentenceTransformerEncoder, wanted: Fingerprint, choice: EncoderOptions, models: Path
) -> FastEncoder:
    """Export the model, unless another process just did."""
    from service.encoders.openvino.export import export

    with making(models):
        try:
            if found := _read(wanted, choice):
                return found
        except ModelError:
            log.debug("%s is unsound still", wanted.key)
        return FastEncoder(export(reference, models, wanted.precision), lasting=choice.lasting)
