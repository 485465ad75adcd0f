"""Constraints in a question: the day, time, room, track, level, kind, language, year or speaker that it names.

Rules over the words of seven languages (words.toml) and the catalogue's own values; no model. `read.py` begins.
"""
