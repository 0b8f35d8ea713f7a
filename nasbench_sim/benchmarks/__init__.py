"""Benchmarks, a package each: the space, its networks, what is measured of it, and its tables."""
