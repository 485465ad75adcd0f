"""The programme: one day of an edition at a time, what is on now, and lists of rooms, tracks and speakers."""
