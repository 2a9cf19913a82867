"""Inside every epoch the loss goes through the same hills and valleys."""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean, pstdev

from unstuck.evidence.printed.run import LoggedRun, Point
from unstuck.judgement.findings import Finding
from unstuck.rules.sign import fit, sign

#: So many epochs must repeat the pattern, each seen in so many places.
_EPOCHS, _PLACES = 3, 6

#: The epochs are compared in this many equal parts.
_PARTS = 6

#: The same course in each epoch: correlation of neighbouring epochs; independent ones stay far below it.
_ALIKE = 0.9

#: Hills of a fifth of the mean are no noise of batches.
_HEIGHT = 0.2


@sign("saw-tooth", rank=50, covers=("loss-falls-accuracy-does-not",))
def saw_tooth(run: LoggedRun) -> Finding | None:
    """The loss of the batches follows the same course inside each epoch.

    The bar shows running means m_k; the mean loss of the batches from j to k is (k m_k - j m_j) / (k - j).
    If rows come in the same order in every epoch, sorted by class or file, the network learns and
    forgets them in turn, and the same hills come again. With shuffled rows no two epochs are alike.
    """
    courses = [course for course in map(_course, _by_epoch(run.points).values()) if course]
    courses = courses[-4:]
    if len(courses) < _EPOCHS:
        return None
    # The fall from epoch to epoch is no hill: each course is taken about its own straight line.
    bent = [_without_trend(course) for course in courses]
    alike = [_correlation(one, other) for one, other in pairwise(bent)]
    height = fmean(max(each) - min(each) for each in bent) / max(
        fmean(fmean(each) for each in courses), 1e-12
    )
    if min(alike) < _ALIKE or height < _HEIGHT:
        return None
    return Finding(
        says=f"Inside each of {len(courses)} epochs the loss of the batches takes the same course "
        f"(correlation of at least {min(alike):.2f} from one epoch to the next, hills of "
        f"{100 * height:.0f}% of the mean): the rows come in the same order every time, and one part of "
        "them makes the network forget another.",
        shows={"correlation": min(alike), "bound": _ALIKE, "height": height},
        fits=(
            fit("one-class-batches", "Rows sorted by class are learned and forgotten in turn."),
            fit("shuffle-buffer-too-small", "A small buffer leaves the order of the files as it is."),
            fit("fit-in-chunks", "Data that comes file by file does the same."),
        ),
    )


def _by_epoch(points: tuple[Point, ...]) -> dict[int, list[Point]]:
    epochs: dict[int, list[Point]] = {}
    for point in points:
        if point.total and "loss" in point.figures and point.figures["loss"].finite:
            epochs.setdefault(point.epoch, []).append(point)
    return epochs


def _course(points: list[Point]) -> list[float]:
    """The mean loss of each part of one epoch, from the running means nearest its ends; may be empty."""
    if len(points) < _PLACES:
        return []
    total = points[-1].total or 1
    ends = [
        min(points, key=lambda point: abs(point.step - part * total / _PARTS))
        for part in range(1, _PARTS + 1)
    ]
    course, before, sum_before = [], 0, 0.0
    for point in ends:
        mean = point.figures["loss"].value
        if point.step <= before:
            return []
        course.append((mean * point.step - sum_before) / (point.step - before))
        before, sum_before = point.step, mean * point.step
    return course


def _without_trend(course: list[float]) -> list[float]:
    """A course about the straight line through it, by least squares."""
    places = range(len(course))
    centre, mean = fmean(places), fmean(course)
    slope = sum((x - centre) * (y - mean) for x, y in zip(places, course, strict=True)) / sum(
        (x - centre) ** 2 for x in places
    )
    return [y - mean - slope * (x - centre) for x, y in zip(places, course, strict=True)]


def _correlation(one: list[float], other: list[float]) -> float:
    spread = pstdev(one) * pstdev(other)
    if spread <= 0.0:
        return 0.0
    return fmean(a * b for a, b in zip(one, other, strict=True)) / spread


def _example(hills: tuple[float, ...], epochs: int = 3, shift: int = 0) -> LoggedRun:
    """Batch losses of six parts of 20 steps, as the running means of a bar; `shift` turns each epoch on."""
    points = []
    for epoch in range(1, epochs + 1):
        total = 0.0
        for part in range(_PARTS):
            total += 20 * hills[(part + shift * epoch) % _PARTS]
            step = 20 * (part + 1)
            figures = {"loss": LoggedRun.of(loss=[total / step]).loss[0]}
            points.append(Point(epoch, step, 20 * _PARTS, figures))
    run = LoggedRun.of(loss=[fmean(hills)] * epochs, accuracy=[0.55, 0.58, 0.56][:epochs])
    return run.but(points=tuple(points), total=20 * _PARTS, unit="steps")


saw_tooth.fires(_example((1.5, 0.4, 0.2, 1.6, 0.5, 0.2)))
saw_tooth.quiet(_example((0.9, 0.8, 0.7, 0.6, 0.55, 0.5)))
saw_tooth.quiet(_example((1.5, 0.4, 0.2, 1.6, 0.5, 0.9), shift=1))
