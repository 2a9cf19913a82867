"""1 Observe a live training."""
