"""Implementations of the Encoder protocol, one module or package each; `open` picks the one to use."""
