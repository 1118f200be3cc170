"""How each operation is called, written out: by curl, and by the clients for Python and JavaScript.

Values are examples made from the schema: of a body just what it requires.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

DEEPEST = 6
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ID = "0198c2f4-7a10-7c3e-9d55-3f0e8b1a2c44"
_BY_NAME: Mapping[str, Any] = {
    "email": "ann@example.com",
    "currency": "EUR",
    "country": "DE",
    "amount_minor": 1290,
    "quantity": 1,
    "handle": "olive-branch",
    "sku": "MUG-BLUE",
    "token": "tok_approve",
    "method": "test",
    "host": "shop.example.com",
    "path": "/old-page",
    "q": "moon",
}
_BY_FORMAT: Mapping[str, Any] = {
    "uuid": _ID,
    "date-time": "2026-11-22T09:00:00Z",
    "date": "2026-11-22",
}
_BY_TYPE: Mapping[str, Any] = {"integer": 1, "number": 1.5, "boolean": True, "null": None}

Schema = Mapping[str, Any]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An operation with what a call of it has to give. `body_kind` is empty without a body."""

    operation_id: str
    tag: str
    method: str
    path: str
    path_names: list[str]
    query_names: list[str]
    needs_idempotency_key: bool
    needs_key: bool
    body_kind: str
    body_model: str
    body: Any
    has_answer: bool


def asked_of(document: Schema, path: str, method: str, operation: Schema) -> Asked:
    """What a call of an operation has to give, with examples."""
    given = [_followed(document, each) for each in operation.get("parameters", ())]
    required = [each for each in given if each.get("required")]
    content: Schema = operation.get("requestBody", {}).get("content", {})
    kind = next(iter(content), "")
    schema: Schema = content[kind].get("schema", {}) if kind else {}
    # By way of JSON: what a default is in Python may be a tuple.
    body = json.loads(json.dumps(example_of(document, schema)))
    answers = operation.get("responses", {})
    return Asked(
        operation_id=operation["operationId"],
        tag=(operation.get("tags") or ["default"])[0],
        method=method.upper(),
        path=path,
        path_names=[each["name"] for each in required if each["in"] == "path"],
        query_names=[each["name"] for each in required if each["in"] == "query"],
        needs_idempotency_key=any(each["name"] == "Idempotency-Key" for each in required),
        needs_key=bool(operation.get("security")),
        body_kind=kind,
        body_model=schema.get("$ref", "").rsplit("/", 1)[-1],
        body=body if kind == "application/json" else None,
        has_answer=any(
            answers[status].get("content") for status in answers if status.startswith("2")
        ),
    )


def example_of(document: Schema, schema: Schema, name: str = "", depth: int = 0) -> Any:
    """A value that looks like what a schema asks for; of objects just what they require."""
    schema = _followed(document, schema)
    if name in _BY_NAME and not schema.get("properties"):
        return _BY_NAME[name]
    for known in ("default", "const"):
        if known in schema:
            return schema[known]
    if "anyOf" in schema:
        choices: list[Schema] = schema["anyOf"]
        chosen = next((each for each in choices if each.get("type") != "null"), {})
        example = example_of(document, chosen, name, depth)
    elif schema.get("type") == "array":
        example = [example_of(document, schema.get("items", {}), name, depth + 1)]
    elif schema.get("type") == "object" or "properties" in schema:
        example = _object(document, schema, depth)
    else:
        example = _plain(schema, name)
    return example


def _object(document: Schema, schema: Schema, depth: int) -> dict[str, Any]:
    if depth >= DEEPEST:
        return {}
    properties: Schema = schema.get("properties", {})
    # Where nothing is required, one field shows how changes are said.
    names = [each for each in properties if each in schema.get("required", ())]
    names = names or list(properties)[:1]
    return {each: example_of(document, properties[each], each, depth + 1) for each in names}


def _plain(schema: Schema, name: str) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "string")
    if isinstance(kind, list):
        kind = next(each for each in kind if each != "null")
    if kind in _BY_TYPE:
        return max(schema["minimum"], 1) if "minimum" in schema else _BY_TYPE[kind]
    return _BY_FORMAT.get(schema.get("format", ""), name.replace("_", "-") or "text")


def _followed(document: Schema, part: Schema) -> Schema:
    reference = part.get("$ref")
    if reference is None:
        return part
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    followed: Schema = found
    return followed


def curl_of(asked: Asked) -> str:
    """The call as a command, with the key and the address taken from the environment."""
    names = {name: f"${name.upper()}" for name in asked.path_names}
    address = re.sub(r"\{(\w+)\}", lambda found: names[found[1]], asked.path)
    query = "&".join(f"{name}=${_variable(name).upper()}" for name in asked.query_names)
    # Without -g curl would take brackets for a range.
    lines = [f'curl -g -X {asked.method} "$GALLERIA_URL{address}{"?" if query else ""}{query}"']
    if asked.needs_key:
        lines.append('-H "Authorization: Bearer $GALLERIA_KEY"')
    else:
        lines.append('-H "X-Galleria-Shop: $GALLERIA_SHOP"')
    if asked.needs_idempotency_key:
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if asked.body_kind == "application/json":
        text = json.dumps(asked.body, ensure_ascii=False).replace("'", "'\\''")
        lines += ['-H "Content-Type: application/json"', f"--data '{text}'"]
    elif asked.body_kind:
        lines += [f'-H "Content-Type: {_sent_as(asked)}"', "--data-binary @file"]
    return " \\\n  ".join(lines)


def python_of(asked: Asked) -> str:
    """The call by the Python client."""
    module = _WORDS.sub("_", asked.operation_id).lower()
    folder = asked.tag.replace("-", "_")
    side = "Admin" if asked.needs_key else "Storefront"
    imports = [
        f"from galleria_client import {side}",
        f"from galleria_client.generated.api.{folder} import {module}",
    ]
    # The generator leaves brackets out of an argument's name.
    named = [(re.sub(r"\W", "", name), _variable(name)) for name in asked.query_names]
    arguments = [*asked.path_names, *(f"{name}={value}" for name, value in named)]
    if asked.body_kind == "application/json" and not asked.body_model:
        arguments.append(f"body={asked.body!r}")
    elif asked.body_kind == "application/json":
        imports.append(f"from galleria_client.generated.models import {asked.body_model}")
        arguments.append(f"body={asked.body_model}.from_dict({asked.body!r})")
    elif asked.body_kind:
        imports.append("from galleria_client.generated.types import File")
        arguments.append('body=File(payload=open("file", "rb"))')
    who = "key=key" if asked.needs_key else "shop=shop"
    verb, way = ("call", "sync") if asked.has_answer else ("tell", "sync_detailed")
    call = ", ".join([f"{module}.{way}", *arguments])
    answer = "answer = " if asked.has_answer else ""
    return "\n".join(
        [
            *imports,
            "",
            f"with {side}(url, {who}) as galleria:",
            f"    {answer}galleria.{verb}({call})",
        ]
    )


def javascript_of(asked: Asked) -> str:
    """The call by the TypeScript client."""
    function = asked.operation_id[0].lower() + asked.operation_id[1:]
    package = "@galleria/client/admin" if asked.needs_key else "@galleria/client"
    side, who = ("Admin", "key") if asked.needs_key else ("Storefront", "shop")
    given = ["client"]
    if asked.path_names:
        given.append(f"path: {{ {', '.join(asked.path_names)} }}")
    if asked.query_names:
        query = ", ".join(f"'{name}': {_variable(name)}" for name in asked.query_names)
        given.append(f"query: {{ {query} }}")
    if asked.needs_idempotency_key:
        given.append("headers: { 'Idempotency-Key': crypto.randomUUID() }")
    if asked.body_kind == "application/json":
        given.append(f"body: {json.dumps(asked.body, ensure_ascii=False)}")
    elif asked.body_kind:
        given.append("body: file")
    answer = "const answer = " if asked.has_answer else ""
    return "\n".join(
        [
            f"import {{ {side}, {function} }} from '{package}';",
            "",
            f"const {{ client }} = new {side}({{ url, {who} }});",
            f"{answer}await {function}({{ {', '.join(given)} }});",
        ]
    )


def _variable(name: str) -> str:
    """`filter[sku]` is what `sku` is given for."""
    return re.split(r"\W", name.rstrip("]"))[-1]


def _sent_as(asked: Asked) -> str:
    return "image/jpeg" if asked.body_kind == "image/*" else asked.body_kind
