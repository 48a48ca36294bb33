"""The conversation: its turns, how they look, and how an answer comes in."""
