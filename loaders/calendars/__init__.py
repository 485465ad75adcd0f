"""Parse iCalendar files: components, time zones, recurrence, attendees and labelled description lines."""
