"""One file a way of cutting sections into passages."""
