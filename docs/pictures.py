"""Photograph the page of a training for the README: `python docs/pictures.py`.

Runs examples/price_series.py under unstuck, which writes its page, and takes the upper part of it in
Chromium, in light colours. Needs Chromium (`apt-get install chromium`) and what the example needs.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "report.png"

#: The window in CSS pixels: verdict, fix and the pictures that prove it.
WIDTH, HEIGHT = 1100, 760

#: Chromium starts nothing in the background, and asks nobody for anything.
FLAGS = [
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1.5",
    "--blink-settings=preferredColorScheme=1",
]


def browser() -> str:
    """The path of Chromium."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise SystemExit("Chromium is not installed (Debian: apt-get install chromium).")
    return found


def page_of(script: Path, folder: Path) -> Path:
    """The page that `unstuck run` writes for the script."""
    page = folder / "page.html"
    command = [sys.executable, "-m", "unstuck", "run", "--quiet", "--html", str(page)]
    subprocess.run([*command, str(script.relative_to(ROOT))], cwd=ROOT, check=True)
    return page


def photograph(page: Path, picture: Path, folder: Path) -> None:
    """Save what the window shows of the page."""
    root = ["--no-sandbox"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    window = [f"--user-data-dir={folder / 'profile'}", f"--window-size={WIDTH},{HEIGHT}"]
    command = [browser(), *FLAGS, *root, *window, f"--screenshot={picture}", page.as_uri()]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    with Image.open(picture) as taken:
        # A page has few colours: a palette of them halves the file and changes nothing one sees.
        taken.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(picture, optimize=True)


def main(pages: list[str]) -> None:
    """Take the picture, of a page that is given or of the example's."""
    PICTURE.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        page = Path(pages[0]).resolve() if pages else page_of(ROOT / "examples" / "price_series.py", folder)
        photograph(page, PICTURE, folder)
    sys.stdout.write(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1:])
