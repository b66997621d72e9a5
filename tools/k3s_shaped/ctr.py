"""`/bin/ctr` of the image that `tools/k3s_image.py` builds: `ctr -n k8s.io images import FILE`, and nothing else.

The node that imports has the archive's images from then on; its simulator runs an image it does not know for ever.
"""

import json
import os
import socket
import sys
import tarfile
from urllib.parse import urlsplit

JOIN_PORT = 6444


def main(arguments: list[str]) -> int:
    """Import an archive of `docker save`."""
    if arguments[:4] != ["-n", "k8s.io", "images", "import"] or len(arguments) != 5:
        print("usage: ctr -n k8s.io images import FILE", file=sys.stderr)
        return 2
    try:
        with tarfile.open(arguments[4]) as archive:
            listed = archive.extractfile("manifest.json")
            assert listed is not None
            names = [name for each in json.load(listed) for name in each["RepoTags"] or ()]
    except (OSError, KeyError, ValueError, tarfile.TarError) as error:
        print(f"ctr: {error}", file=sys.stderr)
        return 1
    host = urlsplit(os.environ.get("K3S_URL", "https://127.0.0.1")).hostname
    node = os.environ.get("K3S_NODE_NAME", "node1")
    with socket.create_connection((host, JOIN_PORT)) as server:
        server.sendall(" ".join([os.environ.get("K3S_TOKEN") or "none", node, "import", *names]).encode() + b"\n")
        server.recv(1)
    print("\n".join(f"unpacking {name}...done" for name in names))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
