"""Write confirmed or chosen remedies into the user's files, in a way that can be taken back."""
