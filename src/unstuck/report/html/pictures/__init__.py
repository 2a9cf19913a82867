"""The pictures of the page: one file each, registered by being there."""
