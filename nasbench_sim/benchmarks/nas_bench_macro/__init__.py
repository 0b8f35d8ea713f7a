"""NAS-Bench-Macro: chains of eight blocks."""
