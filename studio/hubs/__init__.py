"""Hubs that models and raw files are loaded from: what they have, with whose token, checked and whole."""
