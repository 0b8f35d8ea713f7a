"""Anything that predicts a metric cheaply."""
