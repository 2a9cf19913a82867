"""What the inputs are."""
