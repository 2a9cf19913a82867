"""What a one-hot or count matrix of a vocabulary would weigh in memory."""

from __future__ import annotations

from unstuck.evidence.facts import Fit, Input

#: Bytes of a float32, and of a stored entry of a sparse matrix (float32 and 64-bit column).
DENSE_ENTRY, SPARSE_ENTRY = 4, 4 + 8


def matrix_weights(ids: Input, fit: Fit | None) -> dict[str, float]:
    """Bytes of the count matrix (rows x words) and the one-hot rows (rows x steps x words) of these ids.

    The sparse figure is an upper bound: one entry for each token that is no padding; words that
    occur twice in a row share one.
    """
    if not ids.are_ids or not ids.shape or ids.maximum < 1:
        return {}
    rows = fit.rows if fit and fit.rows else ids.count
    words, steps = int(ids.maximum) + 1, ids.shape[-1]
    tokens = rows * steps * (1.0 - (ids.padding.share if ids.padding else 0.0))
    return {
        "rows": rows,
        "vocabulary": words,
        "count_matrix_dense_bytes": float(rows * words * DENSE_ENTRY),
        "count_matrix_sparse_bytes": tokens * SPARSE_ENTRY,
        "one_hot_dense_bytes": float(rows) * steps * words * DENSE_ENTRY,
        "one_hot_sparse_bytes": tokens * SPARSE_ENTRY,
    }
