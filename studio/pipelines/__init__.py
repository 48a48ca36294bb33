"""Runs that do other recipes, in order."""
