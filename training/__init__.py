"""Adapts the model to an archive; an extra that answering questions never imports."""
