"""The embedded store: Qdrant Edge in the data directory."""
