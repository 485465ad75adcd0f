"""The compose files: valid by the Compose specification, and as guarded as the operations guide says."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
FILES = ("docker-compose.yml", "docker-compose.cluster.yml")
FETCH = "docker-compose.fetch.yml"
MODELS = "docker-compose.models.yml"


class ComposeLoader(yaml.SafeLoader):
    """Reads Compose's own tags as the values they stand for."""


def _override(loader: ComposeLoader, node: yaml.SequenceNode) -> list[Any]:
    return list(loader.construct_sequence(node))


ComposeLoader.add_constructor("!override", _override)


def compose(file: str) -> dict[str, Any]:
    content = yaml.load((ROOT / file).read_text("utf-8"), ComposeLoader)  # noqa: S506 -- a SafeLoader
    assert isinstance(content, dict)
    return content


@pytest.mark.parametrize("file", [*FILES, FETCH, MODELS])
def test_file_is_valid_by_the_compose_specification(file: str, tmp_path: Path) -> None:
    plain = tmp_path / "compose.json"  # anchors, merges and tags resolved, as Compose does
    plain.write_text(json.dumps(compose(file)), "utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*command, str(plain)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_the_check_finds_mistakes(tmp_path: Path) -> None:
    wrong = compose(FILES[0])
    wrong["services"]["qdrant"]["volume"] = ["qdrant:/qdrant/storage"]
    plain = tmp_path / "compose.json"
    plain.write_text(json.dumps(wrong), "utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*command, str(plain)], capture_output=True, text=True, check=False)
    assert checked.returncode == 1


@pytest.mark.parametrize("file", FILES)
def test_qdrant_is_pinned_guarded_and_not_published(file: str) -> None:
    nodes = [one for name, one in compose(file)["services"].items() if name.startswith("qdrant")]
    assert len(nodes) in (1, 3)
    for node in nodes:
        assert re.fullmatch(r"qdrant/qdrant:v\d+\.\d+\.\d+-unprivileged", node["image"])
        assert "ports" not in node
        assert any(volume.endswith(":/qdrant/storage") for volume in node["volumes"])
        assert node["environment"]["QDRANT__SERVICE__ENABLE_CORS"] == "false"
        assert node["environment"]["QDRANT__SERVICE__ENABLE_SNAPSHOT_URL_RECOVERY"] == "false"
        assert not any("API_KEY" in name for name in node["environment"])
        assert node["ulimits"]["nofile"]["soft"] >= 10_000
        assert node["mem_limit"]
        assert node["networks"] == ["store"]
    assert compose(file)["networks"]["store"]["internal"] is True


def test_service_and_loader_have_the_keys_they_need_and_no_more() -> None:
    services = compose(FILES[0])["services"]
    service, loader = services["service"], services["loader"]
    assert service["secrets"] == ["qdrant_read_key"]
    assert loader["secrets"] == ["qdrant_manage_key"]
    assert loader["profiles"] == ["load"]
    assert loader["ports"] == []
    for one in (service, loader):
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]
    assert service["healthcheck"]["test"][:2] == ["CMD", "python"]


def test_only_the_override_gives_the_loader_a_way_out() -> None:
    content, override = compose(FILES[0]), compose(FETCH)
    assert content["services"]["loader"]["networks"] == ["store"]
    assert content["networks"]["store"]["internal"] is True
    assert override["services"] == {"loader": {"networks": ["store", "fetch"]}}
    assert override["networks"] == {"fetch": None}


def test_service_reads_the_model_that_the_loader_exported() -> None:
    content = compose(FILES[0])
    service, loader = content["services"]["service"], content["services"]["loader"]
    assert "data:/data:ro" in service["volumes"]
    assert "data:/data" in loader["volumes"]
    assert "/data" not in str(service["tmpfs"])  # one over /data would hide what is in the volume
    for file in FILES:
        assert "data" in compose(file)["volumes"]


def test_the_loader_for_other_models_is_of_a_stage_with_all_packages() -> None:
    (loader,) = compose(MODELS)["services"].values()
    stages = re.findall(r"^FROM \S+ AS (\S+)$", (ROOT / "Dockerfile").read_text("utf-8"), re.M)
    assert loader["build"]["target"] in stages
    assert stages[-1] == "service"  # what is built where no target is named
    assert loader["image"] != compose(FILES[0])["services"]["service"]["image"]


def test_every_package_reaches_the_image() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["packages"]["find"]["include"]
    admitted = set((ROOT / ".dockerignore").read_text("utf-8").splitlines())
    wanted = {pattern.rstrip("*") for pattern in patterns} | {"pyproject.toml"}
    wanted |= {file.name for file in ROOT.glob("requirements*.txt")} | {"constraints.txt"}
    assert {f"!{name}" for name in wanted} <= admitted
    assert not admitted & {"!tests", "!benchmarks", "!.git"}


def test_cluster_files_balancer_knows_every_node() -> None:
    nodes = {name for name in compose(FILES[1])["services"] if name.startswith("qdrant-")}
    config = (ROOT / "ops/haproxy.cfg").read_text("utf-8")
    assert set(re.findall(r"server \S+ (qdrant-\d):6333", config)) == nodes


def test_settings_in_compose_files_exist() -> None:
    from service.settings import PREFIX, variables

    for file in FILES:
        for service in compose(file)["services"].values():
            for name in service.get("environment", {}):
                if name.startswith(PREFIX):
                    assert name in variables(), name


def test_image_has_no_tools_and_runs_as_nobody_special() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    stages = dict(re.findall(r"^FROM \S+ AS (\S+)\n((?:(?!FROM ).*\n)*)", dockerfile, re.M))
    assert "[dev]" not in dockerfile
    assert re.search(r"^USER \d+:\d+$", stages["base"], re.M)
    for name in ("base", "complete", "service"):
        assert not re.search("gcc|build-essential|pip install", stages[name]), name
        assert name == "base" or f"FROM base AS {name}\n" in dockerfile
