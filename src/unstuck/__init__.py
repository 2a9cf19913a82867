"""unstuck: why does this model's accuracy not improve, and what makes it improve?"""

__version__ = "0.1.0"
