"""One file a family of embedding models; the folder itself decides which one loads it."""
