"""A registry holds what the files of its package put in, each name once."""

import pytest

from unstuck.registry import Registry


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of two files, one of them in a folder, that put themselves in."""
    folder = tmp_path / "shelf"
    (folder / "deep").mkdir(parents=True)
    (folder / "__init__.py").write_text(
        "from unstuck.registry import Registry\nFLAT = Registry('books', 'shelf')\n"
        "ALL = Registry('books', 'shelf', deep=True)\n"
    )
    (folder / "b.py").write_text("from shelf import ALL, FLAT\nALL.put('b', 2, 'b'), FLAT.put('b', 2, 'b')\n")
    (folder / "deep" / "__init__.py").write_text("")
    (folder / "deep" / "a.py").write_text("from shelf import ALL\nALL.put('a', 1, 'a')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import shelf

    return shelf


def test_a_file_is_in_by_being_there(package):
    assert package.FLAT.all() == {"b": 2}
    assert list(package.ALL.all().items()) == [("a", 1), ("b", 2)]


def test_a_name_is_given_once_and_its_own_module_may_replace_it():
    held = Registry("remedies", "unstuck.remedies")
    assert held.put("stop", 1, "here") == 1
    assert held.put("stop", 2, "here") == 2
    with pytest.raises(ValueError, match="two remedies are named stop"):
        held.put("stop", 3, "there")
