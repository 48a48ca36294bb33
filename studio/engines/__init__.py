"""How a model answers: the local engine, the server around it and the pool of serve runs."""
