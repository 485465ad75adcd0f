"""Runs a bundle's graph with OpenVINO: one synchronous request for questions, a queue of them for loads."""

import os
import shutil
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from service.encoder import EXACT, Vectors
from service.encoders.batching import TokenIds, pad, plan_batches, prefetch
from service.encoders.openvino.bundle import GRAPH, Bundle
from service.errors import EncoderError, ModelError
from service.runtime.cores import cores

BATCH_TOKENS = 2_048
"""Tokens of one batch: more do not fit the processor's cache, fewer waste its vector units."""

SHORT_QUESTION = 12
"""Tokens up to which a question uses a model of fixed shape: it takes a fifth less time, and 23 MB."""

_LENGTH_STEP = 4
"""Batches of questions are padded to a multiple of this: OpenVINO keeps memory for every input shape."""

_QUANTIZATION_GROUP = "128"
"""Activations that share a scale in the dynamic quantization of int8 graphs."""


class Runtime:
    """One graph on this machine's processor; one thread at a time."""

    def __init__(self, bundle: Bundle, *, serving: bool = False) -> None:
        """Keep the bundle, whose graph is compiled at first use.

        With `serving` short questions have a model of fixed shape, which shares the weights in memory.
        """
        self._path = bundle.path
        self._compiled = bundle.compiled
        self._dimension = bundle.fingerprint.dimension
        self._precision = bundle.fingerprint.precision
        self._pad_id = bundle.pad
        self._short = SHORT_QUESTION if serving else 0
        self._requests: dict[int, Any] = {}
        self._queue: Any = None
        self._graph: Any = None

    def warm_up(self) -> None:
        """Compile what single questions need, so that the first ones need not wait for it."""
        for length in {self._short, 0}:
            self._request(length)

    def encode_one(self, token_ids: npt.NDArray[np.int64]) -> Vectors:
        """Return the unit vector (1, dimension) of one text. Raises ModelError, EncoderError."""
        length = self._short if len(token_ids) <= self._short else 0
        return self._infer(pad([token_ids], self._pad_id, length), length)

    def encode_batch(self, token_ids: TokenIds) -> Vectors:
        """Return the unit vectors (n, dimension) of n > 0 texts, in one batch. Raises as `encode_one`."""
        longest = max(len(ids) for ids in token_ids)
        length = -(-longest // _LENGTH_STEP) * _LENGTH_STEP
        return self._infer(pad(token_ids, self._pad_id, length), 0)

    def encode_chunks(self, chunks: Iterator[TokenIds], total: int) -> Vectors:
        """Return the unit vectors (total, dimension) of all chunks, in order. Raises as `encode_one`."""
        vectors: Vectors = np.empty((total, self._dimension), dtype=np.float32)
        if self._queue is None:
            self._queue = self._open_queue()
        start = 0
        try:
            for token_ids in prefetch(chunks):
                for rows in plan_batches([len(ids) for ids in token_ids], BATCH_TOKENS):
                    ids, mask = pad([token_ids[row] for row in rows], self._pad_id)
                    self._queue.start_async({0: ids, 1: mask}, (vectors, np.array(rows) + start))
                start += len(token_ids)
            self._queue.wait_all()
        except RuntimeError as error:
            raise EncoderError(f"{self._path} could not encode: {error}") from error
        return vectors

    def clear_cache(self) -> None:
        """Drop the compiled models, in memory and on disk."""
        self._requests.clear()
        self._queue = None
        shutil.rmtree(self._compiled, ignore_errors=True)

    def _infer(self, inputs: Sequence[npt.NDArray[np.int64]], length: int) -> Vectors:
        request = self._request(length)
        try:
            request.infer({0: inputs[0], 1: inputs[1]}, share_inputs=True)
        except RuntimeError as error:
            raise EncoderError(f"{self._path} could not encode: {error}") from error
        vectors: Vectors = request.get_output_tensor(0).data.copy()
        return vectors

    def _request(self, length: int) -> Any:
        if length not in self._requests:
            # A second thread saves no time on so short a text, and keeps another core busy with waiting.
            compiled = self._compile("LATENCY", 1, length=length, cached=not self._short)
            self._requests[length] = compiled.create_infer_request()
        return self._requests[length]

    def _open_queue(self) -> Any:
        import openvino

        streams = cores()
        queue = openvino.AsyncInferQueue(self._compile("THROUGHPUT", streams), 2 * streams)

        def store(request: Any, target: tuple[Vectors, npt.NDArray[np.int64]]) -> None:
            vectors, rows = target
            vectors[rows] = request.get_output_tensor(0).data

        queue.set_callback(store)
        return queue

    def _compile(self, hint: str, streams: int, *, length: int = 0, cached: bool = False) -> Any:
        """Compile the graph for texts of `length` tokens, or of any for 0; cached on disk if it is writable."""
        import openvino

        core = openvino.Core()
        bf16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        options = {
            "PERFORMANCE_HINT": hint,
            "NUM_STREAMS": str(streams),
            "INFERENCE_NUM_THREADS": str(streams),
            "ENABLE_CPU_PINNING": False,  # other processes share the cores
            "INFERENCE_PRECISION_HINT": "bf16" if bf16 and self._precision != EXACT else "f32",
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": _QUANTIZATION_GROUP
            if self._precision == "int8"
            else "0",
        }
        if cached and self._may_cache():
            options["CACHE_DIR"] = str(self._compiled)
        try:
            if not self._short:
                return core.compile_model(str(self._path / GRAPH), "CPU", options)
            self._graph = self._graph or core.read_model(str(self._path / GRAPH))
            graph = self._graph.clone()
            if length:
                graph.reshape({0: [1, length], 1: [1, length]})
            return core.compile_model(graph, "CPU", options)
        except RuntimeError as error:
            raise ModelError(f"{self._path} cannot be compiled: {error}") from error

    def _may_cache(self) -> bool:
        """Return whether the cache folder for compiled models is writable: a service may run read-only."""
        try:
            self._compiled.mkdir(parents=True, exist_ok=True)
        except OSError:
            return False
        return os.access(self._compiled, os.W_OK)
