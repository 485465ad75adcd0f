"""The pieces that benchmarks are made of; their figures are no test's business."""

import json
import os
import random
import runpy
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rapidfuzz.distance import OSA

from benchmarks import query, scale, spelling
from benchmarks.support import catalogue, clients, peers, results, serving, shards
from benchmarks.support.corpus import QUESTIONS, new_question, read_sessions
from service.encoder import Vectors

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
BENCHMARKS = sorted(file.stem for file in (ROOT / "benchmarks").glob("[a-z]*.py"))
MODULES = [*BENCHMARKS, "support.clients", "support.peers", "support.shards"]


@pytest.mark.parametrize("module", MODULES)
def test_a_benchmark_says_what_it_takes(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `python -m` runs it, within this process: each of its own would import the libraries anew."""
    name = f"benchmarks.{module}"
    monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    assert ended.value.code == 0
    assert f"usage: {module.removeprefix('support.')}.py" in capsys.readouterr().out


def test_every_benchmark_stands_in_the_docs_and_has_a_section_of_results() -> None:
    assert BENCHMARKS == [
        "encode",
        "hostile",
        "hostile_clients",
        "load",
        "mcp",
        "programme",
        "query",
        "scale",
        "spelling",
        "start",
        "stores",
        "train",
    ]
    page = (ROOT / "docs/evaluating.md").read_text("utf-8")
    figures = (ROOT / "benchmarks/RESULTS.md").read_text("utf-8")
    for name in BENCHMARKS:
        assert f"python -m benchmarks.{name}" in page
        assert f"\n## {name}\n\n    python -m benchmarks.{name}" in figures


def test_a_typo_is_one_edit_of_one_content_word() -> None:
    rng = random.Random(7)
    for _ in range(200):
        edited = spelling.with_typo("How to run Kubernetes in 2026", rng)
        assert edited.startswith("How to ")
        assert edited.endswith(" in 2026")
        assert OSA.distance("How to run Kubernetes in 2026", edited) == 1
    assert spelling.with_typo("2026 健", rng) == "2026 健"


def test_a_report_is_a_table_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results.report([results.Row("asking", 30, 10, "ms", 3, "wide")], "command", tmp_path / "a.json")
    assert "| asking | 30 ms | 10 ms | 3 | wide |" in capsys.readouterr().out
    values = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert values["rows"] == [
        {"what": "asking", "baseline": 30, "ours": 10, "unit": "ms", "ratio": 3, "spread": "wide"}
    ]
    assert values["command"] == "command"
    assert "cores" in values["machine"]
    assert values["versions"]["numpy"] == np.__version__


def test_quartiles_leave_outliers_out() -> None:
    assert results.middle_half([1, 2, 3, 4, 5, 6, 1000]) == "2 to 6 in half of 7"


def test_new_questions_differ_and_take_turns() -> None:
    asked = [new_question(number) for number in range(5 * len(QUESTIONS))]
    assert len(set(asked)) == len(asked)
    assert all(asked[number].startswith(QUESTIONS[number % 12]) for number in range(len(asked)))


def test_ways_take_turns_with_questions_never_asked_before() -> None:
    heard: list[tuple[str, str]] = []

    def way(name: str) -> query.Ask:
        return lambda question: heard.append((name, question)) or 1.0  # type: ignore[func-returns-value]  # noted

    times = query.take_turns({"a": way("a"), "b": way("b")}, 3)
    assert times == {"a": [1.0] * 3, "b": [1.0] * 3}
    assert [name for name, _ in heard] == ["a", "b"] * (query.WARMING + 3)
    assert len({question for _, question in heard}) == len(heard)
    stems = [question.rsplit(" ", 1)[0] for _, question in heard]
    assert stems[::2] == stems[1::2]


def test_rows_say_how_many_times_less_time_ours_took() -> None:
    times = {"card": [40.0] * 9, "ours": [10.0] * 8 + [20.0], "again": [5.0] * 9}
    times |= {"semantic": [8.0] * 9, "filtered": [16.0] * 9}
    rows = query.compare_times(times, ["card"])
    assert [row.ratio for row in rows] == pytest.approx([4, 5, 30 / 19.2, 2, 0.5])
    assert "against the model card's script" in rows[0].what


def test_memory_rows_compare_both_ways_of_counting() -> None:
    memory = {"card": serving.Memory(600, 500), "ours": serving.Memory(200, 100)}
    assert [row.ratio for row in query.compare_memory(memory, ["card"])] == [3, 5]


def test_rates_are_compared_round_by_round_and_failures_counted() -> None:
    fast = [{"rate": 50.0, "failed": 0, "shed": 0}, {"rate": 90.0, "failed": 1, "shed": 1}]
    slow = [{"rate": 10.0, "failed": 1, "shed": 0}, {"rate": 10.0, "failed": 0, "shed": 0}]
    row = query.compare_rates({"fast": fast, "reference": slow})
    assert (row.baseline, row.ours, row.ratio) == (10, 70, 7)
    assert row.spread == "ratio 5 to 9 over 2 runs, 3 failed"


class EverySecondFails(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked: list[str]
    numbers: "count[int]"

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(503 if next(self.numbers) % 2 else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def failing() -> Iterator[int]:
    EverySecondFails.asked, EverySecondFails.numbers = [], count()
    with ThreadingHTTPServer(("127.0.0.1", 0), EverySecondFails) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()


def test_clients_count_answers_and_what_is_shed_apart(failing: int) -> None:
    found = clients.generate_load(failing, clients=2, seconds=0.3, first=100)
    asked = EverySecondFails.asked
    assert found["answered"] + found["shed"] == len(asked) > 4
    assert abs(found["answered"] - found["shed"]) <= 1
    assert found["failed"] == 0
    assert found["slowest"] >= found["p99"]
    assert 0 < found["rate"] <= found["answered"] / 0.3
    assert 0 < found["p50"] <= found["p99"]
    assert len(set(asked)) == len(asked)
    assert asked[0].endswith(("+100", "+101"))


def test_clients_of_nobody_only_fail() -> None:
    found = clients.generate_load(1, clients=2, seconds=0.1, first=0)
    assert (found["answered"], found["rate"], found["p99"], found["slowest"]) == (0, 0, 0, 0)
    assert found["failed"] >= 2


def test_memory_of_a_process_is_what_the_system_says() -> None:
    held = serving.memory(os.getpid())
    assert 10 < held.own <= held.resident < 100_000


def test_settings_of_the_caller_do_not_reach_a_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFERENCE_HELPER_QDRANT_URL", "http://elsewhere")
    variables = catalogue.environment(Path("data"), ENCODER="reference")
    ours = {key: value for key, value in variables.items() if key.startswith("CONFERENCE_HELPER_")}
    assert ours == {
        "CONFERENCE_HELPER_DATA_DIR": str(Path("data").absolute()),
        "CONFERENCE_HELPER_CATALOGUE": "sessions",
        "CONFERENCE_HELPER_ENCODER": "reference",
    }


def test_sessions_of_a_benchmark_differ_and_are_as_many_as_asked() -> None:
    sessions = read_sessions([str(ROOT / "samples")], 40)
    assert len({session.text for session in sessions}) == len(sessions) == 40


def test_sources_with_too_few_sessions_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("title,abstract\nAlone,An abstract.\n")
    with pytest.raises(SystemExit, match=r"empty\.csv: 1 different sessions; a benchmark needs 3"):
        read_sessions([str(tmp_path / "empty.csv")], 40)


def test_a_filter_without_values_is_left_out() -> None:
    class Facets(serving.Service):
        def get(self, path: str) -> dict[str, Any]:
            return {"facets": {"year": [{"value": 2018, "count": 9}], "language": []}}

    service = Facets(Path())
    assert query.commonest_values(service, "year", "language") == {"year": "2018"}


def test_peers_get_the_vectors_that_were_computed_for_their_texts() -> None:
    rows = {"a": np.array([1.0, 0.0]), "b": np.array([0.0, 1.0])}
    assert peers.prepared_rows(rows, ["b", "a"]).tolist() == [[0, 1], [1, 0]]


@pytest.fixture
def vectors() -> Vectors:
    rows = np.random.default_rng(1).normal(size=(50, 16)).astype(np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def test_noise_gives_unit_vectors_near_their_originals(vectors: Vectors) -> None:
    made = np.concatenate(list(shards.noisy(vectors, 2_030)))
    assert made.shape == (2_030, 16)
    assert made.dtype == np.float32
    assert np.linalg.norm(made, axis=1) == pytest.approx(1, abs=1e-5)
    assert made[:50] == pytest.approx(vectors, abs=1e-6)
    near = (made[50:2_000] * np.tile(vectors, (39, 1))).sum(axis=1)
    assert near.mean() == pytest.approx(1 / np.hypot(1, shards.NOISE), abs=0.02)
    assert near.max() < 0.9999


def test_the_nearest_are_found_over_all_batches(vectors: Vectors) -> None:
    every = np.concatenate(list(shards.noisy(vectors, 4_100)))
    right = np.argsort(-(vectors[:5] @ every.T), axis=1)[:, : shards.LIMIT]
    assert shards.nearest(vectors, vectors[:5], 4_100) == [set(row) for row in right.tolist()]


@pytest.mark.parametrize("way", shards.WAYS)
def test_a_shard_is_built_and_asked(way: str, vectors: Vectors, tmp_path: Path) -> None:
    np.save(tmp_path / "vectors.npy", vectors)
    np.save(tmp_path / "questions.npy", vectors[:10])
    right = [sorted(some) for some in shards.nearest(vectors, vectors[:10], 300)]
    (tmp_path / "nearest-300.json").write_text(json.dumps(right))
    built = shards.build(tmp_path, way, 300)
    found = shards.ask(tmp_path, way, 300)
    assert built["disk"] > 300 * 16 * 4 / 2**20
    assert found["recall"] == 1
    assert 0 < found["p50"] <= found["p99"]


def test_a_size_is_measured_in_processes_of_its_own(vectors: Vectors, tmp_path: Path) -> None:
    np.save(tmp_path / "vectors.npy", vectors)
    np.save(tmp_path / "questions.npy", vectors[:5])
    found = scale.measure(tmp_path, 100, ("exact",))
    row = scale.compare(100, "exact", found)
    assert row.ratio == 1
    assert "recall@3 1.000" in row.spread
    assert not (tmp_path / "exact-100").exists()
