"""What is learned and does not carry over to other rows."""
