"""Bad rows in a load: skipped, named and written aside; what they may have been is kept."""

import csv
import json
from pathlib import Path

import pytest
from support.fakes import BagOfWords
from support.programmes import Loading, row

from loaders.report import safe_cell
from service.errors import InputError


def test_bad_rows_are_skipped_named_and_written_to_the_rejects(
    loading: Loading, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    outcome = loading.rows([row(1), row(2, title=" "), row(3, title="Lunch")], rejects=rejects)
    report = outcome.report
    assert (report.read, report.accepted, report.skipped.total()) == (3, 1, 2)
    assert any("no title" in line and "programme.csv:3" in line for line in loading.said)
    assert "programme.csv:3,no title" in rejects.read_text()


def test_strict_loads_nothing_when_a_row_is_bad(loading: Loading) -> None:
    with pytest.raises(InputError, match="--strict"):
        loading.rows([row(1), row(2, title="")], strict=True)
    loading.rows([row(1), row(2, title="Lunch")], strict=True)
    assert loading.count() == 1


def test_rejects_hold_no_formulas(loading: Loading, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    Path("=1.csv").write_text("id,title,event,year\n1,,E,2026\n2,Kept,E,2026\n")
    loading.files(Path("=1.csv"), rejects=rejects)
    with rejects.open(newline="") as stream:
        cells = [cell for line in csv.reader(stream) for cell in line]
    assert any(cell.startswith("'=1.csv:") for cell in cells), cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


@pytest.mark.parametrize(
    "cell",
    [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        ";=1",
        "＝1",
        "＋1",
        "－1",
        "＠A",
    ],
)
def test_cells_like_formulas_are_shown_as_text(cell: str) -> None:
    assert safe_cell(cell) == "'" + cell
    assert safe_cell(f"1{cell}") == f"1{cell}"


def test_a_bad_row_keeps_the_session_that_it_was(loading: Loading) -> None:
    rows = [row(number) for number in range(12)]
    loading.rows(rows)
    outcome = loading.rows([*rows[:10], row(10, title="")])
    plan = outcome.comparison.plan
    assert (plan.same, plan.protected, plan.gone, loading.count()) == (11, 1, 1, 11)
    assert "1 of these kept since bad rows may be theirs" in "\n".join(loading.said)
    assert {"Title number10", "Title number9"} <= loading.titles()
    assert "Title number11" not in loading.titles()


@pytest.mark.parametrize("bad", [row(1, id="", title=""), row(3, title="")])
def test_a_bad_row_that_may_be_any_session_holds_back_removals(
    loading: Loading, bad: dict[str, object]
) -> None:
    sittings = [row(3), row(3, start="2026-05-12T18:00:00+02:00")]
    others = [row(number) for number in (1, 2)]
    loading.rows([*others, *sittings])
    outcome = loading.rows([row(1), sittings[0], bad])
    assert outcome.comparison.plan.gone == 0
    assert {"Title number1", "Title number2", "Title number3"} == loading.titles()


def test_a_bad_line_holds_back_removals_until_they_are_allowed(loading: Loading) -> None:
    file = loading.folder / "sessions.jsonl"
    lines = [json.dumps({"id": n, "title": f"T{n}", "event": "E", "year": 2026}) for n in (1, 2, 3)]
    file.write_text("\n".join(lines))
    loading.files(file)
    file.write_text("\n".join([lines[0], lines[1][:-5]]))
    outcome = loading.files(file)
    assert (outcome.comparison.plan.same, loading.count()) == (3, 3)
    loading.files(file, allow_removals=True)
    assert loading.titles() == {"T1"}


def test_a_quote_left_open_holds_back_removals(loading: Loading) -> None:
    file = loading.folder / "talks.csv"
    lines = ["title,abstract,event,year", *(f'T{n},"About {n}",E,2026' for n in range(4))]
    file.write_text("\n".join(lines))
    loading.files(file)
    file.write_text("\n".join([*lines[:3], 'T2,"About 2,E,2026', *lines[4:]]))
    outcome = loading.files(file)
    assert (outcome.comparison.plan.gone, outcome.comparison.plan.protected) == (0, 2)
    assert loading.titles() == {"T0", "T1", "T2", "T3"}


def test_a_folder_with_a_damaged_file_loses_nothing(loading: Loading) -> None:
    folder = loading.folder / "event"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.csv").write_text(f"id,title,event,year\n{name},{name},E,2026\n")
    loading.files(folder)
    (folder / "b.csv").write_text("id,title,event,year\nb,,E,2026\n")
    outcome = loading.files(folder)
    assert (outcome.comparison.plan.protected, loading.titles()) == (1, {"a", "b"})


@pytest.mark.parametrize("content", ["", "\ufeff\n"])
def test_an_empty_file_among_others_holds_back_removals(loading: Loading, content: str) -> None:
    folder = loading.folder / "event"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.csv").write_text(f"id,title,event,year\n{name},{name},E,2026\n")
    loading.files(folder)
    (folder / "b.csv").write_text(content)
    outcome = loading.files(folder)
    assert (outcome.comparison.plan.gone, loading.titles()) == (0, {"a", "b"})
    assert any("an empty file" in line and "b.csv" in line for line in loading.said)


def test_a_load_without_sessions_names_files_reasons_and_a_remedy(loading: Loading) -> None:
    folder = loading.folder / "event"
    folder.mkdir()
    (folder / "a.csv").write_text("title,event,year\n,E,2026\n")
    (folder / "b.txt").write_text("prose")
    with pytest.raises(
        InputError, match=r"in .*\(1 no title; no session data: .*b\.txt\)\. .*--map"
    ):
        loading.files(folder)


def test_what_is_held_is_embedded_by_another_encoder_too(loading: Loading) -> None:
    loading.rows([row(1), row(2)])
    loading.encoder = BagOfWords(weights="tuned")
    loading.rows([row(1), row(2, title="")])
    assert (len(loading.encoder.embedded) >= 2, loading.count()) == (True, 2)


def test_a_break_is_no_bad_row(loading: Loading) -> None:
    loading.rows([row(1), row(2)])
    loading.rows([row(1), row(2, title="Lunch")])
    assert loading.titles() == {"Title number1"}
