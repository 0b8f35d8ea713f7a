"""The FBNet space with the block costs of HW-NAS-Bench: chains of 22 blocks."""
