"""The API's reference as one page, made from the OpenAPI document: no script, nothing from elsewhere."""

import html
import json
import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)
METHODS = ("get", "post", "delete")
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
body{color:#1a1a1a;background:#fff}
section{border-top:1px solid #ccc;padding:.5rem 0}h3{margin:.5rem 0}
code,pre{font-family:ui-monospace,monospace}
pre{background:#f3f4f6;padding:.6rem;overflow-x:auto;white-space:pre-wrap}table{border-collapse:collapse}
td{border-top:1px solid #ddd;padding:.2rem .8rem .2rem 0;vertical-align:top}
@media(prefers-color-scheme:dark){body{background:#16181c;color:#e6e6e6}pre{background:#23262c}a{color:#8ab4f8}}
"""


@router.get("/docs")
def reference(request: Request) -> HTMLResponse:
    """Every operation with its parameters, an example that can be pasted into a shell, and its answers."""
    policy = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return HTMLResponse(page(request.app.openapi(), str(request.base_url).rstrip("/")), headers=policy)


def page(document: dict[str, Any], base: str) -> str:
    operations = [
        (path, method, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
        if method in METHODS
    ]
    order = [tag["name"] for tag in document["tags"]]
    operations.sort(key=lambda entry: order.index(entry[2]["tags"][0]))
    body = "".join(_operation(document, base, *entry) for entry in operations)
    title = html.escape(document["info"]["title"])
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{title} API</title>"
        f"<meta name='viewport' content='width=device-width'><style>{STYLE}</style><h1>{title} API</h1>"
        f"{_paragraphs(document['info']['description'])}"
        f"<p>Machine-readable: <a href='openapi.json'>openapi.json</a>.</p>{body}</html>"
    )


def _operation(document: dict[str, Any], base: str, path: str, method: str, said: dict[str, Any]) -> str:
    example = _example(document, said)
    rows = "".join(_parameter(document, parameter) for parameter in said.get("parameters", []))
    answers = "".join(
        f"<tr><td>{status}<td>{html.escape(_answer(document, answer))}"
        for status, answer in sorted(said["responses"].items())
    )
    return (
        f"<section><h3 id='{said['operationId']}'>{html.escape(said['summary'])}</h3>"
        f"<p><code>{method.upper()} {html.escape(path)}</code> ({said['tags'][0]})</p>"
        f"{_paragraphs(said.get('description', ''))}"
        f"<pre>{html.escape(curl(base, path, method, said, example))}</pre>"
        f"<table>{rows}{answers}</table></section>"
    )


def curl(base: str, path: str, method: str, said: dict[str, Any], example: Any) -> str:
    """A command to paste: path parameters filled with their examples."""
    for parameter in said.get("parameters", []):
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", str(_value(parameter)))
    line = f"curl -s{'' if method == 'get' else f' -X {method.upper()}'} {base}{path}"
    if example is not None:
        line += f" \\\n  -H 'Content-Type: application/json' -d '{json.dumps(example, ensure_ascii=False)}'"
    return line


def _value(parameter: dict[str, Any]) -> Any:
    schema = parameter["schema"]
    for source in (parameter, schema):
        if source.get("examples"):
            return source["examples"][0]
    return (schema.get("enum") or [parameter["name"]])[0]


def _parameter(document: dict[str, Any], parameter: dict[str, Any]) -> str:
    choices = _choices(document, parameter["schema"])
    text = parameter.get("description", "") + (f" One of: {', '.join(choices)}." if choices else "")
    return f"<tr><td><code>{parameter['name']}</code> ({parameter['in']})<td>{html.escape(text)}"


def _choices(document: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """The values of an enumeration, however deep in optional, list or reference it is."""
    if "$ref" in schema:
        return _choices(document, _referred(document, schema["$ref"]))
    for inner in (*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])):
        if found := _choices(document, inner):
            return found
    return list(schema.get("enum", []))


def _answer(document: dict[str, Any], answer: dict[str, Any]) -> str:
    """What the answer means, or for a plain success which fields it has."""
    description = str(answer.get("description", ""))
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    reference = schema.get("$ref") or schema.get("items", {}).get("$ref")
    if description != "Successful Response" or reference is None:
        return description.replace("Successful Response", "Done.")
    fields = ", ".join(_referred(document, reference)["properties"])
    return f"{'List of' if 'items' in schema else ''} {reference.rpartition('/')[2]}: {fields}".strip()


def _referred(document: dict[str, Any], reference: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def _example(document: dict[str, Any], said: dict[str, Any]) -> Any:
    """The body's own example, or one made of its fields' examples."""
    body = said.get("requestBody", {}).get("content", {}).get("application/json")
    if body is None:
        return None
    if body.get("examples"):
        return next(iter(body["examples"].values()))["value"]
    schema = body["schema"]
    reference = schema.get("$ref") or next(option["$ref"] for option in schema["anyOf"] if option.get("$ref"))
    fields = _referred(document, reference)["properties"]
    return {name: field["examples"][0] for name, field in fields.items() if field.get("examples")}


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{_marked(part)}</p>" for part in text.strip().split("\n\n") if part)


def _marked(text: str) -> str:
    """The two marks of Markdown that the descriptions use."""
    bold = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html.escape(text))
    return re.sub(r"`(.+?)`", r"<code>\1</code>", bold)
