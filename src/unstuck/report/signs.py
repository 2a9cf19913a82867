"""The pages of the signs in logs: as one Markdown file, and one by one in the terminal."""

from __future__ import annotations

from unstuck.report.paper import Paper
from unstuck.report.text import listing
from unstuck.rules.sign import Sign, signs

_OPENING = (
    "What `unstuck log` looks for in the figures of a training. A sign is no cause: it names the causes that "
    "it fits, and the report says for each what would decide. `unstuck explain NAME` prints the same pages."
)


def example(sign: Sign) -> str:
    """What a sign says on the first of its own examples."""
    seen = sign(sign.examples_fire[0]) if sign.examples_fire else None
    return " ".join(seen.says.split()) if seen else ""


def candidates(sign: Sign) -> list[str]:
    """The causes that a sign may name, as its examples show them."""
    found = (sign(given) for given in sign.examples_fire)
    return list(dict.fromkeys(fit.cause for seen in found if seen for fit in seen.fits))


def find_sign(name: str) -> Sign | None:
    """The sign of this name; underscores and capitals are forgiven."""
    wanted = name.strip().lower().replace("_", "-").replace(" ", "-")
    return next((sign for sign in signs() if sign.name == wanted), None)


def explain_sign(sign: Sign, paper: Paper) -> None:
    """Write the page of one sign."""
    paper.write((sign.name, "bold"))
    paper.write(("Kind: ", "dim"), "sign in a log", indent=2)
    if candidates(sign):
        paper.write(("Fits: ", "dim"), listing(candidates(sign)), indent=2)
    for paragraph in sign.page.split("\n\n"):
        paper.gap()
        paper.write(" ".join(paragraph.split()))
    paper.gap()
    paper.write(("It says, for example: ", "dim"), example(sign))


def page_of_signs(made: str) -> str:
    """All signs as Markdown, under the line that says where they are made."""
    lines = [made, "", "# Signs in logs", "", _OPENING, ""]
    for sign in signs():
        lines += [f"## {sign.name}", "", sign.page, "", f"> {example(sign)}", ""]
        if candidates(sign):
            lines += [f"Fits: {listing(candidates(sign))}.", ""]
    return "\n".join(lines)
