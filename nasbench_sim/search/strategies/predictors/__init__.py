"""Predictors that are fitted round after round, and what they prefer."""
