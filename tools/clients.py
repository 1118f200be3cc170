"""Generates the clients: `python -m tools.clients [--check]` (make clients, make clients-check).

Writes what docs/reference/openapi.json says into clients/python and clients/typescript (both out of
git's sight), builds both packages into dist/, and copies the storefront's half of the TypeScript
client into the starter, where it is kept with the code. `--check` compares that copy instead of
writing it, and exits 1 when it differs. The public MCP Inspector, by which a test looks at a shop,
is installed beside them.
"""

import argparse
import filecmp
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools.clients_documents import ADMIN, SOURCE, STORE, document_for, problem_codes
from tools.house_code import ROOT

PYTHON = ROOT / "clients/python"
PYTHON_GENERATED = PYTHON / "src/galleria_client/generated"
TYPESCRIPT = ROOT / "clients/typescript"
TYPESCRIPT_GENERATED = TYPESCRIPT / "src/generated"
INSPECTOR = ROOT / "tools/inspector"
STARTER = ROOT / "starters/storefront"
STARTER_COPY = STARTER / "src/galleria"
WORK = ROOT / "build/clients"
DIST = ROOT / "dist"
NODE_AT_LEAST = (20, 19)
NOTE = "Written by `make clients`; do not edit."
SHARED_FILES = ("calling.ts", "problems.ts", "release.ts", "retrying.ts", "storefront.ts")


def main(arguments: list[str] | None = None) -> int:
    """Generate, build, and compare or copy; 1 when the starter's copy is not as generated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare the starter's copy")
    asked = parser.parse_args(arguments)
    WORK.mkdir(parents=True, exist_ok=True)
    DIST.mkdir(exist_ok=True)
    make_python_client()
    lacking = node_lacking()
    if lacking is not None:
        print(f"The TypeScript client is left out: {lacking}", file=sys.stderr)
        return 1 if "clients" in os.environ.get("GALLERIA_REQUIRE", "") else 0
    make_typescript_client()
    has_differed = keep_starter_copy(is_check=asked.check)
    npm_ci(INSPECTOR)
    npm_ci(STARTER)
    run("npx", "--no-install", "tsc", folder=STARTER)
    return has_differed


def make_python_client() -> None:
    """Generate galleria_client.generated and build the wheel."""
    source = WORK / "python.json"
    source.write_text(json.dumps(document_for(STORE + ADMIN)))
    run(
        str(_python_generator()),
        *("generate", "--path", str(source), "--config", str(PYTHON / "generator.yaml")),
        *("--meta", "none", "--output-path", str(PYTHON_GENERATED), "--overwrite"),
        *("--fail-on-warning",),
    )
    codes = "".join(f'    "{code}",\n' for code in problem_codes())
    (PYTHON_GENERATED / "codes.py").write_text(
        f'"""Every code that the API refuses with. {NOTE}"""\n\n'
        f"from typing import Literal\n\nProblemCode = Literal[\n{codes}]\n"
    )
    build = "import flit_core.buildapi as b, sys; print('built', b.build_wheel(sys.argv[1]))"
    run(sys.executable, "-c", build, str(DIST), folder=PYTHON)
    _check_types()
    _stamp("python").write_text(_digest())


def _check_types() -> None:
    """Hold the hand-written layer against the generated types."""
    written = sorted(map(str, PYTHON_GENERATED.parent.glob("*.py")))
    flags = ("--strict", "--explicit-package-bases", "--namespace-packages")
    run(
        *(sys.executable, "-m", "mypy", *flags, "--follow-imports=silent"),
        *("--config-file", os.devnull, *written),
        environment={"MYPYPATH": str(PYTHON / "src")},
    )


def _python_generator() -> Path:
    """The generator's command, in an environment of its own: it wants another typer than ours."""
    lock = PYTHON / "generator.txt"
    home = WORK / "generator"
    stamp = home / "lock.txt"
    if not stamp.exists() or stamp.read_text() != lock.read_text():
        shutil.rmtree(home, ignore_errors=True)
        run(sys.executable, "-m", "venv", str(home))
        run(
            *(str(home / "bin/python"), "-m", "pip", "install", "--quiet", "--require-hashes"),
            *("--disable-pip-version-check", "--only-binary", ":all:", "-r", str(lock)),
        )
        stamp.write_text(lock.read_text())
    return home / "bin/openapi-python-client"


def inspector_lacking() -> str | None:
    """Why the MCP Inspector cannot be run here; None when it can."""
    if (lacking := node_lacking()) is not None:
        return lacking
    return None if _is_installed(INSPECTOR) else "the MCP Inspector is not there: run make clients"


def build_lacking(half: str) -> str | None:
    """Why the client of a language (`python`, `typescript`) cannot be tried; None when it can."""
    if half == "typescript" and (lacking := node_lacking()) is not None:
        return lacking
    stamp = _stamp(half)
    is_fresh = stamp.exists() and stamp.read_text() == _digest()
    return None if is_fresh else "the clients are not built from this document: run make clients"


def _stamp(half: str) -> Path:
    return WORK / f"{half}.built"


def _digest() -> str:
    return hashlib.sha256(SOURCE.read_bytes()).hexdigest()


def node_lacking() -> str | None:
    """Why no TypeScript can be made here; None when it can."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return "node and npm are not on PATH"
    said = subprocess.run([node, "--version"], check=True, capture_output=True, text=True).stdout
    version = tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
    wanted = ".".join(map(str, NODE_AT_LEAST))
    return None if version >= NODE_AT_LEAST else f"node is {said.strip()}, {wanted} is needed"


def make_typescript_client() -> None:
    """Generate both halves, compile them, and pack the package."""
    npm_ci(TYPESCRIPT)
    shutil.rmtree(TYPESCRIPT_GENERATED, ignore_errors=True)
    for name, prefixes in {"store": STORE, "admin": ADMIN}.items():
        (WORK / f"{name}.json").write_text(json.dumps(document_for(prefixes)))
    run("node", "generate.mjs", str(WORK), folder=TYPESCRIPT)
    codes = "".join(f'\n  | "{code}"' for code in problem_codes())
    (TYPESCRIPT_GENERATED / "codes.ts").write_text(
        f"// Every code that the API refuses with. {NOTE}\nexport type ProblemCode ={codes};\n"
    )
    shutil.rmtree(TYPESCRIPT / "dist", ignore_errors=True)
    run("npx", "--no-install", "tsc", folder=TYPESCRIPT)
    run("npm", "pack", "--silent", "--pack-destination", str(DIST), folder=TYPESCRIPT)
    _stamp("typescript").write_text(_digest())


def npm_ci(folder: Path) -> None:
    """Install what the lock file of `folder` names, unless it is installed already."""
    if not _is_installed(folder):
        run("npm", "ci", "--silent", "--no-audit", "--no-fund", folder=folder)
        _npm_stamp(folder).write_text((folder / "package-lock.json").read_text())


def _is_installed(folder: Path) -> bool:
    stamp = _npm_stamp(folder)
    return stamp.exists() and stamp.read_text() == (folder / "package-lock.json").read_text()


def _npm_stamp(folder: Path) -> Path:
    return folder / "node_modules/.galleria-lock"


def keep_starter_copy(*, is_check: bool) -> int:
    """Write the storefront's half of the client into the starter, or compare it with the copy."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "galleria"
        _copy_for_starter(fresh)
        if not is_check:
            shutil.rmtree(STARTER_COPY, ignore_errors=True)
            shutil.copytree(fresh, STARTER_COPY)
            return 0
        differing = _differences(fresh, STARTER_COPY)
    for name in differing:
        print(f"starters/storefront/src/galleria/{name} is not as generated: run make clients")
    return 1 if differing else 0


def _copy_for_starter(target: Path) -> None:
    shutil.copytree(TYPESCRIPT_GENERATED / "store", target / "generated/store")
    shutil.copy(TYPESCRIPT_GENERATED / "codes.ts", target / "generated/codes.ts")
    for name in SHARED_FILES:
        text = (TYPESCRIPT / "src" / name).read_text()
        (target / name).write_text(f"// {NOTE}\n{text}")


def _differences(left: Path, right: Path) -> list[str]:
    """The names of files that are not the same in both folders, or in one of them only."""
    names = {
        str(file.relative_to(side))
        for side in (left, right)
        for file in side.rglob("*")
        if file.is_file()
    }
    return sorted(
        name
        for name in names
        if not ((left / name).exists() and (right / name).exists())
        or not filecmp.cmp(left / name, right / name, shallow=False)
    )


def run(*command: str, folder: Path = ROOT, environment: Mapping[str, str] | None = None) -> None:
    """Run a command to its end; what it prints is shown when it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        print(done.stdout[-4000:], done.stderr[-4000:], file=sys.stderr)
        raise SystemExit(f"failed: {' '.join(command)}")


if __name__ == "__main__":
    raise SystemExit(main())
