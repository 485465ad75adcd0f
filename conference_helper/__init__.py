"""The command line, and the one place that wires settings, encoder, store, loaders and web together."""
