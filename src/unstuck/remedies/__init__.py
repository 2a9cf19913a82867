"""4 Propose: a change of the user's code."""
