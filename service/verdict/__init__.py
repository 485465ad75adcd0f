"""The relevance verdict: whether a catalogue answers a query, calibrated per catalogue."""
