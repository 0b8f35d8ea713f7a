"""Blocks of a causal language model, as the Evolved Transformer's search put them together."""
