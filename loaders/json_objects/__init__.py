"""JSON as several formats hold it: values, lines, lists of sessions, and objects as records."""
