"""An oracle for "proved": small random programs, and each proved claim on them computed again by brute force.

`pieces` are the parts that programs are drawn from, `programs` joins them to the text of a program, `doors`
let unstuck judge it, `truth` and the files `on_*` decide whether a claim is true, and `tally` counts. No
oracle uses unstuck: a claim is tried on the live model, its arrays, its loss and its metrics.
"""
