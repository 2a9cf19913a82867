"""The pages in a real browser, offline: at the width of a desktop and of a phone, light and dark.

Needs Chromium, Node.js, and playwright-core and axe-core where `NODE_PATH` finds them
(`npm install --prefix FOLDER playwright-core axe-core`, then `NODE_PATH=FOLDER/node_modules`).
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from html_cases import ALL, hostile

from unstuck.report.html.fragment import fragment
from unstuck.report.html.page import render

#: Every kind of page once.
LOOKED_AT = (
    "every picture",
    "three stacked causes",
    "healthy",
    "the loss is NaN",
    "ten fits in a loop",
    "no fit",
)

#: A notebook: the first output in a dark theme whatever the system prefers, the second without a theme.
NOTEBOOK = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Notebook</title></head><body><main>'
    '<h1>Notebook</h1><h2>A training</h2><div data-jp-theme-light="false">{}</div><div>{}</div>'
    "</main></body></html>"
)

#: Seconds for all pages on a slow machine.
PATIENCE = 300

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def lacking():
    """What is missing to look at pages here, "" for nothing."""
    if CHROMIUM is None:
        return "no Chromium (Debian: apt-get install chromium)"
    if shutil.which("node") is None:
        return "no Node.js"
    check = "require.resolve('playwright-core'); require.resolve('axe-core')"
    found = subprocess.run(["node", "-e", check], capture_output=True, check=False)
    return "" if found.returncode == 0 else "npm's playwright-core and axe-core are not on NODE_PATH"


@pytest.mark.skipif(bool(lacking()), reason=f"NOT TESTED in a browser: {lacking()}")
def test_pages_are_silent_ordered_readable_and_fit_the_window(tmp_path):
    pages = []
    for name, case in {**{name: ALL[name] for name in LOOKED_AT}, "hostile": hostile()}.items():
        file = tmp_path / f"{name.replace(' ', '-')}.html"
        file.write_text(render(case), encoding="utf-8")
        pages.append(file)
    pages.append(tmp_path / "notebook.html")
    outputs = (fragment(ALL[name]) for name in ("every picture", "three stacked causes"))
    pages[-1].write_text(NOTEBOOK.format(*outputs), encoding="utf-8")
    script = Path(__file__).with_name("browser.cjs")
    done = subprocess.run(
        ["node", script, CHROMIUM, *pages], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["pages"] == len(pages)
    assert seen["wrong"] == [], "\n".join(seen["wrong"])
