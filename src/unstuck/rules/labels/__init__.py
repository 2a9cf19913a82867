"""What the labels are."""
