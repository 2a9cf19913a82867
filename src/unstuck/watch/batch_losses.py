"""Losses of single batches, out of the running means that Keras logs, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

#: Losses that are kept of a training; beyond it every second one is dropped, again and again.
KEPT = 4096

#: Means that wait to be put in order: JAX and torch hand logs over from several threads. As many ended epochs
#: wait to be reckoned with: many at once cost less than one each time.
_WAITING = 64

#: Seconds that are waited for the losses: a signal's handler may hold the thread that holds them.
_PATIENCE = 0.5


def deaverage(means: Sequence[float], counts: Sequence[float] | None = None) -> tuple[float, ...]:
    """The values behind a running mean: x_k = (c_k m_k - c_(k-1) m_(k-1)) / (c_k - c_(k-1)).

    Args:
        means: the mean after each value, as Keras logs it within an epoch.
        counts: how much had gone into each mean (batches or rows), strictly rising; 1, 2, 3, ...
            unless given. Where several batches lie between two counts, their mean comes out.

    Returns:
        As many values as means. A mean kept in float32 leaves an error of about k x 6e-8 in the k-th.

    Raises:
        ValueError: counts do not rise, or are not as many as means.
    """
    counts = range(1, len(means) + 1) if counts is None else counts
    values = []
    sum_before = count_before = 0.0
    for mean, count in zip(means, counts, strict=True):
        if count <= count_before:
            raise ValueError(f"counts of a running mean must rise: {count} follows {count_before}")
        total = count * mean
        values.append((total - sum_before) / (count - count_before))
        sum_before, count_before = total, count
    return tuple(values)


class BatchLosses:
    """Takes running means as they come, gives single losses.

    `kept` are the losses of every `stride`-th logged batch over all epochs, as far as they do not wait: see
    `so_far`. `averaged` is false for a train_step that logs its batches' losses themselves. Safe to be
    called from several threads.
    """

    def __init__(self) -> None:
        self.kept: list[float] = []
        self.stride = 1
        self.averaged = True
        self._lock = Lock()
        self._waiting: dict[int, float] = {}
        self._ended: list[tuple[dict[int, float], float | None, int | None]] = []
        self._done, self._mean = 0, 0.0
        self._before = 0
        self._logged = 0
        self._wanted: dict[int, float | None] = {}
        self._open: set[int] = set()

    def want(self, batch: int) -> None:
        """Keep the loss of this batch whatever is thinned. Batches count from 0 over all epochs."""
        with self._lock:
            self._wanted[batch] = None
            self._open.add(batch)

    def loss_of(self, batch: int) -> float | None:
        """The loss of a wanted batch, None where it was never logged or still waits."""
        return self._wanted.get(batch)

    def add(self, batch: int, mean: float) -> None:
        """Take the mean that was logged after `batch` (counted from 0 within the epoch)."""
        with self._lock:
            self._waiting[batch + 1] = mean
            if len(self._waiting) >= 2 * _WAITING:
                self._settle_ended()
                self._settle(sorted(self._waiting)[:_WAITING])

    def end_epoch(self, batches: float | None = None, length: int | None = None) -> None:
        """The running mean starts again after an epoch of `length` batches (as many as were logged).

        `batches` is that number with a last, smaller batch counted as the part it is.
        """
        with self._lock:
            self._ended.append((self._waiting, batches, length))
            self._waiting = {}
            if len(self._ended) >= _WAITING:
                self._settle_ended()

    def so_far(self) -> BatchLosses:
        """All that could be told if the epoch ended now; logs on their way are not lost to this one.

        Raises:
            TimeoutError: a thread that was stopped by a signal holds them.
        """
        copy = BatchLosses()
        if not self._lock.acquire(timeout=_PATIENCE):
            raise TimeoutError("another thread holds the losses")
        try:
            copy.__dict__.update(self.__dict__, _lock=copy._lock)
            copy.kept, copy._waiting, copy._ended = list(self.kept), dict(self._waiting), list(self._ended)
            copy._wanted, copy._open = dict(self._wanted), set(self._open)
        finally:
            self._lock.release()
        copy._settle_ended()
        copy._settle(sorted(copy._waiting))
        return copy

    def _settle_ended(self) -> None:
        """Turn the means of the epochs that have ended into losses."""
        ended, going_on, self._ended = self._ended, self._waiting, []
        for self._waiting, batches, length in ended:
            self._settle(sorted(self._waiting), batches)
            self._before += self._done if length is None else length
            self._done, self._mean = 0, 0.0
        self._waiting = going_on

    def _settle(self, ends: list[int], batches: float | None = None) -> None:
        """Turn the means after these batches into losses."""
        ends = [end for end in ends if end > self._done]
        means = [self._waiting[end] for end in ends]
        self._waiting = {end: mean for end, mean in self._waiting.items() if ends and end > ends[-1]}
        if not ends:
            return
        losses = self._losses(ends, means, batches)
        for start, end, loss in zip([self._done, *ends], ends, losses, strict=False):
            self._keep(loss)
            for batch in [b for b in self._open if start <= b - self._before < end]:
                self._wanted[batch] = loss
                self._open.discard(batch)
        self._done, self._mean = ends[-1], means[-1]

    def _losses(self, ends: list[int], means: list[float], batches: float | None) -> list[float]:
        if not self.averaged:
            return means
        counts: list[float] = [float(end) for end in ends]
        if batches is not None and (counts[-2] if len(counts) > 1 else self._done) < batches <= counts[-1]:
            counts[-1] = batches
        if not self._done:
            return list(deaverage(means, counts))
        return list(deaverage([self._mean, *means], [float(self._done), *counts])[1:])

    def _keep(self, loss: float) -> None:
        if self._logged % self.stride == 0:
            self.kept.append(loss)
        self._logged += 1
        if len(self.kept) > KEPT:
            self.kept = self.kept[::2]
            self.stride *= 2
