"""Answers of the embedded store compared with those of a Qdrant server that holds the same catalogue.

    export CONFERENCE_HELPER_QDRANT_URL=...
    conference-helper migrate server
    python -m benchmarks.stores [DATASET...] [--questions 1000] [--json FILE]

Both are asked as people ask. Questions are titles, titles with a typo, speakers and sentences of the
catalogue's own, and those of the datasets, folders in BEIR's layout: as many of each, always the same ones.

A difference is a tie where, in both stores, the sessions that take each other's place score the same but for
the error of float32. Every difference is printed, with the scores.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Protocol
from uuid import UUID

from benchmarks.support.results import Row, report
from conference_helper.wiring import catalogue_encoder
from evaluation.asking import CachingEncoder
from evaluation.datasets import QuestionSet, make_sets, read_corpus, read_questions
from service.query.query import Query
from service.search.answer import Answer
from service.search.searcher import Searcher
from service.settings import load_settings
from service.stores import open_embedded, open_store
from service.stores.protocol import SessionStore

TIE = 1e-5
"""Largest difference between scores that count as equal: each is a sum of float32 values."""
_CONSIDERED = 20
_SEED = 7


class Asked(Protocol):
    """What answers: a searcher over one of the stores."""

    def search(self, query: Query) -> Answer:
        """Return the answer to a question."""
        ...


@dataclass(frozen=True, slots=True)
class Compared:
    """The answers of two stores to one question."""

    question: str
    answers: tuple[Answer, Answer]
    is_tie: bool

    @property
    def is_same(self) -> bool:
        """Whether both have the same sessions in the same order."""
        return ids_of(self.answers[0]) == ids_of(self.answers[1])

    @property
    def has_same_first(self) -> bool:
        """Whether both have the same first session, or none."""
        return ids_of(self.answers[0])[:1] == ids_of(self.answers[1])[:1]

    @property
    def has_same_verdict(self) -> bool:
        """Whether both stores give the same verdict."""
        return self.answers[0].verdict == self.answers[1].verdict

    def lines(self) -> Iterator[str]:
        """Yield the difference as lines of text."""
        yield f"{self.question!r} differs{', a tie' if self.is_tie else ''}:"
        for store, answer in zip(("embedded", "server"), self.answers, strict=True):
            found = (f"{one.session.title!r} {one.score:.7f}" for one in answer.results)
            yield f"  {store}: {answer.verdict}, {', '.join(found)}"


def main() -> None:
    """Parse the arguments, ask both stores and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("datasets", nargs="*", type=Path)
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    settings = load_settings()
    if not settings.qdrant.url:
        parser.error("set CONFERENCE_HELPER_QDRANT_URL to the server's address")
    with closing(open_embedded(settings)) as embedded, closing(open_store(settings)) as server:
        check_alike(embedded, server)
        with embedded.reading() as generation:
            sessions = [one for some, _ in generation.scan() for one in some]
            fingerprint = generation.manifest.encoder
        encoder = CachingEncoder(catalogue_encoder(settings, fingerprint, serving=True))
        own = make_sets(sessions, size=args.questions)
        questions = draw([*own, *map(read_dataset, args.datasets)], args.questions)
        asked = [
            Searcher(store, lambda _: encoder, off_topic=settings.files.off_topic)
            for store in (embedded, server)
        ]
        compared = [compare(question, asked[0], asked[1]) for question in questions]
    for one in compared:
        if not (one.is_same and one.has_same_verdict):
            print(*one.lines(), sep="\n")
    print(f"{len(sessions)} sessions.")
    report(rows(compared), "python -m benchmarks.stores " + " ".join(sys.argv[1:]), args.json)


def check_alike(embedded: SessionStore, server: SessionStore) -> None:
    """Exit with an error unless both stores hold the same sessions, embeddings and calibration."""
    one, other = embedded.manifest(), server.manifest()
    same = (one.sessions, one.events, one.encoder) == (other.sessions, other.events, other.encoder)
    if not same or (one.calibration is None) != (other.calibration is None):
        sys.exit("The server has another catalogue. Run first: conference-helper migrate server")


def read_dataset(folder: Path) -> QuestionSet:
    """Return the questions of a folder in BEIR's layout."""
    return read_questions(folder, {session.source_id for session in read_corpus(folder)})


def draw(sets: Sequence[QuestionSet], count: int) -> list[str]:
    """Return up to `count` questions, as many of each set while it has some; always the same ones."""
    rng = random.Random(_SEED)  # noqa: S311  # sampling, not cryptography
    texts = [sorted(set(one.questions.values())) for one in sets]
    shuffled = (rng.sample(some, len(some)) for some in texts)
    in_turn = chain.from_iterable(zip_longest(*shuffled, fillvalue=""))
    askable = (text for text in in_turn if any(map(str.isalnum, text)))
    return list(islice(dict.fromkeys(askable), count))


def compare(question: str, embedded: Asked, server: Asked) -> Compared:
    """Compare both answers to a question; where they differ, look at more results for a tie."""
    answers = embedded.search(Query(question)), server.search(Query(question))
    if ids_of(answers[0]) == ids_of(answers[1]):
        return Compared(question, answers, is_tie=False)
    more = [asked.search(Query(question, limit=_CONSIDERED)) for asked in (embedded, server)]
    return Compared(question, answers, is_tie=all(is_tie(answers, one) for one in more))


def is_tie(answers: tuple[Answer, Answer], more: Answer) -> bool:
    """Return whether sessions of the same place in two answers score the same in one store, as `more` says."""
    if more.verdict == "programme" or len(answers[0].results) != len(answers[1].results):
        return False
    scores = {result.session.id: result.score for result in more.results}
    pairs = zip(ids_of(answers[0]), ids_of(answers[1]), strict=True)
    return all(
        one == other
        or (one in scores and other in scores and abs(scores[one] - scores[other]) <= TIE)
        for one, other in pairs
    )


def ids_of(answer: Answer) -> list[UUID]:
    """Return the ids of an answer's sessions, in order."""
    return [result.session.id for result in answer.results]


def rows(compared: Sequence[Compared]) -> list[Row]:
    """Return the rows of the table: how many of the questions have the same answer."""
    total = len(compared)
    different = [one for one in compared if not one.is_same]
    same = {
        "the same first session": sum(one.has_same_first for one in compared),
        "the same verdict": sum(one.has_same_verdict for one in compared),
        "the same three sessions": total - len(different),
        "the same three, or a tie": total - sum(not one.is_tie for one in different),
    }
    return [
        Row(f"{what}; the baseline is all", total, count, "questions", count / total)
        for what, count in same.items()
    ]


if __name__ == "__main__":
    main()
