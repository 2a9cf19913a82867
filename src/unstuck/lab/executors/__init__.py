"""Where trials run: in this process, in others of this machine, or on a Ray cluster."""

from unstuck.lab.executors.executor import Done, Executor, ExecutorError, Failed, WorkResult, packed
from unstuck.lab.executors.here import Here
from unstuck.lab.executors.local import Local
from unstuck.lab.executors.on_ray import OnRay

__all__ = ["Done", "Executor", "ExecutorError", "Failed", "Here", "Local", "OnRay", "WorkResult", "packed"]
