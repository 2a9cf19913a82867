"""The same verbs for Python and notebooks."""
