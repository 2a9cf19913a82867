"""Scores beside their baselines."""

from __future__ import annotations


def skill(score: float, baseline: float) -> float:
    """How far a score has come from its baseline to perfect: 0.0 at the baseline, 1.0 when perfect."""
    return (score - baseline) / (1.0 - baseline) if baseline < 1.0 else 0.0
