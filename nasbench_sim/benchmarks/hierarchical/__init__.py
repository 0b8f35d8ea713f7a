"""Motifs of two levels: a cell of motifs, each a small graph of operations (Liu et al. 2018)."""
