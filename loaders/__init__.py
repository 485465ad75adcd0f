"""Fills the catalogue: reads session data in the wild and synchronises a store with it."""
