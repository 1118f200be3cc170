"""docs/reference/commands.md: every command of `galleria`, as its own help describes it."""

import importlib
import inspect
from collections.abc import Iterator

import click
from typer.main import get_command

NOTE = "Generated from the code by `make docs`; do not edit."


def page() -> str:
    """The page: each command with its text, arguments and options."""
    root = get_command(importlib.import_module("galleria.cli.commands").app)
    lines = ["# Commands", "", f"{NOTE} `galleria COMMAND --help` says the same."]
    for words, command in sorted(_commands("galleria", root)):
        lines += ["", f"## {words}", "", _text(command)]
        if parameters := [each for each in command.params if each.name != "help"]:
            lines += ["", "| | |", "|---|---|"]
            lines += [f"| `{_form(each)}` | {_meaning(each)} |" for each in parameters]
    return "\n".join(lines) + "\n"


def _commands(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield words, command
        return
    for name, inner in command.commands.items():
        if not inner.hidden:
            yield from _commands(f"{words} {name}", inner)


def _text(command: click.Command) -> str:
    paragraphs = inspect.cleandoc(command.help or "").replace("\f", "").split("\n\n")
    joined = (" ".join(paragraph.split()) for paragraph in paragraphs)
    examples = ("Example:", "Examples:")
    return "\n\n".join(
        f"{text.split(' ', 1)[0]} `{text.split(' ', 1)[1]}`" if text.startswith(examples) else text
        for text in joined
    )


def _form(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Option):
        return ", ".join(parameter.opts)
    name = (parameter.metavar or parameter.name or "").upper()
    return name if parameter.required else f"[{name}]"


def _meaning(parameter: click.Parameter) -> str:
    return (getattr(parameter, "help", "") or "").replace("|", "\\|")
