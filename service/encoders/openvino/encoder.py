"""The OpenVINO encoder: an exported model and the Rust tokenizers, without torch."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from service.encoder import BATCH_SIZE, Vectors, checked
from service.encoders.batching import TokenIds, Tokenizer
from service.encoders.gpu import GpuRuntime
from service.encoders.openvino.bundle import TOKENIZER, Bundle
from service.encoders.openvino.runtime import Runtime
from service.errors import ModelError

_CHUNK_SIZE = 1_024
"""Texts tokenized at a time: bounds memory, and is enough to sort by length."""

_GPU_CHUNK_SIZE = 8_192
"""The same for a GPU: several of its larger batches."""

_QUERY_BATCH_SIZE = 64
"""Questions encoded in one batch without sorting them: they are short, and latency counts."""

_MIN_PROBE_SIMILARITY = 0.99
"""The least dot product of the probe's vector with that of the export: processors round differently."""


class OpenVinoEncoder:
    """An Encoder over one bundle. Safe to call from many threads: one encodes at a time."""

    def __init__(self, bundle: Bundle, *, serving: bool = False) -> None:
        """Open the bundle and compare its probe's vector; `serving` spends a second on faster questions.

        Raises ModelError if it cannot be run, or gives another vector than when it was exported.
        """
        self.fingerprint = bundle.fingerprint
        self._bundle = bundle
        self._lock = threading.Lock()
        self._open_gpu: Callable[[int], GpuRuntime] | None = None
        self._gpu: GpuRuntime | None = None
        self._tokenizer = Tokenizer(bundle.path / TOKENIZER, self.fingerprint.window)
        self._runtime = Runtime(bundle, serving=serving)
        if not self._passes_cached():
            self._runtime.clear_cache()
            if not self._passes_probe():
                raise ModelError(f"{bundle.path} gives other vectors than when it was made.")
        if serving:
            self._runtime.warm_up()

    def use_gpu(self, open_gpu: Callable[[int], GpuRuntime]) -> None:
        """Encode sessions on a GPU from now on, opened at first use with the token id of padding."""
        self._open_gpu = open_gpu

    @property
    def batch_size(self) -> int:
        """How many texts a load should pass at a time: a GPU starves on few."""
        return _GPU_CHUNK_SIZE if self._open_gpu else BATCH_SIZE

    @property
    def truncated(self) -> int:
        """How many of the texts encoded so far were longer than the window."""
        return self._tokenizer.truncated

    def encode_queries(self, questions: Sequence[str]) -> Vectors:
        """Return float32 (n, dimension) unit vectors of questions, the model's query prompt before each."""
        texts = _prepend(_prompt(self.fingerprint.prompts, "query"), questions)
        if not 1 < len(texts) <= _QUERY_BATCH_SIZE:
            return self._encode(texts)
        with self._lock:
            vectors = self._runtime.encode_batch(self._tokenizer.encode(texts))
        return checked(vectors, len(texts), self.fingerprint.dimension)

    def encode_sessions(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n, dimension) unit vectors of session texts, with the document prompt if any."""
        prompt = _prompt(self.fingerprint.prompts, "document", "passage", "corpus")
        return self._encode(_prepend(prompt, texts))

    def _encode(self, texts: Sequence[str]) -> Vectors:
        shape = (len(texts), self.fingerprint.dimension)
        if not texts:
            return np.zeros(shape, dtype=np.float32)
        with self._lock:
            if len(texts) == 1:
                vectors = self._runtime.encode_one(self._tokenizer.encode(texts)[0])
            elif self._open_gpu:
                self._gpu = self._gpu or self._open_gpu(self._bundle.pad)
                chunks = self._tokenize(texts, _GPU_CHUNK_SIZE)
                vectors = self._gpu.encode_chunks(chunks, len(texts))
            else:
                chunks = self._tokenize(texts, _CHUNK_SIZE)
                vectors = self._runtime.encode_chunks(chunks, len(texts))
        return checked(vectors, *shape)

    def _tokenize(self, texts: Sequence[str], size: int) -> Iterator[TokenIds]:
        for start in range(0, len(texts), size):
            yield self._tokenizer.encode(texts[start : start + size])

    def _passes_cached(self) -> bool:
        """Return whether the compiled model that may be cached passes; False whatever is wrong with it."""
        try:
            return self._passes_probe()
        except ModelError:
            return False

    def _passes_probe(self) -> bool:
        token_ids = self._tokenizer.encode([self._bundle.probe.text])[0]
        vector = self._runtime.encode_one(token_ids)[0]
        expected = np.array(self._bundle.probe.vector, dtype=np.float32)
        if not expected.size:  # it is being exported
            return True
        return vector.shape == expected.shape and float(vector @ expected) >= _MIN_PROBE_SIMILARITY


def _prepend(prompt: str, texts: Sequence[str]) -> Sequence[str]:
    return [prompt + text for text in texts] if prompt else texts


def _prompt(prompts: Mapping[str, str], *names: str) -> str:
    """The prompt of the first name that has one, as sentence-transformers chooses it."""
    return next((prompts[name] for name in names if name in prompts), "")
