"""Question sets that a model is measured by: of later years, given ones, and the development part."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from evaluation.datasets import Judgements, QuestionSet
from evaluation.measures import DEPTH, measure
from evaluation.run import Row, Say, evaluate_folder, evaluate_set
from service.encoder import Encoder
from service.query.query import DEFAULT_MODE
from service.session import Session

HELD_BACK = "held-back"
"""The name of the set made of the later years' titles."""

MODES = tuple(dict.fromkeys(("semantic", DEFAULT_MODE)))
_MAX_QUESTIONS, _MAX_SESSIONS = 500, 3_000
_MAX_TOPICS, _MAX_TOPIC_SHARE = 150, 0.2


@dataclass(frozen=True, slots=True)
class SearchTask:
    """A question set, and the sessions that it is asked of."""

    questions: QuestionSet
    sessions: tuple[Session, ...]


def title_set(name: str, targets: Sequence[Session], others: Sequence[Session]) -> SearchTask:
    """Return a task to find the abstracts of `targets` by their titles, which no session of it has.

    It has at most 500 questions, and at most 3,000 sessions, filled up with `others`.
    """
    with_text = _sample([session for session in targets if session.abstract], _MAX_SESSIONS)
    filler = [session for session in others if session.abstract]
    filler = _sample(filler, _MAX_SESSIONS - len(with_text))
    chosen = _sample(with_text, _MAX_QUESTIONS)
    bare = [replace(session, title="") for session in (*with_text, *filler)]
    by_title: dict[str, dict[str, int]] = {}
    for session in with_text:
        by_title.setdefault(session.title, {})[str(session.id)] = 1
    titles = list(dict.fromkeys(session.title for session in chosen))
    return SearchTask(
        _question_set(name, {title: by_title[title] for title in titles}), tuple(bare)
    )


def topic_set(name: str, sessions: Sequence[Session]) -> SearchTask:
    """Return a task to find sessions by their tags and tracks."""
    by_topic: dict[str, dict[str, int]] = {}
    for session in sessions:
        for topic in {*session.tags, session.track} - {""}:
            by_topic.setdefault(topic, {})[str(session.id)] = 1
    limit = _MAX_TOPIC_SHARE * len(sessions)
    counts = Counter({topic: len(ids) for topic, ids in by_topic.items() if 2 <= len(ids) <= limit})
    topics = sorted(topic for topic, _ in counts.most_common(_MAX_TOPICS))
    return SearchTask(
        _question_set(name, {topic: by_topic[topic] for topic in topics}), tuple(sessions)
    )


def evaluate_model(
    encoder: Encoder, held_back: SearchTask, folders: Sequence[Path], cache_file: Path, say: Say
) -> list[Row]:
    """Return the rows of the later years' set and of each given folder, in each of MODES."""
    sets = f"{held_back.questions.name}: {len(held_back.sessions)} sessions"
    say(f"{sets}, {len(held_back.questions.questions)} questions")
    rows = list(
        evaluate_set(held_back.questions, held_back.sessions, encoder, cache_file, modes=MODES)
    )
    for folder in folders:
        rows += evaluate_folder(folder, encoder, cache_file, modes=MODES, offtopic=(), say=say)
    return rows


def mean_ndcg(encoder: Encoder, sets: Sequence[SearchTask]) -> float:
    """Return the mean nDCG@10 of vector search over the sets that have questions; 0 without any."""
    values = [_ndcg(encoder, task) for task in sets if task.questions.questions]
    return float(np.mean(values)) if values else 0.0


def _ndcg(encoder: Encoder, task: SearchTask) -> float:
    texts = [session.text for session in task.sessions]
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    vectors = np.empty((len(texts), encoder.fingerprint.dimension), dtype=np.float32)
    vectors[order] = encoder.encode_sessions([texts[row] for row in order])
    ids = [str(session.id) for session in task.sessions]
    questions = task.questions.questions
    scores = encoder.encode_queries(list(questions.values())) @ vectors.T
    nearest = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]
    rankings = {id: [ids[row] for row in rows] for id, rows in zip(questions, nearest, strict=True)}
    return measure(task.questions.judgements, rankings)["ndcg@10"].mean


def _question_set(name: str, right: dict[str, dict[str, int]]) -> QuestionSet:
    judgements: Judgements = {str(number): ids for number, ids in enumerate(right.values())}
    return QuestionSet(name, {str(n): text for n, text in enumerate(right)}, judgements)


def _sample(sessions: Sequence[Session], limit: int) -> list[Session]:
    """Up to `limit` sessions: the first by id, which are digests and so as good as random."""
    ranked = sorted(sessions, key=lambda session: str(session.id))
    return ranked[: max(limit, 0)]
