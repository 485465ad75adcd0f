"""Sixty tasks of an assistant at the sample summit, done by a script in place of a language model.

Each is a question and the calls that lead to its answer, four at most and under 6,000 tokens in all; the last
answer tells what is expected. It is 10:00 on the first day of the summit of 2026.
"""

import runpy
from pathlib import Path
from typing import Any

import pytest
from support.assistants import Assistant

from service.search.searcher import Searcher

pytestmark = pytest.mark.slow

MAX_CALLS = 4
MAX_TOKENS = 6_000
NOW = "2026-05-12T10:00+02:00"
FIRST = "the first id of the last answer"
ALL = "all ids of the last answer"
CHOSEN = "the first id of each answer before"
NEXT = "the cursor of the last answer"
NOTHING = "Verdict: none"
NO_SESSION = "NO SESSION PASSES"

Step = tuple[str, dict[str, Any]]


def search(query: str, **others: Any) -> Step:
    return "search_sessions", {"query": query, **others}


def on(**arguments: Any) -> Step:
    return "whats_on", arguments


def facets(facet: str = "", **others: Any) -> Step:
    return "list_facets", {**({"facet": facet} if facet else {}), **others}


GET: Step = ("get_session", {"id": FIRST})
LIKE: Step = ("similar_sessions", {"id": FIRST})
CHECK: Step = ("check_plan", {"ids": ALL})
CHECK_CHOSEN: Step = ("check_plan", {"ids": CHOSEN})
EXPORT: Step = ("export_calendar", {"ids": ALL})

TASKS: dict[str, tuple[list[Step], str]] = {
    # plans
    "plan my Wednesday around health, no clashes": (
        [
            search("epidemic forecasts", day="2026-05-13", limit=1),
            search("health", day="2026-05-13", fits=FIRST, limit=1),
            CHECK_CHOSEN,
        ],
        "No clashes.",
    ),
    "plan my Thursday around machine learning": (
        [search("machine learning", day="2026-05-14", limit=4), CHECK],
        "In order of time:",
    ),
    "do the query workshop and the bed sensor talk clash": (
        [search("Tuning the Query You Didn't Write"), search("bed sensor"), CHECK_CHOSEN],
        "30 minutes",
    ),
    "and what else could I hear instead": (
        [search("Tuning the Query You Didn't Write"), search("bed sensor"), CHECK_CHOSEN],
        "instead of",
    ),
    "put my health sessions of Tuesday in a calendar": (
        [search("health", day="2026-05-12", limit=3), EXPORT],
        "in the file sessions.ics",
    ),
    "plan Tuesday around data quality and export it": (
        [search("data quality", day="2026-05-12", limit=2), CHECK, EXPORT],
        "A calendar of 2 sessions",
    ),
    "a calendar of all keynotes of 2026": (
        [("export_calendar", {"kind": "Keynote", "year": 2026})],
        "A calendar of 3 sessions",
    ),
    "what fits beside the query workshop on Tuesday": (
        [search("Tuning the Query You Didn't Write"), search("maps", fits=FIRST, day="2026-05-12")],
        "The Map Room",
    ),
    # earlier years, and where more is found
    "who spoke about the query plan in 2024 and where is more on it": (
        [search("query plan", year=2024), GET],
        "https://summit.example.org/2024/sessions/",
    ),
    "who spoke about clinical notes or hospitals in 2025": (
        [search("hospital", year=2025)],
        "Sunniva Haldgren",
    ),
    "what did I miss in 2025 on careers": (
        [search("careers", year=2025, limit=5), GET],
        "abstract:",
    ),
    "compare 2025 and 2026 on fairness": (
        [search("fairness", year=2025), search("fairness", year=2026)],
        "Fairness Audits for Text",
    ),
    "was the portfolio clinic given before": (
        [search("The Portfolio Review Clinic"), GET],
        "also given",
    ),
    "how many sessions were there each year": ([facets("year")], '"2024" 54'),
    "when was the summit of 2024": ([facets("day", year=2024)], '"2024-05-16"'),
    "the keynotes of 2024": ([on(year=2024, kind="Keynote")], "What the Denominator Hides"),
    # now and next
    "what is on now in Quayside Lab": (
        [on(when="now", room="Quayside Lab", now="2026-05-12T14:00+02:00")],
        "Tuning the Query You Didn't Write",
    ),
    "what is on now": (
        [on(when="now", now="2026-05-12T13:45+02:00")],
        "Causal Forests in a Job Centre",
    ),
    "is anything on now": ([on(when="now")], "0 on now"),
    "what is next": ([on(when="next")], "The Museum Label Experiment"),
    "what is next in Room Astrolabe": (
        [on(when="next", room="Room Astrolabe", now="2026-05-13T10:00+02:00")],
        "Datos clínicos sin fronteras",
    ),
    "what is on now, after the summit": (
        [on(when="now", now="2026-08-01T10:00+02:00")],
        "Nothing of",
    ),
    "what is on on Thursday in The Ropeworks": (
        [on(day="2026-05-14", room="The Ropeworks")],
        "Retrieval Before Generation",
    ),
    "the whole programme of Wednesday": (
        [on(day="2026-05-13"), on(day="2026-05-13", cursor=NEXT)],
        "Who Is on Stage?",
    ),
    "which workshops are there this year": (
        [on(kind="Workshop", day="2026-05-12")],
        "The Map Room",
    ),
    "what begins on Thursday after 16:00": (
        [on(day="2026-05-14", **{"from": "16:00"})],
        "Counting Trees for Grandchildren",
    ),
    "which days has the summit": ([on()], "2026-05-12"),
    "lightning talks on Wednesday": ([on(day="2026-05-13", kind="Lightning Talk")], "Plain Plots"),
    # nothing there
    "is there anything on childcare": ([search("is there anything on childcare")], NOTHING),
    "any session on sourdough bread": ([search("sourdough bread baking")], NOTHING),
    "who speaks about Kubernetes operators": ([search("kubernetes operators")], NOTHING),
    "anything on quantum chromodynamics": ([search("quantum chromodynamics")], NOTHING),
    "where is the wine tasting": ([search("wine tasting")], NOTHING),
    "what is on in Room Nowhere": ([on(room="Room Nowhere")], NO_SESSION),
    "the programme of 2019": ([on(year=2019)], NO_SESSION),
    "what is on on Christmas": ([on(day="2026-12-24")], NO_SESSION),
    "does Ada Lovelace speak": ([facets("speaker", contains="Lovelace")], "0 values"),
    "is there another event": ([facets("event")], "1 values"),
    # people, rooms, tracks
    "what does Zoe Brandstrom speak about": ([search("Zoe Brandstrom")], "Zoë Brändström"),
    "how is Nguyen Thu Hanh spelled": ([facets("speaker", contains="nguyen")], "Nguyễn Thu Hạnh"),
    "all talks of Keiko Amanuma this year": (
        [facets("speaker", contains="amanuma"), on(speaker="Keiko Amanuma", day="2026-05-12")],
        "The Museum Label Experiment",
    ),
    "which rooms are there": ([facets("room", year=2026)], "Lighthouse Studio"),
    "which tracks are there": ([facets("track")], "Data Engineering"),
    "which languages are spoken": ([facets("language")], '"fr" 3'),
    "what is there at all": ([facets()], "speaker: 42 values"),
    "what is there in French": (
        [on(language="fr", year=2026)],
        "Ce que disent les files d'attente",
    ),
    "beginners' sessions on health on Tuesday": (
        [search("health", level="Beginner", day="2026-05-12")],
        "Verdict:",
    ),
    # questions in plain words
    "how can I make my SQL queries faster": (
        [search("How can I make my SQL queries faster?")],
        "Tuning the Query You Didn't Write",
    ),
    "health analytics": ([search("health analytics")], "Verdict: strong"),
    "electric buses": ([search("electric buses"), GET], "The Short Bus to Net Zero"),
    "what to ask before a new job": (
        [search("What should I ask before I take a new job?")],
        "Questions to Ask Before Accepting the Offer",
    ),
    "fraud in payments": ([search("fraud in payments")], "Fraud After Cloned Speech"),
    "what is like the talk on differential privacy": (
        [search("differential privacy", year=2026), LIKE],
        "nearest in meaning",
    ),
    "more like it, this year only": (
        [
            search("Orchestration for Teams That Sleep"),
            ("similar_sessions", {"id": FIRST, "year": 2026}),
        ],
        "2026",
    ),
    "what is the ambulance talk about": ([search("ambulance demand"), GET], "abstract:"),
    "workshops on Tuesday afternoon": (
        [search("workshops on Tuesday afternoon")],
        "Verdict: programme",
    ),
    "a misspelled question": (
        [search("workshop on qurey tuning")],
        'Searched for: "workshop on query',
    ),
    "in German": ([search("Kontenabstimmung")], "Verdict: "),
    "short sessions on health": (
        [search("health", max_minutes=20, year=2026)],
        "How Many Will Call?",
    ),
    "when and where is the ethics panel": ([search("ethics boards panel")], "Thu 2026-05-14 15:30"),
}


def ids_of(values: dict[str, Any]) -> list[str]:
    """Return the ids of an answer's list, or its own."""
    listed = values.get("results", values.get("sessions"))
    return [values["id"]] if "id" in values else [one["id"] for one in listed or ()]


def filled(value: object, before: list[dict[str, Any]]) -> object:
    """Return an argument, what stands for something of the answers before replaced by it."""
    if value == FIRST:
        return ids_of(before[-1])[0]
    if value == ALL:
        return ids_of(before[-1])
    if value == CHOSEN:
        return [ids_of(values)[0] for values in before]
    return before[-1]["next_cursor"] if value == NEXT else value


def test_there_are_sixty() -> None:
    assert len(TASKS) == 60


def do(searcher: Searcher, task: str) -> tuple[str, Assistant]:
    """Do a task; return the text of the last answer, and the assistant that counted."""
    assistant, before = Assistant(searcher, now=NOW), list[dict[str, Any]]()
    text = ""
    for name, arguments in TASKS[task][0]:
        given = {name: filled(value, before) for name, value in arguments.items()}
        result = assistant.try_call(name, **given)
        assert not result["isError"], f"{task}: {result['content']}"
        before.append(result["structuredContent"])
        text = result["content"][0]["text"]
    return text, assistant


@pytest.mark.usefixtures("all_off_topic_queries")
def test_each_task_is_done_in_few_calls_and_tokens(sample_searcher: Searcher) -> None:
    """One test: the sample summit takes a while to load, and tests of one file may run in many processes."""
    wrong: dict[str, object] = {}
    for task, (_, told) in TASKS.items():
        text, assistant = do(sample_searcher, task)
        if told not in text or assistant.calls > MAX_CALLS or assistant.tokens >= MAX_TOKENS:
            wrong[task] = (text, assistant.calls, assistant.tokens)
    assert wrong == {}


@pytest.mark.usefixtures("all_off_topic_queries")
def test_the_recorded_conversation_is_what_the_server_answers(sample_searcher: Searcher) -> None:
    page = runpy.run_path(str(Path(__file__).parent.parent / "docs" / "record_conversation.py"))
    assert page["record"](sample_searcher) == page["recorded"]()
