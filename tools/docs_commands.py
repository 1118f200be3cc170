"""docs/reference/commands.md: every command of `galleria`, as its own help describes it."""

import importlib
import inspect
from collections.abc import Iterator
from html import escape
from operator import itemgetter
from typing import Any

from typer.main import get_command

from tools.docs_reference import NOTE


def page() -> str:
    """The page: each command with its text, arguments and options."""
    root = get_command(importlib.import_module("galleria.cli").command_line())
    lines = ["# Commands", "", NOTE, "", "`galleria COMMAND --help` says the same."]
    for words, command in sorted(_commands("galleria", root), key=itemgetter(0)):
        lines += ["", f"## {words}", "", _text(command)]
        if parameters := [each for each in command.params if each.name != "help"]:
            lines += ["", "| | |", "|---|---|"]
            lines += [f"| `{_form(each)}` | {_meaning(each)} |" for each in parameters]
    return "\n".join(lines) + "\n"


# Any: Typer brings command types of its own, and their names differ between its versions.
def _commands(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield words, command
        return
    for name, inner in command.commands.items():
        if not inner.hidden:
            yield from _commands(f"{words} {name}", inner)


def _text(command: Any) -> str:
    paragraphs = inspect.cleandoc(command.help or "").replace("\f", "").split("\n\n")
    joined = (" ".join(paragraph.split()) for paragraph in paragraphs)
    examples = ("Example:", "Examples:")
    return "\n\n".join(
        f"{text.split(' ', 1)[0]} `{text.split(' ', 1)[1]}`" if text.startswith(examples) else text
        for text in joined
    )


def _form(parameter: Any) -> str:
    if parameter.param_type_name == "option":
        return ", ".join(str(form) for form in parameter.opts)
    name = str(parameter.metavar or parameter.name).upper()
    return name if parameter.required else f"[{name}]"


def _meaning(parameter: Any) -> str:
    text = escape(str(getattr(parameter, "help", None) or ""), quote=False)
    return text.replace("|", "\\|")
