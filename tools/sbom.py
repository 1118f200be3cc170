"""Writes dist/galleria.cdx.json: what a Galleria installation is made of, as CycloneDX 1.6.

Read from the runtime lock alone, so the same lock always gives the same bytes. Hashes are those of
every published file of a version, since which one is installed depends on the platform.
"""

import json
import sys
import tomllib
from typing import Any

from tools.house_code import ROOT
from tools.lockfile import Pin, read_lock


def bill_of_materials() -> dict[str, Any]:
    """The document, ready to be written as JSON."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    reference = f"pkg:pypi/{project['name']}@{project['version']}"
    pins = sorted(read_lock(ROOT / "requirements/runtime.txt"))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": reference,
                "name": project["name"],
                "version": project["version"],
                "description": project["description"],
                "licenses": [{"license": {"id": project["license"]}}],
                "purl": reference,
            }
        },
        "components": [_component(pin) for pin in pins],
    }


def _component(pin: Pin) -> dict[str, Any]:
    reference = f"pkg:pypi/{pin.name}@{pin.version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": reference,
        "name": pin.name,
        "version": pin.version,
        "purl": reference,
        "properties": [{"name": "galleria:file-sha256", "value": sha256} for sha256 in pin.sha256],
    }
    if pin.marker:
        component["properties"].insert(0, {"name": "galleria:needed-where", "value": pin.marker})
    return component


def main() -> int:
    """Write the file and say how many components it lists."""
    target = ROOT / "dist/galleria.cdx.json"
    target.parent.mkdir(exist_ok=True)
    bill = bill_of_materials()
    target.write_text(json.dumps(bill, indent=2) + "\n")
    print(f"{target.relative_to(ROOT)}: {len(bill['components'])} components")
    return 0


if __name__ == "__main__":
    sys.exit(main())
