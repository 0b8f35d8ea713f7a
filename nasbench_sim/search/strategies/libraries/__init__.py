"""Optimisers of other libraries as searchers."""
