"""How commands ask for a password: twice at a terminal, once from a script."""

import sys
from typing import Annotated

import typer

MOST_BYTES = 4096
PasswordGiven = Annotated[
    bool, typer.Option("--password-stdin", help="Read a new password from standard input.")
]


def given_password() -> str:
    """The first line of standard input."""
    try:
        return sys.stdin.buffer.readline(MOST_BYTES).decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise typer.BadParameter("the password on standard input is not UTF-8") from None


def asked_password(question: str) -> str:
    """What is typed at the terminal, twice alike."""
    password: str = typer.prompt(question, hide_input=True, confirmation_prompt=True, err=True)
    return password
