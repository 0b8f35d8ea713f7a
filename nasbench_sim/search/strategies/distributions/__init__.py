"""Distributions over the choices that learn from rewards."""
