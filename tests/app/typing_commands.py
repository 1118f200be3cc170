"""Commands run in this process, as they would be in one of their own but for its start."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from typer.testing import CliRunner, Result

from galleria.cli import command_line


def galleria(*words: str, **environ: str) -> Result:
    """The command's exit code and output."""
    with logging_as_before():
        return CliRunner().invoke(command_line(), list(words), env=environ)


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
