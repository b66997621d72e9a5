"""What the documents say is so: their examples run, their paths exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import tests.loaded  # noqa: F401

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def _block(heading: str, language: str) -> str:
    """Return the first code block of a language under a heading of the README."""
    return _blocks(heading, language)[0]


def _blocks(heading: str, language: str) -> list[str]:
    """Return every code block of a language under a heading of the README."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    found = re.findall(rf"^```{language}\n(.*?)^```", section, re.M | re.S)
    assert found, f"README.md has no {language} block under {heading!r}"
    assert all(each.strip() for each in found), f"a {language} block under {heading!r} in README.md is empty"
    return found


def _run(project: pytest.Pytester, **files: str) -> tuple[int, str]:
    """Run pytest on a project made of these files (name__extension); return its exit status and what it printed."""
    for name, text in files.items():
        (project.path / name.replace("__", ".")).write_text(text, encoding="utf-8")
    run = project.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:hypothesispytest")
    return int(run.ret), run.stdout.str()


def test_the_feature_of_the_readme_passes(pytester: pytest.Pytester) -> None:
    status, told = _run(pytester, waits__feature=_block("A feature file", "gherkin"))

    assert status == 0, told


def test_the_chinese_feature_of_the_readme_passes(pytester: pytest.Pytester) -> None:
    status, told = _run(pytester, waits__feature=_block("用中文写", "gherkin"))

    assert status == 0, told


def test_the_failure_of_the_readme_is_what_is_printed(pytester: pytest.Pytester) -> None:
    status, told = _run(pytester, wrong__feature=_block("A failure", "gherkin"))

    assert status == 1
    assert _block("A failure", "text") in "\n".join(line.rstrip() for line in told.splitlines()) + "\n"


def test_the_images_of_the_readme_can_be_used(pytester: pytest.Pytester) -> None:
    features = {f"own{n}__feature": text for n, text in enumerate(_blocks("Images of your own", "gherkin"))}
    status, told = _run(pytester, podproof__yaml=_block("Images of your own", "yaml"), **features)

    assert status == 0, told


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8"))

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_command_is_a_target(document: Path) -> None:
    commands = re.findall(r"(?:^|`)make (\w+)", document.read_text(encoding="utf-8"), re.M)

    assert [each for each in commands if not re.search(rf"^{each}:", MAKEFILE, re.M)] == []


def _fidelity_rows() -> list[tuple[str, str]]:
    """Return (what, test) of each row of docs/fidelity.md."""
    text = (ROOT / "docs/fidelity.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("| ").split(" | ")] for line in text.splitlines() if line.startswith("| ")
    ]
    return [(row[0], row[-1]) for row in rows if row[-1] not in {"shown by", "---"}]


@pytest.mark.parametrize(("what", "shown_by"), _fidelity_rows(), ids=[what for what, _ in _fidelity_rows()])
def test_every_row_of_the_fidelity_list_names_what_shows_it(what: str, shown_by: str) -> None:
    names = re.findall(r"`([^`]+)`", shown_by)

    assert names, f"{what}: the row names no test"
    assert [name for name in names if not _exists(name)] == []


def _exists(name: str) -> bool:
    path, _, test = name.partition("::")
    file = ROOT / path
    return file.exists() and (not test or test in file.read_text(encoding="utf-8"))


FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.M | re.S)


@pytest.mark.parametrize("page", ["tutorial", "tutorial.zh-CN", "how-to", "operators"])
def test_every_feature_of_a_page_does_what_the_page_says(pytester: pytest.Pytester, page: str) -> None:
    """Files are written where their first line says; a feature passes, or prints the text that follows it."""
    blocks = FENCE.findall((ROOT / f"docs/{page}.md").read_text(encoding="utf-8"))
    features = 0
    for number, (language, text) in enumerate(blocks):
        if language in ("yaml", "python"):
            file = pytester.path / text.splitlines()[0].removeprefix("# ")
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        if language == "gherkin":
            status, told = _run(pytester, it__feature=text)
            following = blocks[number + 1] if number + 1 < len(blocks) else ("", "")
            expected = following[1] if following[0] == "text" else ""
            assert (status, expected in told) == (1 if expected else 0, True), told
            features += 1

    assert features > 2


def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("material", reason="podproof[docs] is not installed")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(tmp_path / "site")]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    pages = [path.read_text(encoding="utf-8") for path in (tmp_path / "site").rglob("*.html")]
    assert len(pages) > 8
    assert [link for page in pages for link in re.findall(r'(?:src|stylesheet" href)="(https?://[^"]+)"', page)] == []
