"""OpenAI's wire, once: what our servers answer with, what our clients read, and the errors both ways."""
