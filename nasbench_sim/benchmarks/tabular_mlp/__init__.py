"""Multi-layer perceptrons on tables of data, architecture and training chosen together: FCNet, HPOBench."""
