"""Searchers that say at which fidelity each architecture is evaluated."""
