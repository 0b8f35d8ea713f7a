"""Cell, training and compression, searched jointly."""
