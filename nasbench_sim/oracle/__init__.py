"""Task, budget, simulated clock and trajectory."""
