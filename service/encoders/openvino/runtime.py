"""Runs a bundle's graph with OpenVINO: one text at once for questions, streams of batches for loads."""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from service.encoder import EXACT, Fingerprint, Vectors
from service.encoders.batching import Pieces, ahead, cores, pad, plan
from service.encoders.openvino.bundle import COMPILED, GRAPH
from service.errors import EncoderError, ModelError

BUDGET = 2_048
"""Word pieces of one batch: larger ones leave the processor's cache, smaller ones waste its width."""

SHORT = 12
"""Word pieces of the single questions that have a graph of their own: it takes a fifth less time, and 23 MB."""

_STEP = 4
"""Batches of questions are as long as a multiple of this: memory is kept for every shape that was met."""

_GROUP = "128"
"""Values that share a scale where int8 graphs quantize what weights are multiplied with."""


class Runtime:
    """One graph on this machine; one thread at a time."""

    def __init__(
        self, path: Path, fingerprint: Fingerprint, filler: int, *, lasting: bool = False
    ) -> None:
        """Keep where the graph lies; it is compiled when it is first used, and `filler` pads texts.

        Who asks many questions has a graph of fixed shape too, from the same weights in memory.
        """
        self._path = path
        self._dimension = fingerprint.dimension
        self._precision = fingerprint.precision
        self._filler = filler
        self._short = SHORT if lasting else 0
        self._requests: dict[int, Any] = {}
        self._queue: Any = None
        self._graph: Any = None

    def warm_up(self) -> None:
        """Compile what questions need, so that none has to wait for it."""
        for length in {self._short, 0}:
            self._request(length)

    def one(self, pieces: npt.NDArray[np.int64]) -> Vectors:
        """Return the vector (1, dimension) of one text."""
        length = self._short if len(pieces) <= self._short else 0
        return self._infer(pad([pieces], self._filler, length), length)

    def few(self, pieces: Pieces) -> Vectors:
        """Return the vectors (n, dimension) of some texts, one at least, in one batch."""
        longest = max(len(ids) for ids in pieces)
        return self._infer(pad(pieces, self._filler, -(-longest // _STEP) * _STEP), 0)

    def many(self, chunks: Iterator[Pieces], total: int) -> Vectors:
        """Return the vectors (total, dimension) of all chunks; the next one is cut while one is computed."""
        vectors: Vectors = np.empty((total, self._dimension), dtype=np.float32)
        if self._queue is None:
            self._queue = self._open_queue()
        start = 0
        try:
            for pieces in ahead(chunks):
                for batch in plan([len(ids) for ids in pieces], BUDGET):
                    ids, mask = pad([pieces[row] for row in batch], self._filler)
                    self._queue.start_async({0: ids, 1: mask}, (vectors, np.array(batch) + start))
                start += len(pieces)
            self._queue.wait_all()
        except RuntimeError as error:
            raise EncoderError(f"{self._path} could not encode: {error}") from error
        return vectors

    def forget_compiled(self) -> None:
        """Drop what was compiled, in memory and on disk: it did not do what it should."""
        self._requests.clear()
        self._queue = None
        shutil.rmtree(self._path / COMPILED, ignore_errors=True)

    def _infer(self, inputs: Sequence[npt.NDArray[np.int64]], length: int) -> Vectors:
        request = self._request(length)
        try:
            request.infer({0: inputs[0], 1: inputs[1]}, share_inputs=True)
        except RuntimeError as error:
            raise EncoderError(f"{self._path} could not encode: {error}") from error
        found: Vectors = request.get_output_tensor(0).data.copy()
        return found

    def _request(self, length: int) -> Any:
        if length not in self._requests:
            # A second thread saves no time on a text so short, and keeps another core busy with waiting.
            compiled = self._compile("LATENCY", 1, length=length, kept=not self._short)
            self._requests[length] = compiled.create_infer_request()
        return self._requests[length]

    def _open_queue(self) -> Any:
        import openvino

        streams = cores()
        queue = openvino.AsyncInferQueue(self._compile("THROUGHPUT", streams), 2 * streams)

        def keep(request: Any, place: tuple[Vectors, npt.NDArray[np.int64]]) -> None:
            vectors, rows = place
            vectors[rows] = request.get_output_tensor(0).data

        queue.set_callback(keep)
        return queue

    def _compile(self, hint: str, streams: int, *, length: int = 0, kept: bool = False) -> Any:
        """Compile the graph for texts of one length, or of any; kept on disk if that may be written."""
        import openvino

        core = openvino.Core()
        half = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        options = {
            "PERFORMANCE_HINT": hint,
            "NUM_STREAMS": str(streams),
            "INFERENCE_NUM_THREADS": str(streams),
            "ENABLE_CPU_PINNING": False,  # other processes share the cores
            "INFERENCE_PRECISION_HINT": "bf16" if half and self._precision != EXACT else "f32",
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": _GROUP if self._precision == "int8" else "0",
        }
        if kept and os.access(self._path, os.W_OK):
            options["CACHE_DIR"] = str(self._path / COMPILED)
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
