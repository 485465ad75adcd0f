"""Measures how well questions find their sessions."""
