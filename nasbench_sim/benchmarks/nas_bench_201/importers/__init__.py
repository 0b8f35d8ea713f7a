"""Published files of NAS-Bench-201: one module a format, each of which reads a file or folder as a table."""
