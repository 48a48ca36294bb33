"""Leaves that every package stands on: records, recipes, errors, workspace, files. Imports nothing of ours."""
