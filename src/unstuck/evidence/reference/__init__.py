"""What a training is held against: trivial answers and simple models on the same rows."""
