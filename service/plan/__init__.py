"""The plan of an attendee: sessions in order of time, their clashes and gaps, and alternatives."""
