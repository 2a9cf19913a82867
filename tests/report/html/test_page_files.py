"""Where the page is written, and what is never written over."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from report_cases import HEALTHY, STUCK

from unstuck.case.schema import Case
from unstuck.cli import main
from unstuck.report.html.files import PageError, is_ours, write_page
from unstuck.verbs.ending import Ending, Page
from unstuck.verbs.script import ProgramResult


def show(*arguments):
    return CliRunner().invoke(main, ["show", *map(str, arguments)])


def test_a_page_of_ours_is_written_anew_and_any_other_file_is_left_alone(here):
    wanted = here / "unstuck-report.html"
    assert write_page(HEALTHY, wanted) == (wanted, "")
    assert write_page(STUCK, wanted) == (wanted, "")
    assert is_ours(wanted)
    wanted.write_text("<html>mine</html>")
    file, why = write_page(HEALTHY, wanted)
    assert file.name == "unstuck-report-2.html"
    assert why == "unstuck-report.html is there and was not written by unstuck, so it was left alone."
    assert wanted.read_text() == "<html>mine</html>"
    assert write_page(HEALTHY, wanted)[0].name == "unstuck-report-2.html"


@pytest.mark.parametrize("taken", ["folder", "link"])
def test_a_folder_or_a_link_of_that_name_is_left_alone(taken, here):
    wanted = here / "unstuck-report.html"
    if taken == "folder":
        wanted.mkdir()
    else:
        wanted.symlink_to(here / "nowhere")
    assert write_page(HEALTHY, wanted)[0].name == "unstuck-report-2.html"
    assert not (here / "nowhere").exists()


def test_a_folder_that_cannot_be_written_to_is_said(here):
    with pytest.raises(PageError, match=r"could not be written .*--html FILE puts it elsewhere"):
        write_page(HEALTHY, here / "none" / "page.html")


def test_the_page_stands_beside_the_json_unless_another_file_is_named(here):
    assert Page.of(None, None, wanted=True) == Page(here / "unstuck-report.html")
    assert Page.of(None, here / "sub" / "case.json", wanted=True) == Page(
        here / "sub" / "unstuck-report.html"
    )
    assert Page.of(here / "a.html", here / "case.json", wanted=True) == Page(here / "a.html", asked=True)
    assert Page.of(here / "a.html", None, wanted=False) is None


def test_a_run_ends_with_the_name_of_its_page(here, capsys):
    page = Page.of(None, None, wanted=True)
    assert Ending(sys.stdout, page=page).end(ProgramResult(0, STUCK)) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-2:] == [
        "  With pictures: unstuck-report.html",
        "  All else: -v. About the cause: `unstuck explain softmax-over-one-unit`.",
    ]
    assert is_ours(here / "unstuck-report.html")


def test_a_quiet_run_writes_its_page_and_a_run_without_a_fit_has_none(here, capsys):
    page = Page.of(None, None, wanted=True)
    assert Ending(None, page=page).end(ProgramResult(0, Case(message="nothing"))) == 0
    assert not list(here.iterdir())
    assert Ending(None, page=page).end(ProgramResult(0, HEALTHY)) == 0
    assert [file.name for file in here.iterdir()] == ["unstuck-report.html"]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("asked", "status"), [(False, 0), (True, 2)])
def test_where_no_page_can_be_written_the_run_goes_on(asked, status, here, capsys):
    page = Page(here / "none" / "page.html", asked=asked)
    assert Ending(sys.stdout, page=page).end(ProgramResult(0, HEALTHY)) == status
    told = capsys.readouterr()
    assert "could not be written" in told.err
    assert "healthy" in told.out


def test_a_defect_of_the_page_costs_the_page_alone(here, capsys):
    broken = Case(runs=[*HEALTHY.runs, 7])
    assert Ending(None, page=Page(here / "page.html")).end(ProgramResult(0, broken)) == 0
    assert "could not be drawn, a defect of unstuck" in capsys.readouterr().err


def test_show_writes_the_page_of_a_saved_case(here):
    STUCK.save(here / "case.json")
    assert show("case.json", "--html").output == "With pictures: case.html\n"
    assert show("--html", "case.json", "other.html").output == "With pictures: other.html\n"
    assert is_ours(here / "case.html")
    assert (here / "case.html").read_bytes() == (here / "other.html").read_bytes()
    assert "only written with --html" in show("case.json", "other.html").output
    assert "cannot be read" in show("--html", "none.json").output
    assert show("case.json", "--html", "none/page.html").exit_code == 2


def test_no_page_is_drawn_before_it_is_wanted(tmp_path):
    """The report in the terminal waits for neither matplotlib nor jinja2, and a page needs no Keras."""
    STUCK.save(tmp_path / "case.json")
    code = (
        "import sys; from unstuck.cli import main\n"
        "main(['show', sys.argv[1]], standalone_mode=False)\n"
        "assert not {'matplotlib', 'jinja2', 'numpy'} & set(sys.modules)\n"
        "main(['show', '--html', sys.argv[1]], standalone_mode=False)\n"
        "assert not {'keras', 'torch', 'jax', 'tensorflow', 'matplotlib.pyplot'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "case.json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")},
    )
    assert done.returncode == 0, done.stderr
