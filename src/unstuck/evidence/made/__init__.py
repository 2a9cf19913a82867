"""Where a value was made: names, entries, attributes and calls of the user's source, followed back."""
