"""Reads web pages for the structured data in them: JSON-LD, microdata and RDFa."""
