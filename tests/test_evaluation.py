import gzip
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.fakes import BagOfWords
from support.stores import talk
from support.web_fixtures import SESSIONS, open_loaded

from conference_helper import cli
from evaluation.datasets import make_sets, read_corpus, read_questions
from evaluation.measures import auroc, measure
from evaluation.run import (
    check_minimums,
    evaluate_catalogue,
    evaluate_folder,
    parse_minimum,
    read_off_topic,
)
from service.encoder import Vectors
from service.errors import InputError, VerificationError
from service.query.query import MODES
from service.verdict import off_topic

pytestmark = pytest.mark.slow

OTHERS = ("how long do pandas sleep", "?!", "who invented umbrellas")
DOCUMENTS = [
    {"_id": "d1", "title": "Health analytics", "text": "Counting on the ward."},
    {"_id": "d2", "title": "", "text": "Pipelines that do not break.", "speakers": ["Ola Berg"]},
    {"_id": "d3", "title": "Maps", "text": ""},
]


def write_set(folder: Path, *, qrels: str, zipped: bool = False) -> Path:
    (folder / "qrels").mkdir(parents=True)
    corpus = "\n".join(map(json.dumps, DOCUMENTS)) + "\n"
    if zipped:
        (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(corpus.encode()))
    else:
        (folder / "corpus.jsonl").write_text(corpus)
    asked = [("q1", "health"), ("q2", "ola berg"), ("q3", "?!")]
    (folder / "queries.jsonl").write_text(
        "\n".join(json.dumps({"_id": id, "text": text}) for id, text in asked)
    )
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + qrels)
    return folder


@pytest.mark.usefixtures("all_off_topic_queries")
@pytest.mark.parametrize("zipped", [False, True])
def test_a_folder_is_asked_in_every_mode(tmp_path: Path, zipped: bool) -> None:
    folder = write_set(tmp_path / "set", qrels="q1\td1\t1\nq2\td2\t1\nq3\td3\t1\n", zipped=zipped)
    cache = tmp_path / "vectors.sqlite"
    encoder = BagOfWords()
    said: list[str] = []
    rows = list(
        evaluate_folder(folder, encoder, cache, modes=MODES, offtopic=OTHERS, say=said.append)
    )
    values = {row.mode: row.as_dict() for row in rows}
    assert values.keys() == {"hybrid", "semantic", "keyword"}
    assert values["hybrid"]["default"]
    assert values["hybrid"]["hit@3"] == pytest.approx(2 / 3, abs=1e-3)
    assert values["keyword"]["mrr@10"] == pytest.approx(2 / 3, abs=1e-3)
    for name in ("missed", "false_alarms", "auroc"):
        low, high = values["hybrid"]["intervals"][name]
        assert 0 <= low <= values["hybrid"][name] <= high <= 1
    assert values["hybrid"]["false_alarms"] == 0
    low, high = values["hybrid"]["intervals"]["hit@3"]
    assert 0 <= low < 2 / 3 < high <= 1
    assert said == ["set: 3 sessions, 3 questions"]
    embedded = list(encoder.embedded)
    assert sorted(embedded) == sorted(session.text for session in read_corpus(folder))
    list(
        evaluate_folder(
            folder, encoder, cache, modes=("keyword",), offtopic=OTHERS, say=said.append
        )
    )
    assert encoder.embedded == embedded


@pytest.mark.parametrize(
    ("qrels", "says"),
    [
        ("q1\td1\t1\nq1\td9\t1\n", r"test.tsv:3 names the document 'd9'"),
        ("q9\td1\t1\n", r"test.tsv:2 names the question 'q9'"),
        ("q1 d1 1\n", r"test.tsv:2 is not question, document and score"),
        ("q1\td1\t²\n", r"test.tsv:2 is not question, document and score"),
        ("q1\td1\t1\nq1\td1\t--1\n", r"test.tsv:3 is not question, document and score"),
        ("q1\td1\t0\n", "names no right answer"),
        ("", "names no right answer"),
    ],
)
def test_bad_judgements_are_refused_with_the_line(tmp_path: Path, qrels: str, says: str) -> None:
    folder = write_set(tmp_path / "set", qrels=qrels)
    with pytest.raises(InputError, match=says):
        read_questions(folder, {"d1", "d2", "d3"})


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ('{"_id": "x", "speakers": 5}', 'jsonl:1 has "speakers" that are no list'),
        ("[" * 200_000, "jsonl:1 is not JSON"),
        ("{", "jsonl:1 is not JSON"),
        ('{"title": "x"}', 'jsonl:1 has no "_id"'),
        ("", "empty"),
    ],
)
def test_bad_documents_are_refused_with_the_line(tmp_path: Path, row: str, says: str) -> None:
    (tmp_path / "corpus.jsonl").write_text(row)
    with pytest.raises(InputError, match=says):
        read_corpus(tmp_path)
    with pytest.raises(InputError, match=r"no corpus\.jsonl"):
        read_corpus(tmp_path / "nothing")


def test_a_damaged_archive_is_refused_by_name(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(b'{"_id": "1"}\n'))
    packed[10] = 0xFF  # no kind of block
    (tmp_path / "corpus.jsonl.gz").write_bytes(packed)
    with pytest.raises(InputError, match=r"corpus\.jsonl\.gz cannot be read: .*invalid block"):
        read_corpus(tmp_path)


def test_sets_are_called_by_their_folder_and_must_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_set(tmp_path / "set", qrels="q1\td1\t1\n")
    monkeypatch.chdir(folder)
    assert read_questions(Path(), {"d1"}).name == "set"
    assert {session.event for session in read_corpus(Path())} == {"set"}
    done = CliRunner().invoke(cli.main, ["evaluate", ".", str(folder)])
    assert (done.exit_code, "Two sets are called set" in done.stderr) == (2, True)


def test_a_run_that_could_not_be_saved_is_not_measured(tmp_path: Path) -> None:
    place = str(tmp_path / "nothing" / "run.json")
    done = CliRunner().invoke(cli.main, ["evaluate", "nowhere", "--save", place])
    assert (done.exit_code, "there is no folder" in done.stderr) == (2, True)


def test_measures_count_what_found_nothing() -> None:
    found = measure({"a": {"x": 1}, "b": {"y": 1}}, {"a": ["z", "x"]})
    assert found["hit@3"].mean == 0.5
    assert found["mrr@10"].mean == 0.25


def test_sets_made_from_a_catalogue(tmp_path: Path) -> None:
    store, _ = open_loaded(tmp_path)
    rows = list(
        evaluate_catalogue(
            store, lambda fingerprint: BagOfWords(), modes=("hybrid",), offtopic=OTHERS
        )
    )
    assert [row.set for row in rows] == ["made-title", "made-typo", "made-speaker", "made-sentence"]
    assert rows[0].measures["mrr@10"].mean == 1
    assert rows[0].as_dict()["auroc"] is None  # never calibrated
    assert rows[2].measures["hit@3"].mean == 1
    assert make_sets(SESSIONS) == make_sets(SESSIONS)
    assert set(make_sets(SESSIONS)[1].questions.values()).isdisjoint(
        session.title for session in SESSIONS if "analytics" in session.title
    )
    with pytest.raises(VerificationError, match="made-typo: hit@3 is"):
        check_minimums(rows, [("hit@3", 1.1)])
    check_minimums(rows, [("hit@3", 0.5)])


def test_every_session_that_says_a_made_sentence_is_right() -> None:
    said = "Sails are made of cloth, and some say of patience and wind."
    sessions = [talk(number, abstract=f"{said} This is talk number {number}.") for number in (1, 2)]
    made = {one.name: one for one in make_sets(sessions)}["made-sentence"]
    assert made.judgements[said] == {str(session.id): 1 for session in sessions}


def test_options_are_checked() -> None:
    assert parse_minimum("Hit@3 = .75") == ("hit@3", 0.75)
    for text in ("hit@3", "hit@3=7", "speed=0.5"):
        with pytest.raises(InputError, match="is not of the form"):
            parse_minimum(text)
    done = CliRunner().invoke(cli.main, ["evaluate", "--mode", "psychic"])
    assert (done.exit_code, "'psychic' is not one of" in done.stderr) == (2, True)


def test_auroc_can_be_checked_by_hand() -> None:
    found = auroc([3.0, 2.0, float("inf")], [1.0, 2.0])
    assert found.mean == pytest.approx((2 + 1.5 + 2) / 6)
    assert 0 <= found.low <= found.mean <= found.high <= 1


def test_offtopic_questions_come_from_a_file_or_are_not_those_of_the_calibration(
    tmp_path: Path, all_off_topic_queries: None
) -> None:
    ours = read_off_topic(None)
    assert len(ours) == len(set(ours)) >= 100
    assert not set(ours) & {text for text, _ in off_topic.read_queries()}
    file = tmp_path / "questions.txt"
    file.write_text("one\n\n two \none\n")
    assert read_off_topic(file) == ("one", "two")
    file.write_text("\n")
    with pytest.raises(InputError, match="has no question"):
        read_off_topic(file)
    with pytest.raises(InputError, match="cannot be read"):
        read_off_topic(tmp_path / "nothing")


def test_each_question_is_embedded_once_for_all_modes(tmp_path: Path) -> None:
    store, _ = open_loaded(tmp_path)
    asked: Counter[str] = Counter()

    class Counting(BagOfWords):
        def encode_queries(self, questions: Sequence[str]) -> Vectors:
            asked.update(questions)
            return super().encode_queries(questions)

    list(evaluate_catalogue(store, lambda fingerprint: Counting(), modes=MODES, offtopic=OTHERS))
    assert set(asked.values()) == {1}


def test_the_command_prints_rows_and_fails_a_gate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_set(tmp_path / "set", qrels="q1\td1\t1\nq3\td3\t1\n")
    monkeypatch.setattr("conference_helper.evaluate.loading_encoder", lambda *_: BagOfWords())
    command = ["evaluate", str(folder), "--mode", "hybrid"]
    done = CliRunner().invoke(cli.main, [*command, "--json"])
    assert json.loads(done.stdout)["rows"][0]["hit@3"] == 0.5
    assert "hybrid *" in CliRunner().invoke(cli.main, command).stdout
    failed = CliRunner().invoke(cli.main, [*command, "--min", "hit@3=0.9"])
    assert failed.exit_code == 5
    assert "hit@3 is 0.500" in failed.stderr
    for mode in ("semantic", "keyword"):
        command = ["evaluate", str(folder), "--mode", mode, "--min", "hit@3=0.9"]
        assert CliRunner().invoke(cli.main, command).exit_code == 5, mode
