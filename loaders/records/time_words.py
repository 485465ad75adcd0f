"""Months, weekdays, hours and zones in seven languages, translated into English for dateutil.

babel has the names of months and weekdays, but not their usual misspellings and short forms (Mrz, setiembre,
Sonnabend, thurs, segunda), and takes 0.2 s to import: a table is shorter.
"""

import re
from datetime import UTC, timedelta, timezone, tzinfo

from service.words import folded

_GLUED_CLOCK = re.compile(r"^(\d{4}-\d\d-\d\d)(?=\d{1,2}:)")
_UNIT = re.compile(r"(?<=\d[:.]\d\d)\s?(?:h|hrs|hs|Uhr|uur)\b\.?", re.I)
_EASTERN_DATE = re.compile(
    r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일](?:\s?[(（].[)）])?"
)
_EASTERN_CLOCK = re.compile(r"(\d{1,2})\s?[時时시点](?:\s?(\d\d)\s?[分분])?")
_HALF_OF_DAY = re.compile(r"(?<=\d):?\s*([ap])\.?\s?m\b\.?", re.I)
_GERMAN_AM = re.compile(r"(?<!\d )\bam\b")  # "am 5. Juni", which no time stands before
_HOURS = re.compile(
    r"\b(\d{1,2})\s?h\s?(\d\d)\b|(?<![:.])\b(\d{1,2})(?:\.(\d\d))?\s?(?:Uhr|uur|h)\b(?:\s+am\b)?",
    re.I,
)
_SPELLED_OFFSET = re.compile(r"\b(?:GMT|UTC)\s?([+-])(\d{1,2})(?::?(\d\d))?\b", re.I)
MONTHS = {
    "january": "januari januar janner enero janvier gennaio janeiro ene janv gen",
    "february": "februari februar febrero fevrier febbraio fevereiro fevr fev",
    "march": "maart marz maerz marzo mars marco mrz",
    "april": "abril avril aprile abr avr",
    "may": "mei mai mayo maggio maio mag",
    "june": "juni junio juin giugno junho giu",
    "july": "juli julio juillet luglio julho juil lug",
    "august": "augustus agosto aout ago",
    "september": "septiembre setiembre septembre settembre setembro set",
    "october": "oktober octubre octobre ottobre outubro okt ott out",
    "november": "noviembre novembre novembro",
    "december": "dezember diciembre decembre dicembre dezembro dez dic",
}
WEEKDAYS = {
    "mon": "maandag montag mo lunes lundi lunedi lun segunda",
    "tue": "dinsdag tues dienstag di martes mardi martedi terca",
    "wed": "woensdag mittwoch mi miercoles mie mercredi mercoledi mer quarta",
    "thu": "donderdag thur thurs donnerstag do jueves jue jeudi jeu giovedi gio quinta",
    "fri": "vrijdag freitag fr viernes vie vendredi venerdi ven sexta",
    "sat": "zaterdag samstag sonnabend sa sabado sabato sab samedi sam",
    "sun": "zondag sonntag so domingo domenica dom dimanche dim",
}
_FILLERS = "of the dalle von de del le el den um a at o der dia er ore feira"
_WORDS = {
    **{word: month for month, words in MONTHS.items() for word in words.split()},
    **{word: day for day, words in WEEKDAYS.items() for word in words.split()},
    **dict.fromkeys(_FILLERS.split(), ""),
    **{"noon": "12:00", "midday": "12:00", "midnight": "00:00"},
}
_WORD = re.compile(r"[a-z]+")
ENGLISH_WEEKDAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})[A-Z]*\b", re.I)
WEEKDAY_OR_MONTH = re.compile(
    rf"\b({'|'.join(WEEKDAYS)}|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[A-Z]*\b", re.I
)
"""A weekday or a month, in English."""
_UTC_OFFSETS = {
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "eet": 2,
    "eest": 3, "msk": 3, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "est": -5,
    "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "brt": -3, "art": -3, "sast": 2,
}  # fmt: skip


class UnknownZone(ValueError):
    """An abbreviation of a time zone that is unknown or ambiguous."""


def to_english(text: str) -> str:
    """Return `text` in upper case with English months and weekdays, and its hours as 10:30.

    It reads "27. Oktober 2016, 9.30 Uhr" and "5 mai 10h30".
    """
    text = _GLUED_CLOCK.sub(r"\1 ", text)
    if not text.isascii():
        text = _EASTERN_DATE.sub(lambda m: f"{m[1]}-{int(m[2]):02}-{int(m[3]):02} ", text)
        text = _EASTERN_CLOCK.sub(lambda m: f"{m[1]}:{m[2] or '00'}", text)
    text = _UNIT.sub("", text)
    text = _HOURS.sub(lambda m: f"{m[1] or m[3]}:{m[2] or m[4] or '00'}", text)
    text = _HALF_OF_DAY.sub(r" \1m", text)
    text = _SPELLED_OFFSET.sub(lambda m: f"{m[1]}{int(m[2]):02}{m[3] or '00'}", text)
    text = _GERMAN_AM.sub("", folded(text))
    return _WORD.sub(lambda word: _WORDS.get(word[0], word[0]), text).upper()


def resolve_zone(name: str | None, seconds: int | None) -> tzinfo | None:
    """Return the zone of an abbreviation or of an offset in seconds, None for neither: dateutil's `tzinfos`.

    Raises UnknownZone for an abbreviation that is ambiguous, as BST, IST and CST are.
    """
    if seconds is not None:
        return UTC if not seconds else timezone(timedelta(seconds=seconds))
    if not name:
        return None
    if name.lower() not in _UTC_OFFSETS:
        raise UnknownZone("its zone may be several: give an offset, such as +01:00")
    hours = _UTC_OFFSETS[name.lower()]
    return timezone(timedelta(hours=hours)) if hours else UTC
