"""`--podproof-record DIR`: what the cluster showed in each scenario, one file each, the same in every run; masked."""

import json
import re
from hashlib import sha256
from pathlib import Path

from podproof.cluster import Cluster

_LONGEST = 150
_UNFIT = re.compile(r"[^\w.-]+")


def write(folder: str, nodeid: str, cluster: Cluster) -> Path:
    """Write the recording of a scenario and return its file; the name is the test's."""
    from podproof.recording.shown import shown
    from podproof.report.masks import Mask

    path = Path(folder) / f"{_name(nodeid)}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"id": nodeid, "runs": [Mask.of(cluster.record()).through(shown(cluster))]}
    path.write_text(f"{json.dumps(content, indent=1, ensure_ascii=False)}\n", encoding="utf-8")
    return path


def _name(nodeid: str) -> str:
    """Return a file name that no other test's recording has, whatever is cut off or left out of it."""
    return f"{_UNFIT.sub('_', nodeid).strip('_')[:_LONGEST]}-{sha256(nodeid.encode()).hexdigest()[:8]}"
