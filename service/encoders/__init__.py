"""One file an implementation of the Encoder protocol; `open_encoder` picks one."""

from service.encoder import Encoder
from service.encoders.model_folder import find_model
from service.encoders.sentence_transformer import SentenceTransformerEncoder


def open_encoder(
    model: str | None = None,
    *,
    revision: str | None = None,
    window: int | None = None,
    device: str | None = None,
) -> Encoder:
    """Return the encoder for `model`, or for the default model when None; weights load at first use.

    Raises ModelError if the model cannot be found, is not safe to load, or has a smaller window.
    """
    return SentenceTransformerEncoder(find_model(model, revision), window=window, device=device)
