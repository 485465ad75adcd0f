"""Per-process infrastructure: deadlines, request ids, events for metrics, and memory."""
