"""The fast encoder: an exported model run by OpenVINO and the Rust tokenizers, without torch."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from service.encoder import AT_ONCE, Vectors, checked
from service.encoders.batching import Pieced, Pieces
from service.encoders.gpu import Gpu
from service.encoders.openvino.bundle import TOKENIZER, Bundle
from service.encoders.openvino.runtime import Runtime
from service.errors import ModelError

_CHUNK = 1_024
"""Texts cut into word pieces at a time: bounds memory, and is enough to sort by length."""

_GPU_CHUNK = 8_192
"""The same where a GPU takes them: some of its larger batches."""

_FEW = 64
"""Questions that share one batch: they are short, and somebody is waiting."""

_NEAR = 0.99
"""The least dot product of a probe's vector with that of its making: processors round differently."""


class FastEncoder:
    """An Encoder over one bundle. Safe to call from many threads: one encodes at a time."""

    def __init__(
        self,
        bundle: Bundle,
        *,
        lasting: bool = False,
    ) -> None:
        """Open the bundle and compare its probe's vector; `lasting` spends a second on faster questions.

        Raises ModelError if it cannot be run, or gives another vector than when it was made.
        """
        self.fingerprint = bundle.fingerprint
        self._bundle = bundle
        self._lock = threading.Lock()
        self._open_gpu: Callable[[int], Gpu] | None = None
        self._gpu: Gpu | None = None
        self._pieced = Pieced(bundle.path / TOKENIZER, self.fingerprint.window, bundle.pad)
        self._runtime = Runtime(bundle.path, self.fingerprint, bundle.pad, lasting=lasting)
        if not self._passes_at_first():
            self._runtime.forget_compiled()
            if not self._passes_probe():
                raise ModelError(f"{bundle.path} gives other vectors than when it was made.")
        if lasting:
            self._runtime.warm_up()

    def use_gpu(self, open_gpu: Callable[[int], Gpu]) -> None:
        """From now on encode many texts on a GPU, opened at first use with the id that pads texts."""
        self._open_gpu = open_gpu

    @property
    def at_once(self) -> int:
        """How many texts a loader should give at once: a GPU starves on few."""
        return _GPU_CHUNK if self._open_gpu else AT_ONCE

    def encode_queries(self, questions: Sequence[str]) -> Vectors:
        """Return float32 (n, dimension) unit vectors of questions, the model's query prompt before each."""
        return self._encode(_prompt(self.fingerprint.prompts, "query"), questions, few=True)

    def encode_sessions(self, texts: Sequence[str]) -> Vectors:
        """Return float32 (n, dimension) unit vectors of session texts, with the document prompt if any."""
        prompt = _prompt(self.fingerprint.prompts, "document", "passage", "corpus")
        return self._encode(prompt, texts)

    def count_longer(self, texts: Sequence[str]) -> int:
        """Return how many texts have more word pieces than the window, and so are cut when embedded."""
        return self._pieced.count_longer(texts)

    def _encode(self, prompt: str, texts: Sequence[str], *, few: bool = False) -> Vectors:
        shape = (len(texts), self.fingerprint.dimension)
        if not texts:
            return np.zeros(shape, dtype=np.float32)
        with self._lock:
            if len(texts) == 1:
                found = self._runtime.one(self._pieced.cut([prompt + texts[0]])[0])
            elif few and len(texts) <= _FEW:
                found = self._runtime.few(self._pieced.cut([prompt + text for text in texts]))
            elif self._open_gpu:
                self._gpu = self._gpu or self._open_gpu(self._bundle.pad)
                found = self._gpu.many(self._chunks(prompt, texts, _GPU_CHUNK), len(texts))
            else:
                found = self._runtime.many(self._chunks(prompt, texts, _CHUNK), len(texts))
        return checked(found, *shape)

    def _chunks(self, prompt: str, texts: Sequence[str], size: int) -> Iterator[Pieces]:
        for start in range(0, len(texts), size):
            yield self._pieced.cut([prompt + text for text in texts[start : start + size]])

    def _passes_at_first(self) -> bool:
        """Return whether what was compiled before still serves; whatever is wrong with it, it is made anew."""
        try:
            return self._passes_probe()
        except ModelError:
            return False

    def _passes_probe(self) -> bool:
        pieces = self._pieced.cut([self._bundle.probe.text])[0]
        found = self._runtime.one(pieces)[0]
        expected = np.array(self._bundle.probe.vector, dtype=np.float32)
        if not expected.size:  # it is being made
            return True
        return found.shape == expected.shape and float(found @ expected) >= _NEAR


def _prompt(prompts: Mapping[str, str], *names: str) -> str:
    """The prompt of the first name that has one, as sentence-transformers chooses it."""
    return next((prompts[name] for name in names if name in prompts), "")
