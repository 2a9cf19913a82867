"""What the user sees: a figure that stands still, or that says something impossible."""
