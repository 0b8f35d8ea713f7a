"""Benchmarks, a package each: space, importers, checks, networks and drawing, and its declaration."""
