"""Shared by the benchmarks: test data, a service under test, a load generator, peers and reports."""
