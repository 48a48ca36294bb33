"""What the run panel is made of, one file a slice."""
