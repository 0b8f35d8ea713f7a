"""Comparisons of searchers: declared, run, stored, reported."""
