"""2 What is known: records, and the readers that fill them."""
