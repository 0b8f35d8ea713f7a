"""Accel-NASBench: networks for ImageNet and their speed on accelerators."""
