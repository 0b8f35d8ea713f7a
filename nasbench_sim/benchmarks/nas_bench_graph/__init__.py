"""NAS-Bench-Graph: cells of graph neural networks on nine graphs."""
