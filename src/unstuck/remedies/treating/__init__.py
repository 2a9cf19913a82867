"""What the recipe sides of several remedies share."""
