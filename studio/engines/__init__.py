"""How a model answers: the local engine, the server around it, the pool of serve runs and the client of the wire."""
