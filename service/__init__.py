"""Answers questions about a conference: sessions, encoder, store, searcher and the web front end."""
