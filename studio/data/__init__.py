"""From raw files to validated rows, and from rows to prompts."""
