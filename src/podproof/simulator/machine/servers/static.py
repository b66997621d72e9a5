"""Serving the files of a directory, as every web server here does at heart."""

from typing import NamedTuple

from podproof.simulator.machine.files import FileSystem
from podproof.simulator.machine.http import HttpRequest, HttpResponse


class Found(NamedTuple):
    """What a path leads to: a status and, at 200, a file's text and the path it was found at."""

    status: int
    text: str = ""
    path: str = ""


def look_up(files: FileSystem, root: str, request: HttpRequest, indexes: tuple[str, ...] = ("index.html",)) -> Found:
    """Return what a GET of a path below `root` finds; a directory is answered by its index page, else 403."""
    path = files.resolve("/", f"{root}/{files.resolve('/', request.path).lstrip('/')}").rstrip("/") or "/"
    if not files.is_dir(path):
        trailing = request.path.endswith("/")
        return Found(200, files.read(path), path) if files.is_file(path) and not trailing else Found(404)
    if not request.path.endswith("/"):
        return Found(301)
    index = next((name for name in indexes if files.is_file(f"{path}/{name}")), None)
    return Found(200, files.read(f"{path}/{index}"), f"{path}/{index}") if index else Found(403, path=path)


_TYPES = {"html": "text/html", "htm": "text/html", "css": "text/css", "txt": "text/plain", "json": "application/json"}


def content_type(path: str, default: str) -> str:
    """Return the media type by a file's ending."""
    return _TYPES.get(path.rpartition(".")[2], default)


def without_body(request: HttpRequest, response: HttpResponse) -> str:
    """Return the response's text; a HEAD gets everything but the body."""
    text = response.text()
    return text if request.method != "HEAD" else text[: len(text) - len(response.body)]
