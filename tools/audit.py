"""Known vulnerabilities of every locked package: `python -m tools.audit`, over pip-audit.

pip-audit passes over a package its advisory service does not know, and with that a service that
knows none at all looks like a clean result. So this counts: it says how many packages were really
looked up, fails on any finding, and with GALLERIA_REQUIRE_AUDIT=1 also when one was passed over.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from tools.house_code import ROOT

LOCK = ROOT / "requirements/dev.txt"


class Verdict(NamedTuple):
    """What the advisory service said: packages looked up, names passed over, findings."""

    looked_up: int
    passed_over: list[str]
    findings: list[str]


def verdict_of(dependencies: Iterable[Mapping[str, Any]]) -> Verdict:
    """Sum up the `dependencies` of a pip-audit report in JSON."""
    looked_up, passed_over, findings = 0, [], []
    for package in dependencies:
        if "skip_reason" in package:
            passed_over.append(package["name"])
            continue
        looked_up += 1
        for finding in package["vulns"]:
            remedy = ", ".join(finding["fix_versions"]) or "no release yet"
            name = f"{package['name']} {package['version']}"
            findings.append(f"{name}: {finding['id']}, mended in {remedy}")
    return Verdict(looked_up, passed_over, findings)


def main() -> int:
    """Ask about each package of the lock and print what was found."""
    command = ["pip_audit", "--requirement", str(LOCK), "--require-hashes", "--disable-pip"]
    options = ["--progress-spinner", "off", "--format", "json", "--desc", "off"]
    run = subprocess.run(
        [sys.executable, "-m", *command, *options],
        check=False,
        capture_output=True,
        text=True,
    )
    required = os.environ.get("GALLERIA_REQUIRE_AUDIT") == "1"
    try:
        report = json.loads(run.stdout)
    except json.JSONDecodeError:
        reason = (run.stderr.strip() or "no answer").splitlines()[-1]
        print(f"audit: the advisory service cannot be reached ({reason}); nothing was looked up")
        return int(required)
    looked_up, passed_over, findings = verdict_of(report["dependencies"])
    print(f"audit: {looked_up} of {looked_up + len(passed_over)} packages looked up")
    if passed_over:
        print(f"audit: the advisory service knows nothing of {len(passed_over)} packages, so")
        print("       nothing is said of them:", *passed_over[:5], "…" * (len(passed_over) > 5))
    print(*findings, sep="\n")
    return int(bool(findings) or (required and bool(passed_over)))


if __name__ == "__main__":
    sys.exit(main())
