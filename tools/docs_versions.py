"""docs/reference/api-changelog.md: the versions of the API, from the changes the gateway knows."""

from galleria.faces.gateway import VERSIONS
from tools.docs_reference import NOTE


def page() -> str:
    """Each version, the newest first: until when it is answered, and what it changed."""
    lines = [
        "# Changes of the API",
        "",
        NOTE,
        "",
        "A client names the day whose API it was written for, `Galleria-Version: 2026-11-01`, or",
        "its key is pinned to it. Without that it gets the oldest version that is still answered.",
        "A version is answered for a year after there is a newer one; its answers say so in",
        "`Deprecation` and `Sunset`. What is added without changing anything else is not here.",
    ]
    for version in reversed(VERSIONS.all):
        until = version.answered_until
        lines += ["", f"## {version.name}", ""]
        lines.append("The newest." if until is None else f"Answered until {until.isoformat()}.")
        changes = [each for each in VERSIONS.changes if each.since == version.day]
        if changes:
            lines += ["", "| operation | what changed |", "|---|---|"]
            lines += [f"| `{each.method} {each.path}` | {each.what} |" for each in changes]
        else:
            lines += ["", "The first."]
    return "\n".join(lines) + "\n"
