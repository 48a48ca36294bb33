"""The same questions to every system: asking, reading, scoring, comparing, reporting."""
