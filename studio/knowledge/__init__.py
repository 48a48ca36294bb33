"""Texts become passages that are found by meaning and by words, and can be cited."""
