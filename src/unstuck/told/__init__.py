"""Told in time: what is certain is told before the first step, or when it first shows, and not at the end."""
