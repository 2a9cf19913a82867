"""Finds what can be found in source alone, without running it."""
