"""Merging cells of a feature pyramid, as in NAS-FPN."""
