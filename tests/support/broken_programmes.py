"""A programme as conferences publish it, and the ways in which a reader or an export breaks one."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

Row = dict[str, str]
Break = Callable[[Row, int], Row]

_TITLES = (
    "Maps for everyone", "How we count fish", "Wind, waves and 40,000 sensors", "Harbour logistics in Rust",
    "Why our buoys went quiet", "A year of tides", "Reading charts with neural networks", "The cost of fog",
    "Knots, a gentle introduction", "Sailing with open data", "What pilots want", "Privacy at the quay",
    "Testing lighthouses", "From paper logs to streams", "Depth soundings at scale", "Rope as a service",
    "Panel: who owns the sea?", "Small boats, big queries", "Radar on a budget", "Salt and silicon",
    "Learning from shipwrecks", "Ports that talk to each other", "Cranes and control loops", "Closing words",
)  # fmt: skip
_FIRST = ("Ann", "Bo", "Cleo", "Dan", "Eva", "Finn", "Gia", "Hal")
_LAST = ("Poe", "Lindqvist", "Okafor", "Ruiz", "Berg", "Tanaka", "Weiss", "Moreau", "Silva")
COLUMNS = (
    *("Id", "Title", "Abstract", "Speakers", "Track", "Kind", "Level", "Room", "Start", "End"),
    "URL",
)


def programme() -> list[Row]:
    """24 sessions of two days in three rooms, each with all that conferences say of one."""
    rows = []
    for number, title in enumerate(_TITLES):
        start = datetime(2026, 5, 12 + number // 12, 9 + number % 12 // 3 * 2, 30 * (number % 2))
        first, last = _FIRST[number % 8], _LAST[number * 5 % 9]
        rows.append(
            {
                "Id": f"S-{100 + number}",
                "Title": title,
                "Abstract": f"{title}: what we tried in two harbours, what failed, and what of it "
                f"you can use at home. Bring number {number} of your questions.",
                "Speakers": f"{first} {last}" + ("; Mia Holt" if number % 7 == 0 else ""),
                "Track": ("Data", "Ships", "People")[number % 3],
                "Kind": "Workshop" if number % 6 == 0 else "Talk",
                "Level": ("Beginner", "Advanced")[number % 2],
                "Room": ("Hall A", "Quay", "Room 12")[number % 3],
                "Start": start.isoformat(" "),
                "End": (start + timedelta(minutes=30 + 15 * (number % 3))).isoformat(" "),
                "URL": f"https://harbour.example.org/2026/{number}",
            }
        )
    return rows


def as_csv(rows: list[Row]) -> bytes:
    """Return the rows as a table."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def as_json(rows: list[Row]) -> bytes:
    """Return the rows as a list of objects."""
    return json.dumps([{key.lower(): value for key, value in row.items()} for row in rows]).encode()


def as_lines(rows: list[Row]) -> bytes:
    """Return the rows as JSON Lines."""
    lines = ({key.lower(): value for key, value in row.items()} for row in rows)
    return "\n".join(map(json.dumps, lines)).encode()


def as_ics(rows: list[Row]) -> bytes:
    """Return the rows as a calendar, which has no names of speakers."""
    lines = ["BEGIN:VCALENDAR", "X-WR-TIMEZONE:Europe/Oslo"]
    for row in rows:
        lines += ["BEGIN:VEVENT", f"UID:{row['Id']}", f"SUMMARY:{row['Title']}"]
        lines += [
            f"{key}:{_stamp(row[name])}" for key, name in (("DTSTART", "Start"), ("DTEND", "End"))
        ]
        lines += [f"LOCATION:{row['Room']}", f"DESCRIPTION:{row['Abstract']}", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR"]).encode()


def _stamp(text: str) -> str:
    return text.replace("-", "").replace(":", "").replace(" ", "T")


def swap(one: str, other: str) -> Break:
    """Return what takes two columns for each other."""
    return lambda row, _: {**row, one: row[other], other: row[one]}


def put(**values: str) -> Break:
    """Return what fills columns with a pattern of the row's other columns, and of its number."""
    return lambda row, number: {
        **row,
        **{name: text.format(**row, n=number) for name, text in values.items()},
    }


def shift(**by: float) -> Break:
    """Return what moves starts and ends."""
    return lambda row, _: {
        **row,
        **{name: _moved(row[name], timedelta(**by)) for name in ("Start", "End")},
    }


def lengthen(**by: float) -> Break:
    """Return what moves ends alone."""
    return lambda row, _: {**row, "End": _moved(row["End"], timedelta(**by))}


def _moved(text: str, by: timedelta) -> str:
    return (datetime.fromisoformat(text) + by).isoformat(" ")


def _day_and_month_swapped(row: Row, _: int) -> Row:
    moments = {name: datetime.fromisoformat(row[name]) for name in ("Start", "End")}
    day = {12: 5, 13: 6}
    return {
        **row,
        **{
            name: one.replace(month=day[one.day], day=5).isoformat(" ")
            for name, one in moments.items()
        },
    }


def _garbled(row: Row, _: int) -> Row:
    text = row["Title"].replace("a", "ä").encode().decode("cp1252")
    return {**row, "Title": text}


BREAKS: Mapping[str, Break] = {
    **{
        f"{one} and {other} swapped": swap(one, other)
        for one, other in (
            ("Title", "Speakers"),
            ("Title", "Room"),
            ("Title", "Track"),
            ("Title", "Kind"),
            ("Title", "Level"),
            ("Title", "Abstract"),
            ("Title", "Id"),
            ("Title", "URL"),
            ("Title", "Start"),
            ("Speakers", "Room"),
            ("Speakers", "Track"),
            ("Speakers", "Abstract"),
            ("Speakers", "Kind"),
            ("Room", "Abstract"),
            ("Track", "Abstract"),
            ("Room", "Start"),
            ("Track", "Start"),
            ("Kind", "Abstract"),
        )
    },
    "title is the room": put(Title="{Room}"),
    "title is the speaker": put(Title="{Speakers}"),
    "title is a number": put(Title="{n}"),
    "title is a time": put(Title="{Start}"),
    "speaker after the title": put(Title="{Title} - {Speakers}"),
    "speaker before the title": put(Title="{Speakers}: {Title}"),
    "speaker in the title alone": put(Title="{Speakers}: {Title}", Speakers=""),
    "abstract after the title": put(Title="{Title} {Abstract} {Abstract}"),
    "speakers are titles": put(Speakers="{Title} and what else we learned on our way"),
    "speakers are the room": put(Speakers="{Room}"),
    "rooms are titles": put(Room="On the {Title}"),
    "rooms are speakers": put(Room="{Speakers}"),
    "tracks are titles": put(Track="All about {Title}"),
    "tracks are speakers": put(Track="{Speakers}"),
    "tracks are times": put(Track="{Start}"),
    "times are midnight": put(Start="2026-05-12 00:00:00", End=""),
    "times twelve hours late": shift(hours=12),
    "times eleven hours late": shift(hours=11),
    "times ten hours early": shift(hours=-10),
    "times since 1970": shift(days=-56 * 365),
    "days and months swapped": _day_and_month_swapped,
    "ends a day late": lengthen(days=1),
    "letters garbled": _garbled,
    "last names only": lambda row, _: {
        **row,
        "Speakers": row["Speakers"].split("; ")[0].split()[1],
    },
    "first names only": lambda row, _: {**row, "Speakers": row["Speakers"].split()[0]},
}
