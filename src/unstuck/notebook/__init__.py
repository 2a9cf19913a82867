"""`unstuck run notebook.ipynb`: a notebook run in a real kernel, each of its fits diagnosed.

`client` runs the cells from outside; `kernel` is what watches inside the notebook's own kernel, where
the models, the data and the recipes are; `plan` is what both say to each other.
"""
