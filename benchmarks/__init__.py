"""Every figure that the documentation claims, and how to get it again: a module a benchmark."""
