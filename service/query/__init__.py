"""Queries: validation, parsing, and the terms, names and phrases in them."""
