"""What the documentation site has beside the pages in `docs`: made from the README, the vocabulary and the features.

A hook of mkdocs (`mkdocs.yml`). Links that lead out of `docs` would lead nowhere there, so their text alone stays.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:|#)([^)]+)\)")


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that are made."""
    from mkdocs.structure.files import File

    for name, text in made().items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Leave the text alone of links that lead out of `docs`."""
    folder = Path(config["docs_dir"])
    return _LINK.sub(lambda link: _kept(link, (folder / page.file.src_uri).parent, folder), markdown)


def _kept(link: re.Match[str], beside: Path, folder: Path) -> str:
    target = (beside / link[2].partition("#")[0]).resolve()
    inside = target.is_file() and target.is_relative_to(folder.resolve())
    return link[0] if inside or link[2] in made() else link[1]


def made() -> dict[str, str]:
    """Return the text of each page that is made, by its name."""
    return {"index.md": _readme(), "vocabulary.md": _vocabulary(), "specs.md": "\n".join(_specs())}


def _readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8").replace("](docs/", "](")


def _vocabulary() -> str:
    command = [sys.executable, "-m", "podproof", "steps", "--markdown"]
    return subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout


def _specs() -> Iterator[str]:
    from gherkin.parser import Parser

    yield "# The shipped specs\n\nEvery line below is executed; this page is made from the feature files."
    for path in sorted((ROOT / "features").rglob("*.feature")):
        feature = Parser().parse(path.read_text(encoding="utf-8"))["feature"]
        yield f"\n## {feature['name']}\n"
        yield f"`{path.relative_to(ROOT)}` {_tags(feature)}\n\n{_paragraph(feature['description'])}"
        yield from _children(feature)


def _children(parent: Any) -> Iterator[str]:
    for child in parent["children"]:
        if "rule" in child:
            yield f"\n**{child['rule']['name']}**\n"
            yield from _children(child["rule"])
            continue
        scenario = child.get("scenario") or child["background"]
        yield f"\n### {scenario['name'] or scenario['keyword']}\n"
        yield from (line for step in scenario["steps"] for line in _step(step))
        for table in scenario.get("examples", ()):
            yield f"\n{table['name'] or table['keyword']}:\n"
            yield from _table([table["tableHeader"], *table["tableBody"]])


def _step(step: Any) -> Iterator[str]:
    yield f"- **{step['keyword'].strip()}** {_plain(step['text'])}"
    if "docString" in step:
        text = step["docString"]["content"].replace("\n", "\n  ")
        yield f"\n  ```\n  {text}\n  ```\n"
    if "dataTable" in step:
        yield ""
        yield from (f"  {line}" for line in _table(step["dataTable"]["rows"]))
        yield ""


def _table(rows: Any) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield f"| {' | '.join(_plain(cell['value']) for cell in row['cells'])} |"
        if number == 0:
            yield "|" + " --- |" * len(row["cells"])


def _tags(feature: Any) -> str:
    return " ".join(tag["name"] for tag in feature["tags"])


def _paragraph(text: str) -> str:
    return _plain(" ".join(line.strip() for line in text.splitlines()))


def _plain(text: str) -> str:
    """Return a text with what Markdown or HTML would take for its own made harmless."""
    return re.sub(r"([\\*_<>|\[\]#])", r"\\\1", text)
