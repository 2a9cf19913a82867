"""Things of one kind by name, each found by being there: a file of its package that holds it."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Registry(Generic[Thing]):
    """All rules, all remedies, all readers...: what the files of a package have put in.

    The files are imported when first asked for. `kinds` is what the things are called in an error ("rules");
    with `deep` those in folders of the package are imported as well, except modules whose names begin with
    `without`. `plugins` names the entry point group
    through which other distributions put in theirs, "" for none.
    """

    def __init__(
        self, kinds: str, package: str, *, deep: bool = False, without: str = "", plugins: str = ""
    ) -> None:
        self._kinds, self._package, self._deep, self._plugins = kinds, package, deep, plugins
        self._without = without
        self._held: dict[str, tuple[Thing, str]] = {}
        self._complete = False

    def put(self, name: str, thing: Thing, module: str) -> Thing:
        """Put in what `module` holds under a name; the module itself may put another in its place.

        Raises:
            ValueError: another module has one of this name.
        """
        if name in self._held and self._held[name][1] != module:
            raise ValueError(f"two {self._kinds} are named {name}")
        self._held[name] = (thing, module)
        return thing

    def all(self) -> dict[str, Thing]:
        """All of them, by name in the order of names."""
        if not self._complete:
            self._load()
            self._complete = True
        return {name: self._held[name][0] for name in sorted(self._held)}

    def _load(self) -> None:
        package = importlib.import_module(self._package)
        find = pkgutil.walk_packages if self._deep else pkgutil.iter_modules
        for module in find(package.__path__, f"{self._package}."):
            left_out = self._without and module.name.startswith(self._without)
            if not left_out and (self._deep or not module.ispkg):
                importlib.import_module(module.name)
        for point in entry_points(group=self._plugins) if self._plugins else ():
            point.load()
