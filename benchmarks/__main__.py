"""`python -m benchmarks [PART ...]`: print every figure beside its limit; exit 1 when one is over."""

import sys
from importlib import import_module

PARTS = ("worlds", "informers", "scheduling", "rollouts", "suites", "definitions", "serving", "network")


def main(wanted: list[str]) -> int:
    """Print the figures of the parts that are wanted, all without any."""
    if unknown := set(wanted) - set(PARTS):
        print(f"unknown: {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    print("         ratio        seen      limit          what")
    over = 0
    for part in wanted or PARTS:
        for figure in import_module(f"benchmarks.{part}").figures():
            print(figure, flush=True)
            over += figure.ratio > 1
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
