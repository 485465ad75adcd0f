"""Finds and opens sources: files, folders and archives."""
