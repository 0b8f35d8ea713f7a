"""Walks from neighbour to neighbour."""
