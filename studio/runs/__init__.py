"""A run is a directory: making one, launching its worker, reading what it says, stopping and resuming it."""
