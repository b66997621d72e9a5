"""Columns of text the way kubectl aligns them: each run of lines that share a column has a width of its own.

Source: k8s.io/kubectl/pkg/describe/describe.go, tabbedString (text/tabwriter with a padding of two).
"""

from collections.abc import Sequence

_PADDING = 2


def tabbed(lines: Sequence[str]) -> str:
    """Return lines, whose cells are ended by tabs, with the cells aligned."""
    rows = [line.split("\t") for line in lines]
    widths = [[0] * (len(row) - 1) for row in rows]
    for column in range(max((len(row) - 1 for row in rows), default=0)):
        _align(rows, widths, column)
    return "".join(f"{_joined(row, own)}\n" for row, own in zip(rows, widths, strict=True))


def _align(rows: Sequence[Sequence[str]], widths: Sequence[list[int]], column: int) -> None:
    """Give every run of lines that have this column the width its longest cell needs."""
    run: list[int] = []
    for index in range(len(rows) + 1):
        if index < len(rows) and len(rows[index]) - 1 > column:
            run.append(index)
            continue
        width = max((len(rows[each][column]) for each in run), default=0)
        for each in run:
            widths[each][column] = width + _PADDING
        run = []


def _joined(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
    return "".join(cells) + row[-1]
