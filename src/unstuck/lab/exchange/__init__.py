"""The exchange of parts: which part of the user's training fails where a standard one does not."""
