"""Commands run in this process, as they would be in one of their own but for its start."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from typer.testing import CliRunner, Result

from galleria.cli import command_line


def galleria(*words: str, typed: str | bytes | None = None, **environ: str) -> Result:
    """The command's exit code and output; `typed` is its standard input."""
    with logging_as_before():
        return CliRunner().invoke(command_line(), list(words), input=typed, env=environ)


class House:
    """A house whose database runs, so that commands need not start one each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def type(self, *words: str, typed: str | bytes | None = None) -> Result:
        """The command, typed for this house."""
        return galleria(*words, typed=typed, GALLERIA_DATA=str(self.folder))

    def ask(self, *words: str, exit_code: int = 0, typed: str | bytes | None = None) -> Any:
        """The command's answer in JSON."""
        return json_of(self.type(*words, "--json", typed=typed), exit_code)


@contextmanager
def logging_as_before() -> Iterator[None]:
    """A command sends the logs of its whole process to its own standard error."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:], root.level = handlers, level


def json_of(result: Result, exit_code: int = 0) -> Any:
    """What the command said in JSON; nothing else is on its standard output."""
    assert result.exit_code == exit_code, (result.output, result.exception)
    return msgspec.json.decode(result.stdout)
