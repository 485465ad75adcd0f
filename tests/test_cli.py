"""The command line: what it prints, and with which exit code it ends."""

import json
import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.fakes import BagOfWords
from support.programmes import row, write_csv
from support.web_fixtures import open_loaded

from conference_helper import cli
from service import errors
from service.stores import waiting
from service.stores.edge.store import EdgeStore

Invoke = Callable[..., Result]


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Run a command with a bag of words for a model; `--model other` is another one."""

    def open_encoder(model: str | None, **options: object) -> BagOfWords:
        return BagOfWords(weights="other" if model == "other" else "bag-of-words")

    monkeypatch.setattr("service.encoders.open.open_encoder", open_encoder)

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(cli.main, [str(item) for item in arguments])

    return run


@pytest.fixture
def programme(tmp_path: Path) -> Path:
    rows = [row(number) for number in range(20)]
    rows[0] |= {"title": "Health analytics", "abstract": "Wards and charts."}
    return write_csv(tmp_path / "programme.csv", rows)


@pytest.fixture(scope="module")
def loaded_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a catalogue that no command here gets to change."""
    folder = tmp_path_factory.mktemp("data")
    open_loaded(folder)
    return folder


@pytest.mark.parametrize(
    ("zone", "alike"),
    [
        ("Mars/Phobos", "Europe/Brussels or +02:00"),
        ("europe/berlin", "Europe/Berlin or +02:00"),
        ("CEST", "Europe/Brussels or +02:00"),
        ("GMT+1", "Europe/Brussels or +01:00"),
        ("-530", "Europe/Brussels or -05:30"),
    ],
)
def test_a_zone_that_does_not_exist_is_refused_before_anything_is_read(
    invoke: Invoke, zone: str, alike: str
) -> None:
    refused = invoke("load", "no-such-file.csv", "--timezone", zone, "--dry-run")
    assert refused.exit_code == 2
    assert f"--timezone {zone}: no time zone is called '{zone}'" in refused.output
    assert f"give one such as {alike}" in refused.output


def test_load_search_status(invoke: Invoke, programme: Path) -> None:
    loaded = invoke("load", programme)
    assert loaded.exit_code == 0, loaded.output
    assert "20 new, 0 changed (0 embedded again), 0 gone, 0 same" in loaded.output.splitlines()
    found = invoke("search", "Health analytics?")
    assert found.exit_code == 0
    assert found.stdout.startswith("1. Health analytics  (found by its title)\n")
    assert found.stdout.count("Speaker Number") == 3
    assert invoke("search", "Health", "analytics?").stdout == found.stdout
    id, *_ = re.findall(r"^   ([0-9a-f-]{36})$", found.stdout, re.M)
    assert invoke("similar", id).stdout.startswith("1. ")
    answer = json.loads(invoke("search", "charts", "-n", "1", "--year", "2026", "--json").stdout)
    assert answer["results"][0]["session"]["title"] == "Health analytics"
    late = json.loads(invoke("search", "number7", "--from", "16:00", "-n", "9", "--json").stdout)
    assert {result["session"]["source_id"] for result in late["results"]} == {"7", "15"}
    status = json.loads(invoke("status", "--json").stdout)
    assert status["sessions"] == 20
    assert status["events"] == [{"event": "Summit", "year": 2026, "sessions": 20}]
    assert {"generation", "encoder", "store"} <= status.keys()
    assert "Summit 2026" in invoke("status").stdout


def test_load_json_is_for_machines(invoke: Invoke, programme: Path) -> None:
    outcome = json.loads(invoke("load", programme, "--json").stdout)
    assert outcome["plan"]["new"] == outcome["report"]["kept"] == outcome["sessions"] == 20


def test_dry_run_and_rollback(invoke: Invoke, programme: Path) -> None:
    assert "Nothing was written." in invoke("load", programme, "--dry-run").output
    assert invoke("status").exit_code == 2
    invoke("load", programme)
    refused = invoke("rollback")
    assert (refused.exit_code, "no earlier generation" in refused.output) == (4, True)
    write_csv(programme, [row(number) for number in range(21)])
    invoke("load", programme)
    assert "with 20 sessions again" in invoke("rollback").output


@pytest.mark.slow
def test_remove_shows_its_plan_and_asks(invoke: Invoke, programme: Path, tmp_path: Path) -> None:
    invoke("load", programme)
    invoke("load", write_csv(tmp_path / "old.csv", [row(1, year=2025), row(2, event="Other")]))
    asked = invoke("remove", "--event", "Summit", "--year", "2026")
    assert (asked.exit_code, "removes the 20 sessions of Summit 2026" in asked.output) == (4, True)
    assert (
        "Serving 2 sessions"
        in invoke("remove", "--event", "Summit", "--year", "2026", "--yes").output
    )
    assert invoke("remove", "--event", "Nobody", "--yes").exit_code == 2
    assert "Serving 1 sessions" in invoke("remove", "--event", "Summit", "--yes").output
    assert "Serving 0 sessions" in invoke("remove", "--event", "Other", "--yes").output
    assert json.loads(invoke("search", "x", "--json").stdout)["results"] == []


def test_export_writes_the_catalogue(invoke: Invoke, programme: Path, tmp_path: Path) -> None:
    invoke("load", programme)
    assert "Wrote 20 sessions" in invoke("export", tmp_path / "out.jsonl").output
    again = invoke("load", tmp_path / "out.jsonl")
    assert "0 new, 0 changed (0 embedded again), 0 gone, 20 same" in again.output


def test_nothing_loaded_says_how_to_load(invoke: Invoke) -> None:
    for command in (["search", "health"], ["status"]):
        result = invoke(*command)
        assert result.exit_code == 2
        assert "conference-helper load SOURCE" in result.output


@pytest.mark.usefixtures("programme")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["search", ""], "is empty"),
        (["search", "🎉"], "Ask in words"),
        (["search", "x", "-n", "0"], "range 1<=x<=50"),
        (["search", "x", "-n", "abc"], "not a valid integer"),
        (["search", "x", "--year", "soon"], "year is"),
        (["search", "x", "--day", "tomorrow"], "day is"),
        (["search", "x", "--from", "25:00"], "from is '25:00'; give a time of day"),
        (["search", "x", "--min-minutes", "ten"], "give a number of minutes such as 30"),
        (["search", "x", "--at", "9:00", "--at", "9:30"], "at is given 2 times"),
        (["search", "x", "--from", "14:00", "--to", "9:00"], "no session passes both"),
        (["search", "x", "--mode", "psychic"], "not one of 'hybrid', 'semantic', 'keyword'"),
        (["search", "x", "--diversity", "2"], "range 0<=x<=1"),
        (["search", "x", "--colour", "red"], "No such option"),
        (["load", "missing.csv"], "no file or folder missing.csv"),
        (
            ["load", "ftp://example.org/a.csv"],
            "ftp://example.org/a.csv is no address of http or https",
        ),
        (["export", "catalogue.json"], "ends in none of .jsonl"),
        (["load", "programme.csv", "--gate-tolerance", "nan"], "'nan' is no number"),
        (["load", "programme.csv", "--format", "psychic"], "Formats:"),
        (["load", "programme.csv", "--map", "Title"], '"Column=field"'),
        (["load", "programme.csv", "--map", "Title=nothing"], "Fields:"),
        (["load"], "Missing argument"),
    ],
)
def test_bad_input_ends_with_2_and_the_remedy(
    invoke: Invoke,
    loaded_data: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    says: str,
) -> None:
    monkeypatch.setenv("CONFERENCE_HELPER_DATA_DIR", str(loaded_data))
    result = invoke(*arguments)
    assert result.exit_code == 2, result.output
    assert says in result.output
    assert "Traceback" not in result.output


def test_removals_mismatch_lock_and_store_have_codes_of_their_own(
    invoke: Invoke, programme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoke("load", programme)
    short = write_csv(tmp_path / "short.csv", [row(1)])
    assert invoke("load", short).exit_code == 4
    with EdgeStore(tmp_path / "data", "sessions").lock():
        assert invoke("load", programme).exit_code == 6
    monkeypatch.setenv("CONFERENCE_HELPER_MODEL", "other")
    refused = invoke("search", "health")
    assert refused.exit_code == 4
    assert "--model MODEL" in refused.output
    monkeypatch.setenv("CONFERENCE_HELPER_DATA_DIR", str(programme))
    assert invoke("load", programme).exit_code == 3


def test_commands_that_change_the_catalogue_wait_for_a_loader_where_told_to(
    invoke: Invoke, programme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert invoke("load", programme).exit_code == 0
    commands: list[tuple[str | Path, ...]] = [
        ("load", programme),
        ("backup", tmp_path / "backup"),
        ("restore", tmp_path / "backup"),
        ("remove", "--event", "Summit", "--yes"),
    ]
    for command in commands:
        with ExitStack() as other:
            other.enter_context(EdgeStore(tmp_path / "data", "sessions").lock())
            assert invoke(*command).exit_code == 6
            monkeypatch.setenv("CONFERENCE_HELPER_WAIT_SECONDS", "0.1")
            in_vain = invoke(*command, "--wait")
            assert in_vain.exit_code == 6
            assert "still at work after 0.1 s" in in_vain.output
            monkeypatch.delenv("CONFERENCE_HELPER_WAIT_SECONDS")
            monkeypatch.setattr(waiting, "sleep", lambda seconds: other.close())
            waited = invoke(*command, "--wait")
            assert waited.exit_code == 0, waited.output
        monkeypatch.setattr(waiting, "sleep", time.sleep)


def test_load_with_another_model_embeds_anew(invoke: Invoke, programme: Path) -> None:
    invoke("load", programme)
    assert "all 20 embedded anew" in invoke("load", programme, "--model", "other").output


def test_a_question_does_not_wait_for_a_server_as_a_load_does(
    invoke: Invoke, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CONFERENCE_HELPER_QDRANT_URL", "http://127.0.0.1:1")
    for command in (("search", "x"), ("status",)):
        started = time.monotonic()
        assert invoke(*command).exit_code == 3
        assert time.monotonic() - started < 60  # a load goes on for 120 s
    assert "Trying again" not in caplog.text
    monkeypatch.setenv("CONFERENCE_HELPER_QDRANT_RETRY_SECONDS", "1")
    assert invoke("verify").exit_code == 3
    assert "Could not read the manifest: ConnectError" in caplog.text
    assert "Trying again in" in caplog.text


def test_every_error_has_an_exit_code() -> None:
    def kinds(parent: type[errors.ConferenceHelperError]) -> list[type]:
        return [kind for child in parent.__subclasses__() for kind in [child, *kinds(child)]]

    generic = {errors.EncoderError, errors.NotReadyError, errors.BusyError}
    generic |= {
        errors.ApiKeyError,
        errors.ScopeError,
        errors.ServiceError,
    }  # no command raises them
    for kind in kinds(errors.ConferenceHelperError):
        code = next(code for known, code in cli.EXIT_CODES if issubclass(kind, known))
        assert code != 1 or kind in generic, f"{kind.__name__} needs an exit code"
