"""The same questions to every contestant: asking, reading, scoring, comparing, reporting."""
