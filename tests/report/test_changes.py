"""The changed lines of a diff, by file, with their numbers."""

from unstuck.report.changes import changes_in


def lines(diff):
    return [
        (each.name, [(line.number, line.sign, line.text) for line in each.lines]) for each in changes_in(diff)
    ]


def test_lines_have_the_number_that_they_have_in_the_users_file():
    diff = (
        "--- a/train.py\n+++ b/train.py\n@@ -2,4 +2,5 @@\n a\n-    b\n+    c\n d\n+    e\n f\n"
        "@@ -30 +31 @@\n-    g\n+    h\n"
    )
    assert lines(diff) == [
        ("train.py", [(3, "-", "b"), (None, "+", "c"), (5, "+", "e"), (30, "-", "g"), (None, "+", "h")])
    ]


def test_lines_that_are_only_put_in_stand_behind_the_line_that_is_named():
    assert lines("--- a/x.py\n+++ b/x.py\n@@ -7,0 +8,2 @@\n+one\n+two\n") == [
        ("x.py", [(8, "+", "one"), (None, "+", "two")])
    ]


def test_a_line_that_looks_like_a_head_is_a_line():
    diff = "--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n--- old\n+++ new\n same\n"
    assert lines(diff) == [("x.py", [(1, "-", "-- old"), (None, "+", "++ new")])]


def test_several_files_and_cells_and_what_is_no_diff():
    two = "--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n"
    two += "--- a/n.ipynb (cell 4)\n+++ b/n.ipynb (cell 4)\n@@ -3 +3 @@\n-c\n+d\n"
    assert [name for name, _ in lines(two)] == ["x.py", "n.ipynb (cell 4)"]
    assert changes_in(None) == []
    assert lines("-3\n+30\n") == [("", [(None, "-", "3"), (None, "+", "30")])]
