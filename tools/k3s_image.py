"""An image in the shape of rancher/k3s, built from this project alone: nothing is pulled.

FROM scratch come this Python and its standard library, what `podproof[serve]` needs of this environment, the shared
libraries they are linked with, and busybox: the lower image, which changes when the environment does. Above it is
podproof, its simulator behind k3s's command line. The same files make the same archives, and name the images.
"""

import hashlib
import importlib.util
import io
import marshal
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache"
NAME = "podproof/k3s-shaped"
PYTHON = f"/usr/lib/python{sys.version_info[0]}.{sys.version_info[1]}"
SITE = f"{PYTHON}/site-packages"
SCRIPTS = {"/bin/k3s": ROOT / "tools/k3s_shaped/k3s.py", "/bin/ctr": ROOT / "tools/k3s_shaped/ctr.py"}
BUSYBOX = ("/bin/busybox", "/usr/bin/busybox")
COMMANDS = ("cat", "sh")
FOLDERS = (("tmp", 0o1777), ("run", 0o755), ("var/run", 0o755), ("proc", 0o755), ("sys", 0o755))
_UNUSED = (
    "test",
    "idlelib",
    "tkinter",
    "ensurepip",
    "lib2to3",
    "turtledemo",
    "site-packages",
    "__pycache__",
    "pydoc_data",
)
_CODE = (".py", ".so", ".yaml", ".json", ".typed", ".txt", ".feature", ".css", ".j2", ".js")

Files = dict[str, bytes]
"""What is in the image, by path."""


class BuildError(RuntimeError):
    """This machine lacks what the image is made of."""


def image(client: Any, pace: str = "realtime") -> str:
    """Return the name of the image on a Docker engine, built if it is not there; `pace` is how its time passes.

    Raises:
        BuildError: this machine lacks what it is made of.
    """
    below, above = dict(_below()), {name: path.read_bytes() for name, path in _above()}
    lower = f"{NAME}-below:{digest({name: str(path.stat().st_size).encode() for name, path in below.items()})}"
    name = f"{NAME}:{digest(above | {'below': lower.encode()})}-{pace}"
    if not _there(client, name):
        if not _there(client, lower):
            _imported(client, lower, below)
        _built(client, name, lower, above, pace)
    return name


def _there(client: Any, name: str) -> bool:
    from docker.errors import ImageNotFound

    try:
        client.images.get(name)
    except ImageNotFound:
        return False
    return True


def _imported(client: Any, name: str, below: Mapping[str, Path]) -> None:
    """Bring the lower image to the engine, from the archive that is kept of it where there is one."""
    repository, _, tag = name.rpartition(":")
    kept = CACHE / f"k3s-shaped-below-{tag}.tar"
    if not kept.exists():
        files = {each: path.read_bytes() for each, path in below.items()}
        libraries = {each: Path(each).read_bytes() for each in sorted(_libraries(below.values()))}
        CACHE.mkdir(exist_ok=True)
        new = kept.with_suffix(f".{os.getpid()}")
        new.write_bytes(packed(files | libraries))
        new.replace(kept)
    client.api.import_image_from_file(str(kept), repository=repository, tag=tag)


def _built(client: Any, name: str, lower: str, above: Files, pace: str) -> None:
    scripts = {each: b"#!/usr/bin/python -I\n" + above[each] for each in SCRIPTS}
    said = f"""FROM {lower}
ADD podproof.tar /
ENV PODPROOF_PACE={pace} PATH=/bin
ENTRYPOINT ["/bin/k3s"]
CMD ["agent"]
"""
    context = packed({"Dockerfile": said.encode(), "podproof.tar": packed(above | scripts)}, folders=False)
    client.images.build(fileobj=io.BytesIO(context), custom_context=True, tag=name, rm=True)


def packed(files: Files, folders: bool = True) -> bytes:
    """Return files as an archive: nothing in it tells when or by whom it was made."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=tarfile.GNU_FORMAT) as made:
        for name, mode in FOLDERS if folders else ():
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            made.addfile(entry)
        for command in COMMANDS if "/bin/busybox" in files else ():
            entry = tarfile.TarInfo(f"bin/{command}")
            entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
            made.addfile(entry)
        for name, data in sorted((files | _compiled(files)).items()):
            entry = tarfile.TarInfo(name.lstrip("/"))
            entry.size, entry.mode = len(data), 0o755
            made.addfile(entry, io.BytesIO(data))
    return whole.getvalue()


def digest(files: Files) -> str:
    """Return what names these files and no others."""
    found = hashlib.sha256()
    for name, data in sorted(files.items()):
        found.update(f"{name} {len(data)}\n".encode() + data)
    return found.hexdigest()[:12]


def busybox() -> Path:
    """Return where busybox is.

    Raises:
        BuildError: nowhere.
    """
    found = next((Path(each) for each in BUSYBOX if Path(each).exists()), None)
    if found is None:
        raise BuildError("there is no busybox: apt-get install busybox-static")
    return found


def _below() -> Iterator[tuple[str, Path]]:
    yield "/bin/busybox", busybox()
    yield "/usr/bin/python", Path(sys._base_executable).resolve()  # type: ignore[attr-defined]
    yield from _standard_library()
    yield from _packages()


def _above() -> Iterator[tuple[str, Path]]:
    yield from SCRIPTS.items()
    source = ROOT / "src/podproof"
    for path in source.rglob("*"):
        if path.is_file() and path.suffix in _CODE:
            yield f"{SITE}/podproof/{path.relative_to(source)}", path


def _standard_library() -> Iterator[tuple[str, Path]]:
    root = Path(sysconfig.get_path("stdlib"))
    for path in root.rglob("*"):
        parts = path.relative_to(root).parts
        if (
            path.is_file()
            and path.suffix in _CODE
            and not set(parts) & set(_UNUSED)
            and not parts[0].startswith("config-")
        ):
            yield f"{PYTHON}/{'/'.join(parts)}", path


def _packages() -> Iterator[tuple[str, Path]]:
    """Yield what the distributions that podproof[serve] needs have installed."""
    for each in sorted(_needed(), key=lambda found: found.name):
        for file in each.files or ():
            path = Path(str(file.locate()))
            if not file.parts[0].startswith("..") and path.suffix in _CODE and "__pycache__" not in file.parts:
                yield f"{SITE}/{file}", path


def _needed() -> list[Distribution]:
    found: dict[str, Distribution] = {}
    waiting = [Requirement("podproof[serve]")]
    while waiting:
        wanted = waiting.pop()
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            raise BuildError(f"{name} is not installed here, which podproof[serve] needs") from None
        extras = wanted.extras or {""}
        for text in found[name].requires or ():
            more = Requirement(text)
            if more.marker is None or any(more.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(more)
    found.pop("podproof")
    return [*found.values()]


def _libraries(files: Iterable[Path]) -> set[str]:
    """Return the shared libraries that binaries are linked with, and the loader, where each is looked for."""
    binaries = [each for each in files if each.suffix in (".so", "") or each.name.startswith("python")]
    command = ["ldd", *map(str, binaries)]
    told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout
    return set(re.findall(r"^\s+(?:\S+ => )?(/\S+) \(0x", told, re.MULTILINE))


def _compiled(files: Files) -> Files:
    """Return the modules as Python keeps them compiled, good for these sources whatever the clock says."""
    cached: Files = {}
    for name, data in files.items():
        if name.endswith(".py"):
            try:
                code = marshal.dumps(compile(data, name, "exec", dont_inherit=True), 2)
            except (SyntaxError, ValueError):
                continue  # a template or a test of a package
            head = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + importlib.util.source_hash(data)
            folder, _, stem = name.rpartition("/")
            cached[f"{folder}/__pycache__/{stem[:-3]}.{sys.implementation.cache_tag}.pyc"] = head + code
    return cached


if __name__ == "__main__":
    import docker

    print(image(docker.from_env(), *sys.argv[1:]))
