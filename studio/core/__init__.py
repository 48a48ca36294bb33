"""Leaves that every house stands on: records, recipes, errors, settings, files. Imports nothing of ours."""
