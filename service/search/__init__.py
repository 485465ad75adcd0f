"""Searcher: questions in, answers out."""
