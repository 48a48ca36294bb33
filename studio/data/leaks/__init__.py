"""Leaks: questions of a test set that stand, in whatever shape, in what a model learns from."""
