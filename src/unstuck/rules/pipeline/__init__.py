"""How rows reach the model."""
