"""What a user's own function computes, told by the values it gives and not by its name."""
