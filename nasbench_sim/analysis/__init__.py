"""Pure functions from arrays and frames to frames: correlation, anytime, Pareto, significance, landscape."""
