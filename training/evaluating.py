"""What a model is measured by: sets made of later years, sets that are given, and the development part."""

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
_MOST_QUESTIONS, _MOST_SESSIONS = 500, 3_000
_MOST_TOPICS, _COMMON_TOPIC = 150, 0.2


@dataclass(frozen=True, slots=True)
class Examination:
    """Questions, and the sessions that they are asked of."""

    questions: QuestionSet
    sessions: tuple[Session, ...]


def title_set(name: str, asked: Sequence[Session], others: Sequence[Session]) -> Examination:
    """Return a set that asks the titles of `asked` for their abstracts, the titles withheld everywhere.

    At most 500 questions; `others` fill up to 3,000 sessions among which the right one is to be found.
    """
    with_text = _spread([session for session in asked if session.abstract], _MOST_SESSIONS)
    filler = [session for session in others if session.abstract]
    filler = _spread(filler, _MOST_SESSIONS - len(with_text))
    chosen = _spread(with_text, _MOST_QUESTIONS)
    bare = [replace(session, title="") for session in (*with_text, *filler)]
    by_title: dict[str, dict[str, int]] = {}
    for session in with_text:
        by_title.setdefault(session.title, {})[str(session.id)] = 1
    titles = list(dict.fromkeys(session.title for session in chosen))
    return Examination(
        _question_set(name, {title: by_title[title] for title in titles}), tuple(bare)
    )


def topic_set(name: str, sessions: Sequence[Session]) -> Examination:
    """Return a set that asks the tags and tracks of the sessions for the sessions that have them."""
    having: dict[str, dict[str, int]] = {}
    for session in sessions:
        for topic in {*session.tags, session.track} - {""}:
            having.setdefault(topic, {})[str(session.id)] = 1
    most = _COMMON_TOPIC * len(sessions)
    counts = Counter({topic: len(ids) for topic, ids in having.items() if 2 <= len(ids) <= most})
    topics = sorted(topic for topic, _ in counts.most_common(_MOST_TOPICS))
    return Examination(
        _question_set(name, {topic: having[topic] for topic in topics}), tuple(sessions)
    )


def evaluate_model(
    encoder: Encoder, held_back: Examination, folders: Sequence[Path], cache_file: Path, say: Say
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


def rank_quality(encoder: Encoder, sets: Sequence[Examination]) -> float:
    """Return the mean nDCG@10 over the sets that have questions, by the vectors alone; 0 without any."""
    found = [_ndcg(encoder, asked) for asked in sets if asked.questions.questions]
    return float(np.mean(found)) if found else 0.0


def _ndcg(encoder: Encoder, asked: Examination) -> float:
    texts = [session.text for session in asked.sessions]
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    vectors = np.empty((len(texts), encoder.fingerprint.dimension), dtype=np.float32)
    vectors[order] = encoder.encode_sessions([texts[place] for place in order])
    ids = [str(session.id) for session in asked.sessions]
    questions = asked.questions.questions
    scores = encoder.encode_queries(list(questions.values())) @ vectors.T
    best = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]
    rankings = {id: [ids[place] for place in row] for id, row in zip(questions, best, strict=True)}
    return measure(asked.questions.judgements, rankings)["ndcg@10"].mean


def _question_set(name: str, right: dict[str, dict[str, int]]) -> QuestionSet:
    judgements: Judgements = {str(number): ids for number, ids in enumerate(right.values())}
    return QuestionSet(name, {str(n): text for n, text in enumerate(right)}, judgements)


def _spread(sessions: Sequence[Session], most: int) -> list[Session]:
    """At most so many sessions, evenly from all of them in the order of their ids, which is random."""
    ranked = sorted(sessions, key=lambda session: str(session.id))
    return ranked[: max(most, 0)]
