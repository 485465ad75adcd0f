"""Filters on the page: offered, chosen, kept and removed."""

import pytest
from flask.testing import FlaskClient
from support.page_reader import read

from service.filters import FACETS


def test_filters_come_from_the_catalogue(client: FlaskClient) -> None:
    page = read(client, "/?q=health")
    names = {select["name"] for select in page.all("select")}
    assert names == {*FACETS, "mode"} - {"speaker"}
    assert "Health (2)" in page.text
    assert "Tuesday 12 May 2026 (1)" in page.text
    assert all(select["form"] == "search" for select in page.all("select"))
    labelled = {label["for"] for label in page.all("label")}
    assert {select["id"] for select in page.all("select")} <= labelled


def test_chosen_filters_are_selected_and_can_be_removed(client: FlaskClient) -> None:
    page = read(client, "/?q=health&year=2026&track=health&speaker=ana+ruiz")
    assert len(page.all("article")) == 1
    selected = {option["value"] for option in page.all("option") if "selected" in option}
    assert selected == {"2026", "Health", ""}  # the default mode stays out of the address
    assert "/?q=health&year=2026&speaker=ana+ruiz" in page.links
    assert "/?q=health" in page.links
    (speaker,) = [field for field in page.all("input") if field["name"] == "speaker"]
    assert speaker["value"] == "Ana Ruiz"


def test_of_very_many_values_one_is_typed_and_those_found_are_suggested_first(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.web.search_form.MAX_SELECT", 1)
    page = read(client, "/?q=health&event=summit")
    (event,) = [field for field in page.all("input") if field.get("name") == "event"]
    assert (event["value"], event["form"]) == ("Summit", "search")
    lists = {one["id"] for one in page.all("datalist")}
    assert {one["list"] for one in page.all("input") if one.get("list")} <= lists
    (year,) = [field for field in page.all("input") if field.get("name") == "year"]
    assert (year["placeholder"], year["list"]) == ("Any year", "values-year")
    two = read(client, "/?q=health&year=2025&year=2026")
    assert not [field for field in two.all("select") if field["name"] == "speaker"]
    (day,) = [field for field in two.all("input") if field.get("name") == "day"]
    assert day["placeholder"] == "YYYY-MM-DD"


def test_several_values_of_one_filter_are_kept(client: FlaskClient) -> None:
    page = read(client, "/?q=health&year=2025&year=2026&limit=10")
    hidden = [(field["name"], field["value"]) for field in page.all("input") if "type" in field]
    assert ("year", "2025") in hidden
    assert ("year", "2026") in hidden
    assert ("limit", "10") in hidden
    assert "2 chosen, add one" in page.text


def test_a_filter_value_that_no_session_has(client: FlaskClient) -> None:
    page = read(client, "/?q=health&track=Alchemy")
    assert "No session passes these filters" in page.text
    assert "Alchemy (0)" in page.text
    assert "Numbers count the 100 sessions that answer best." in page.text
    assert "/?q=health" in page.links


def test_words_that_no_session_has_lead_to_asking_by_meaning(client: FlaskClient) -> None:
    page = read(client, "/?q=zymurgy&mode=keyword")
    assert "No session has any of these words. Ask by meaning too ." in page.text
    assert "/?q=zymurgy" in page.links
    page = read(client, "/?q=reliable&mode=keyword&year=2025")
    assert "No session that passes these filters has any of these words." in page.text
    assert {"/?q=reliable&year=2025", "/?q=reliable&mode=keyword"} <= set(page.links)


def test_filters_stay_while_there_is_no_question(client: FlaskClient) -> None:
    page = read(client, "/programme?event=Summit&year=2026")
    hidden = {field["name"]: field["value"] for field in page.all("input")}
    assert hidden["event"] == "Summit"
    assert hidden["year"] == "2026"
    assert page.all("form")[0]["action"] == "/", "a question is asked with them"


def test_kinds_and_rooms_are_filters(client: FlaskClient) -> None:
    assert len(read(client, "/?q=health&room=hall+a").all("article")) == 1
    assert "/?q=health&kind=Talk" in read(client, "/?q=health").links
    assert len(read(client, "/?q=health&kind=Talk").all("article")) == 1


def test_a_range_of_days_has_no_count(client: FlaskClient) -> None:
    page = read(client, "/?q=health&day=2026-05-12..2026-05-13")
    assert "Tuesday 12 May 2026 to Wednesday 13 May 2026" in page.text
    assert "13 May 2026 (0)" not in page.text


def test_a_range_of_days_is_told_and_removed(client: FlaskClient) -> None:
    page = read(client, "/?q=health&day=2026-05-01..2026-05-31")
    assert "Friday 1 May 2026 to Sunday 31 May 2026" in page.text
    assert len(page.all("article")) == 1
    assert "from Friday 1 May 2026" in read(client, "/?q=health&day=2026-05-01..").text


def test_times_and_lengths_are_set_in_the_form_and_kept(client: FlaskClient) -> None:
    page = read(client, "/?q=health&from=9:00&max_minutes=45&at=10:30")
    assert len(page.all("article")) == 1
    inputs = {field["name"]: field for field in page.all("input") if field.get("form") == "search"}
    assert {name: inputs[name]["value"] for name in ("from", "to", "at", "max_minutes")} == {
        "from": "09:00",
        "to": "",
        "at": "10:30",
        "max_minutes": "45",
    }
    assert "at" not in {field["name"] for field in read(client, "/?q=health").all("input")}
    assert inputs["from"]["type"] == inputs["at"]["type"] == "time"
    assert inputs["max_minutes"]["type"] == "number"
    assert {inputs[name]["id"] for name in inputs} <= {label["for"] for label in page.all("label")}


def test_times_and_lengths_are_told_and_removed(client: FlaskClient) -> None:
    page = read(client, "/?q=health&from=09:00&to=12:00&at=10:30&min_minutes=20&max_minutes=45")
    for told in (
        "Starts from 09:00",
        "Starts before 12:00",
        "Runs at 10:30",
        "Lasts at least 20 minutes",
        "Lasts at most 45 minutes",
    ):
        assert told in page.text
    assert "/?q=health&from=09:00&to=12:00&at=10:30&max_minutes=45" in page.links
    assert "Lasts at least 1 minute ×" in read(client, "/?q=health&min_minutes=1").text


def test_a_programme_without_times_has_no_inputs_for_them(client: FlaskClient) -> None:
    names = {field["name"] for field in read(client, "/?q=maps&event=Meetup").all("input")}
    assert "from" not in names
    names = {field["name"] for field in read(client, "/?q=maps&event=Meetup&to=12:00").all("input")}
    assert "to" in names
    assert "from" not in names


def test_a_time_that_is_none_says_what_to_type(client: FlaskClient) -> None:
    page = read(client, "/?q=health&from=25:00", 400)
    assert "give a time of day from 00:00 to 23:59, such as 09:30" in page.text
