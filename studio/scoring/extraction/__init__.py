"""Which option a generated answer chose."""
