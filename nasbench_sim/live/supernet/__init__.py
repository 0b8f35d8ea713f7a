"""Weight sharing: a supernet of NAS-Bench-201, and the searches that train it."""
