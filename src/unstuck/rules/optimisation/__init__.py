"""How the weights are moved: causes in the steps, their size, number and gradients."""
