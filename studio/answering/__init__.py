"""What answers: engines found or started for whoever asks, alone or with a knowledge base, one request or many."""
