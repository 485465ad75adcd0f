"""The OpenAPI document as other programs use it: its examples, and a TypeScript client made of it."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from service.web.openapi_examples import examples

MODULES = Path(__file__).parent / "node_modules"
NODE = shutil.which("node")
PROGRAM = """
import createClient from "openapi-fetch";
import type { paths } from "./schema";

const headers = { Authorization: "Bearer key" };
const client = createClient<paths>({ baseUrl: "http://127.0.0.1:8000", headers });
const { data, error } = await client.GET("/api/search", {
  params: { query: { q: "health analytics", mode: "hybrid", year: [2026], limit: 3 } },
});
if (error) {
  console.error(error.error.code, error.error.message);
} else {
  const verdict: "strong" | "related" | "none" | "programme" | null = data.verdict;
  console.log(verdict, data.results.map((result) => [result.session.title, result.score.toFixed(2)]));
}
const day = await client.GET("/api/programme", { params: { query: { event: ["Summit"] } } });
const rooms: string[] | undefined = day.data?.sessions.map((session) => session.room);
const one = await client.GET("/api/sessions/{id}", { params: { path: { id: "an id" } } });
console.log(rooms, one.data?.occurrences[0]?.starts_at);
"""
COMPILE = (
    *("--noEmit", "--strict", "--skipLibCheck"),
    *("--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"),
)
WRONG = PROGRAM.replace('mode: "hybrid"', 'mode: "loud"')


@pytest.fixture
def document(client: FlaskClient) -> Any:
    return client.get("/openapi.json").get_json()


def test_each_example_is_an_answer_of_its_schema(document: Any) -> None:
    seen = set()
    for schema, content in _contents(document):
        if "example" in content:
            seen.add(schema)
            where = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
            Draft202012Validator(
                where, format_checker=Draft202012Validator.FORMAT_CHECKER
            ).validate(content["example"])
    assert seen == examples().keys()


@pytest.mark.slow
@pytest.mark.skipif(NODE is None, reason="needs Node.js")
@pytest.mark.skipif(
    not (MODULES / "openapi-typescript").exists(),
    reason="needs npm's packages: run npm ci in tests/",
)
def test_a_client_in_typescript_compiles(document: Any, tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(document), "utf-8")
    (tmp_path / "node_modules").symlink_to(MODULES)
    _run(tmp_path, "openapi-typescript/bin/cli.js", "openapi.json", "-o", "schema.d.ts")
    (tmp_path / "right.ts").write_text(PROGRAM, "utf-8")
    (tmp_path / "wrong.ts").write_text(WRONG, "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    told = _run(tmp_path, "typescript/bin/tsc", *COMPILE, "right.ts", "wrong.ts", expected=2)
    assert [line for line in told.splitlines() if "error" in line and "wrong.ts" not in line] == []
    assert '"loud"' in told, "the modes are in the types"


def _contents(document: Any) -> list[tuple[str, Any]]:
    """Return the JSON contents of all responses, each with the name of its schema."""
    operations = [one for path in document["paths"].values() for one in path.values()]
    responses = [one for operation in operations for one in operation["responses"].values()]
    responses += document["components"]["responses"].values()
    found = [
        one["content"]["application/json"]
        for one in responses
        if "application/json" in one.get("content", {})
    ]
    return [
        (content["schema"]["$ref"].rpartition("/")[2], content)
        for content in found
        if "$ref" in content["schema"]
    ]


def _run(folder: Path, program: str, *arguments: str, expected: int = 0) -> str:
    command = [str(NODE), str(MODULES / program), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout
