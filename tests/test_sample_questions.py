"""Forty questions to the sample summit, asked of the base model in the default mode.

Each names the session that answers it, or says that none does. At least 38 of them come out right: that session
is among the three, or the verdict is "none". What the page on Python shows of it is true.
"""

import doctest
import re
from functools import partial
from pathlib import Path

import httpx
import pytest

from conference_helper import Catalogue, Client
from service.query.query import Query
from service.search.answer import Answer
from service.search.searcher import Searcher
from service.web import create_app

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("all_off_topic_queries")]

ROOT = Path(__file__).parent.parent
NOTHING = "none"
WANTED = 38

QUESTIONS = {
    # a topic in a few words
    "health analytics": "S24-054 S25-051 S26-045",
    "wastewater early warning": "S24-025",
    "electric buses": "S26-018",
    "electric cars charging in the evening": "S25-037",
    "football tracking data": "S24-026",
    "mental health text service": "S24-017",
    "energy use of queries": "S25-019",
    "credit for people without a history": "S24-051",
    # a question in plain words
    "How can I make my SQL queries faster?": "S24-014 S25-045 S26-009",
    "How do I remove one person's data from all our systems?": "S25-036",
    "How do we check that a model treats people fairly?": "S24-039 S25-026 S26-037",
    "What should I ask before I take a new job?": "S26-047",
    "How many nurses will we need in winter?": "S24-033",
    "How do you show uncertainty in a chart?": "S25-011",
    "Can blind people use our visualizations?": "S25-024",
    "How do I get into data work without a boring portfolio?": "S24-027 S25-053 S26-034",
    "Which sessions are about finding fraud in payments?": "S24-009 S26-052 S25-048",
    "How can a city know how many people cycle?": "S24-024",
    "What happens to patients who come back to hospital soon after leaving?": "S24-049",
    "I manage people for the first time, what goes wrong?": "S24-004",
    "Is generated data good enough to share instead of the real thing?": "S26-006",
    "How do I estimate the effect of a campaign without an experiment?": "S24-037 S25-042",
    "How to publish statistics without giving away who is in them": "S25-046 S26-025",
    # a name, alone or with a topic
    "Zoe Brandstrom": "S24-002 S24-016 S25-024 S26-005 S26-031 S26-039",
    "nguyen thu hanh query plan": "S24-014 S25-045",
    "Priyanka Deshmal on medical images": "S25-006",
    "talks by Eszter Hollokovi about flu": "S26-030",
    # words of a title, exact or nearly so
    "dag ate my weekend": "S24-042",
    "Parquet on the Insde": "S24-036",
    '"Titanic"': "S24-027",
    # another language than English
    "compter les oiseaux": "S24-041",
    "Kontenabstimmung": "S24-043",
    "contar peces": "S25-052",
    "datos de hospitales": "S26-021",
    # nothing that this summit answers
    "what is the capital of mongolia": NOTHING,
    "how long do I boil an egg": NOTHING,
    "cancel my hotel reservation": NOTHING,
    "tell me a joke about cats": NOTHING,
    "my car makes a strange noise when I brake": NOTHING,
    "play some jazz": NOTHING,
}


def is_right(answer: Answer, wanted: str) -> bool:
    if wanted == NOTHING:
        return answer.verdict == NOTHING
    found = {result.session.source_id for result in answer.results}
    return answer.verdict != NOTHING and not found.isdisjoint(wanted.split())


def test_at_least_38_of_40_questions_are_answered_right(sample_searcher: Searcher) -> None:
    assert len(QUESTIONS) == 40
    wrong = {
        question: [result.session.title for result in answer.results]
        for question, wanted in QUESTIONS.items()
        if not is_right(answer := sample_searcher.search(Query(question)), wanted)
    }
    assert len(wrong) <= len(QUESTIONS) - WANTED, wrong


@pytest.mark.parametrize("shown", ["docs/python.md", Client, Catalogue])
def test_examples_in_python_are_true(
    shown: str | type,
    sample_searcher: Searcher,
    sample_data: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = create_app(sample_searcher, deadline=60)
    monkeypatch.setattr(
        "conference_helper.client.Client", partial(Client, transport=httpx.WSGITransport(app))
    )
    monkeypatch.chdir(sample_data.parent)
    if isinstance(shown, str):
        text = re.sub(r"^```.*$", "", (ROOT / shown).read_text("utf-8"), flags=re.M)
    else:
        text = f">>> from conference_helper import {shown.__name__}\n\n{shown.__doc__}"
    told: list[str] = []
    example = doctest.DocTestParser().get_doctest(text, {"__name__": "shown"}, str(shown), None, 0)
    result = doctest.DocTestRunner().run(example, out=told.append)
    assert result.attempted > 1
    assert not result.failed, "".join(told)
