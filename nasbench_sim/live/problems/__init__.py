"""Learning problems that ship with the package: text, canvases of digits, digits."""
