"""Causes that no rule knows by name: parts that fail where standard ones learn."""
