"""Rings of layers: an example of a benchmark of another package."""
