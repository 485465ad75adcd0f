"""Benchmarks that reproduce the figures in the documentation, one module each."""
