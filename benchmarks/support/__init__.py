"""What the benchmarks share: sessions, services and clients of theirs, programs compared with, and reports."""
