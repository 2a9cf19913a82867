"""unstuck: why does this model's accuracy not improve, and what makes it improve?

unstuck.diagnose(model, x, y, validation_data=..., history=...)
model.fit(..., callbacks=[unstuck.Watch()])
unstuck.check(model, x, y)        before training
unstuck.observe()                 every fit from here on
%load_ext unstuck                 in a notebook: gives %%unstuck for a cell with fit
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "Case",
    "Diagnosis",
    "Watch",
    "__version__",
    "check",
    "diagnose",
    "load_ipython_extension",
    "observe",
    "unload_ipython_extension",
]

if TYPE_CHECKING:
    from unstuck.case.schema import Case
    from unstuck.python.diagnosis import Diagnosis
    from unstuck.python.interactive import Watch, check, diagnose, observe
    from unstuck.python.magic import load_ipython_extension, unload_ipython_extension

_HOMES = {
    "Case": "unstuck.case.schema",
    "Diagnosis": "unstuck.python.diagnosis",
    "Watch": "unstuck.python.interactive",
    "check": "unstuck.python.interactive",
    "diagnose": "unstuck.python.interactive",
    "load_ipython_extension": "unstuck.python.magic",
    "observe": "unstuck.python.interactive",
    "unload_ipython_extension": "unstuck.python.magic",
}


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used; `import unstuck` itself loads nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'unstuck' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
