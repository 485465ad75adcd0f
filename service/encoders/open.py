"""Picks and opens an encoder: by model for a load, by fingerprint for a catalogue's questions."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from service.encoder import Encoder, Fingerprint
from service.encoders.gpu import GpuRuntime, has_gpu
from service.encoders.model_folder import find_model, require_libraries
from service.encoders.openvino.bundle import (
    bundle_path,
    export_lock,
    is_packaged,
    read_bundle,
    read_own_bundle,
)
from service.encoders.openvino.encoder import OpenVinoEncoder
from service.encoders.sentence_transformer import SentenceTransformerEncoder
from service.errors import ModelError

DEFAULT_PRECISION = "int8"
"""Precision of a new catalogue: near fp32 in a fraction of the time (benchmarks/RESULTS.md).
On a GPU it is half."""

_ONLY_WITH_EXPORT = (
    "Embedding in half precision, as there is a GPU. Where sentence-transformers is not installed, questions "
    "need the export in %s; with CONFERENCE_HELPER_PRECISION=int8 they do not."
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    """Which encoder is wanted.

    kind        fast: OpenVINO with an exported model; reference: sentence-transformers; auto: fast, or the
                reference where the model cannot be exported
    models      the folder of exported models, which fast needs
    precision   of the fast encoder; the catalogue's, or that of a new one, when None
    device      where torch runs; its own choice when None
    serving     whether the process will answer many questions, so that a longer start pays
    """

    kind: Literal["auto", "fast", "reference"] = "auto"
    models: Path | None = None
    precision: str | None = None
    device: str | None = None
    serving: bool = False


REFERENCE = EncoderOptions("reference")


def open_encoder(
    model: str | None = None,
    *,
    revision: str | None = None,
    window: int | None = None,
    catalogue: Fingerprint | None = None,
    options: EncoderOptions = REFERENCE,
) -> Encoder:
    """Return the encoder for `model`, or for the default model when None; exported first if need be.

    Its precision is that of the options, else of the `catalogue` it is for if that has the same model, else
    that of a new catalogue. Raises ModelError if the model cannot be found, is not safe to load, has a smaller
    window, or cannot be exported although the fast encoder was asked for.
    """
    reference = SentenceTransformerEncoder(
        find_model(model, revision), window=window, device=options.device
    )
    if options.kind == "reference" or options.models is None:
        return reference
    gpu = not options.serving and has_gpu(options.device)
    precision = options.precision or _default_precision(gpu)
    if catalogue and not options.precision:
        same = replace(reference.fingerprint, precision=catalogue.precision)
        precision = precision if same.differences(catalogue) else catalogue.precision
    wanted = replace(reference.fingerprint, precision=precision)
    encoder = _open_sound_bundle(wanted, options)
    if encoder is None:
        require_libraries(wanted.model, packaged=is_packaged(wanted))
    try:
        encoder = encoder or _export(reference, wanted, options, options.models)
    except ModelError as error:
        if options.kind == "fast":
            raise
        log.warning("%s Using the reference encoder, which is slower.", error)
        return reference
    if gpu and precision == "half":
        if not options.precision:
            log.warning(_ONLY_WITH_EXPORT, bundle_path(options.models, wanted))
        encoder.use_gpu(lambda pad_id: GpuRuntime(reference.model, wanted.dimension, pad_id))
    return encoder


def open_catalogue_encoder(
    fingerprint: Fingerprint, options: EncoderOptions = REFERENCE
) -> Encoder:
    """Return the encoder that embedded a catalogue: its bundle if there is one, which needs no model.

    Otherwise that of `open_encoder` for the fingerprint's model, with its errors.
    """
    if options.kind != "reference" and (encoder := _open_sound_bundle(fingerprint, options)):
        return encoder
    return open_encoder(
        fingerprint.model,
        revision=fingerprint.revision or None,
        window=fingerprint.window,
        options=replace(options, precision=fingerprint.precision),
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
    """Export a model into the folder of bundles, replacing its bundle if there is one.

    The program's own model comes exported in the precision of most, and is not exported to it again.
    Return whether one was made, its folder, its size in bytes and its encoder's fingerprint, as JSON values.
    Raises ModelError for a model that cannot be found or exported.
    """
    from service.encoders.openvino.export import describe, export

    reference = SentenceTransformerEncoder(find_model(model, revision), window=window)
    precision = precision or _default_precision(has_gpu(device))
    if bundle := read_own_bundle(models, replace(reference.fingerprint, precision=precision)):
        return {"exported": False, **describe(bundle)}
    require_libraries(reference.fingerprint.model)
    with export_lock(models):
        return {"exported": True, **describe(export(reference, models, precision))}


def _default_precision(gpu: bool) -> str:
    """The precision of a new catalogue."""
    return "half" if gpu else DEFAULT_PRECISION


def _open_sound_bundle(wanted: Fingerprint, options: EncoderOptions) -> OpenVinoEncoder | None:
    """The encoder of the packaged bundle, else of the exported one; None where neither is there and sound.

    What is damaged is logged.
    """
    for read in (read_own_bundle, read_bundle):
        try:
            if options.models and (bundle := read(options.models, wanted)):
                return OpenVinoEncoder(bundle, serving=options.serving)
        except ModelError as error:
            log.warning("Not used: %s", error)
    return None


def _export(
    reference: SentenceTransformerEncoder,
    wanted: Fingerprint,
    options: EncoderOptions,
    models: Path,
) -> OpenVinoEncoder:
    """Export the model, unless another process has done so in the meantime."""
    from service.encoders.openvino.export import export

    with export_lock(models):
        if encoder := _open_sound_bundle(wanted, options):
            return encoder
        return OpenVinoEncoder(export(reference, models, wanted.precision), serving=options.serving)
