"""Two spirals, and a small network that learns to tell them apart."""
