"""How Go writes a text inside of another."""


def quoted(text: str) -> str:
    """Return a text as Go's %q writes it: in quotes, with its own quotes and backslashes escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
