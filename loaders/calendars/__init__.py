"""iCalendar support: components, times, repetitions, and the people and labels that events name."""
