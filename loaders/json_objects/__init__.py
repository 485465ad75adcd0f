"""JSON support shared by readers: values, lines, lists of sessions, objects as records."""
