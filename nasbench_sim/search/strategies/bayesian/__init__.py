"""Bayesian optimisation: a model of the values, or of the good ones, and what it promises."""
