"""The HTTP endpoint: OpenAI's wire for any client, keys, limits; routes to engines and holds no model itself."""
