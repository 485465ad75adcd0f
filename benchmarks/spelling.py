"""Measures how much hit@3 loses by one random edit in one content word of each question.

    python -m benchmarks.spelling DATASET... [--questions 500] [--mode hybrid] [--json FILE]

Datasets are folders in BEIR's layout, as for `conference-helper evaluate`, which share its cache of vectors. Of
each up to `--questions` are drawn; one letter is added, left out, changed or swapped with the next, always the
same ones. Only the words of the corpus are known: where titles are withheld, those of abstracts and speakers.

hit@3 with an edit has the ratio to hit@3 without; in its last column is what it would be without correction. Of
the questions as they are, hardly any may be corrected. Time is the processor's for the correction alone, memory
what a process keeps for it, the English dictionary included.
"""

import argparse
import random
import statistics
import time
import tracemalloc
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.support.results import Row, report
from conference_helper.wiring import loading_encoder
from evaluation.asking import CachingEncoder
from evaluation.datasets import QuestionSet, read_corpus, read_questions
from evaluation.measures import DEPTH, measure
from evaluation.run import open_set
from service.query.analysis import Analysis
from service.query.facet_cache import FacetCache
from service.query.matching import content_words
from service.query.query import Query
from service.search.searcher import Searcher
from service.settings import Settings, load_settings
from service.stores import open_store
from service.stores.protocol import Mode
from service.words import locate_words

_SEED = 7
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
CORRECTED_LIMIT = 0.005
"""Share of the questions without a typo that may be corrected."""
TIME_LIMIT_MS = 1.0
MEMORY_LIMIT = 20.0
"""MiB."""


def main() -> None:
    """Parse the arguments, run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("datasets", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--mode", default="hybrid", choices=("hybrid", "keyword", "semantic"))
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    settings = load_settings()
    rows = [
        row
        for folder in args.datasets
        for row in measure_set(settings, folder, args.questions, args.mode)
    ]
    report(rows, f"python -m benchmarks.spelling ... --mode {args.mode}", args.json)


def measure_set(settings: Settings, folder: Path, count: int, mode: Mode) -> Iterator[Row]:
    """Yield the rows of one dataset."""
    sessions = read_corpus(folder)
    documents = {str(session.id): session.source_id for session in sessions}
    questions = read_questions(folder, set(documents.values()))
    store = open_store(settings)
    encoder = loading_encoder(settings, store)
    store.close()
    rng = random.Random(_SEED)  # noqa: S311  # sampling, not cryptography
    ids = sorted(questions.questions)
    chosen = {id: questions.questions[id] for id in rng.sample(ids, min(count, len(ids)))}
    with open_set(sessions, encoder, settings.files.vector_cache) as (searcher, caching):
        asking = Asking(searcher, caching, questions, documents, mode)
        yield from asking.rows(chosen, {id: with_typo(text, rng) for id, text in chosen.items()})


@dataclass(frozen=True, slots=True)
class Asking:
    """A loaded dataset and a way to ask its questions."""

    searcher: Searcher
    encoder: CachingEncoder
    questions: QuestionSet
    documents: Mapping[str, str]
    mode: Mode

    def rows(self, typed: Mapping[str, str], edited: Mapping[str, str]) -> Iterator[Row]:
        """Yield what `edited` questions find against those that are `typed` right, and what it takes."""
        name = f"{self.questions.name}, {len(typed)} questions"
        right, corrected = self.hits(typed)
        found, restored = self.hits(edited)
        raw, _ = self.hits(edited, interpret=False)
        yield Row(
            f"{name}: hit@3 with a typo; the baseline is without",
            right,
            found,
            "",
            found / right,
            f"uncorrected {raw:.3f}, {restored} corrected",
        )
        share = corrected / len(typed)
        yield Row(
            f"{name}: corrected without a typo; the baseline is the limit",
            CORRECTED_LIMIT,
            share,
            "",
            CORRECTED_LIMIT / max(share, 1 / len(typed)),
            f"{corrected} questions",
        )
        yield from self.costs(name, [*typed.values(), *edited.values()])

    def hits(self, texts: Mapping[str, str], *, interpret: bool = True) -> tuple[float, int]:
        """Return hit@3 of the questions, and how many were corrected."""
        rankings, corrected = {}, 0
        for id, text in texts.items():
            query = Query(text, mode=self.mode, limit=DEPTH, fold=False, interpret=interpret)
            answer = self.searcher.search(query)
            rankings[id] = [self.documents[str(one.session.id)] for one in answer.results]
            corrected += answer.corrected is not None
        judged = {id: self.questions.judgements[id] for id in texts}
        return measure(judged, rankings)["hit@3"].mean, corrected

    def costs(self, name: str, texts: list[str]) -> Iterator[Row]:
        """Yield the time of correcting a question, and the memory that it takes."""
        with self.searcher.store.reading() as generation:
            facets = FacetCache()
            facets.count(generation, "speaker")
            tracemalloc.start()
            analysis = Analysis(facets)
            analysis.correct(generation, "raedy")
            memory = tracemalloc.get_traced_memory()[0] / 2**20
            tracemalloc.stop()
            times = []
            for text in texts:
                started = time.process_time()
                analysis.correct(generation, text)
                times.append((time.process_time() - started) * 1000)
        mean = statistics.mean(times)
        worst = statistics.quantiles(times, n=100)[-1]
        yield Row(
            f"{name}: correcting one; the baseline is the limit",
            TIME_LIMIT_MS,
            mean,
            "ms",
            TIME_LIMIT_MS / mean,
            f"p99 {worst:.3g} ms",
        )
        yield Row(
            f"{name}: memory; the baseline is the limit",
            MEMORY_LIMIT,
            memory,
            "MiB",
            MEMORY_LIMIT / memory,
        )


def with_typo(text: str, rng: random.Random) -> str:
    """Return the question with one random edit in one content word, if it has one of letters alone."""
    content = set(content_words(text))
    spans = [
        (start, end)
        for word, start, end in locate_words(text)
        if word in content and end - start > 1 and text[start:end].isalpha()
    ]
    if not spans:
        return text
    start, end = rng.choice(spans)
    while (edited := _edit(text[start:end], rng)).casefold() == text[start:end].casefold():
        pass
    return text[:start] + edited + text[end:]


def _edit(word: str, rng: random.Random) -> str:
    kind, place = (
        rng.choice(("insert", "delete", "substitute", "transpose")),
        rng.randrange(len(word)),
    )
    if kind == "transpose":
        place = rng.randrange(len(word) - 1)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    letter = "" if kind == "delete" else rng.choice(_LETTERS)
    return word[:place] + letter + word[place + (kind != "insert") :]


if __name__ == "__main__":
    main()
