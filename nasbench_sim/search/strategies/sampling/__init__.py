"""What looks at no value: random, exhaustive, by a proxy."""
