"""The saved record of one diagnosis."""
