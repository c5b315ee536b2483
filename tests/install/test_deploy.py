"""The container image, the compose file and the systemd units: their form, and their commands, tried."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from corepath.flows.worker import POOL
from corepath.warehouse.settings import ROOT, Settings

DEPLOY = ROOT / "docs" / "deploy"
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
UNITS = sorted(DEPLOY.glob("*.service"))
SECRET = re.compile(r"(PASSWORD|AUTH_STRING|API_KEY|TOKEN)$")


def stages() -> list[list[tuple[str, str]]]:
    """The Dockerfile's instructions, stage by stage."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    found: list[list[tuple[str, str]]] = [[]]
    for line in text.splitlines():
        if line and not line.startswith("#"):
            instruction, _, rest = line.partition(" ")
            if instruction == "FROM":
                found.append([])
            found[-1].append((instruction, rest))
    return found


# --- The image: what hadolint and its like ask for ------------------------------------------------


def test_the_base_is_of_one_version_and_can_be_pinned_by_digest():
    (argument,), *others = stages()
    assert re.fullmatch(r"BASE=python:3\.\d+-slim-\w+", argument[1])
    assert {stage[0][1].split(" AS ")[0] for stage in others} == {"${BASE}"}


def test_what_is_installed_has_a_hash_and_leaves_no_cache():
    runs = [rest for stage in stages() for instruction, rest in stage if instruction == "RUN"]
    installs = [run for run in runs if "pip install" in run]
    assert len(installs) == 2
    assert all("--no-cache-dir --no-deps" in run for run in installs)
    assert "--require-hashes -r /tmp/requirements-run.lock" in installs[0]
    assert not [run for run in runs if re.search(r"\b(sudo|curl|wget|apt-get|ssh)\b", run)]


def test_the_last_stage_runs_as_somebody_and_says_whether_it_works():
    last = dict(stages()[-1])
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last["USER"])
    assert last["HEALTHCHECK"]
    assert all(json.loads(last[name]) for name in ("ENTRYPOINT", "CMD")), "in exec form: signals arrive"
    assert last["WORKDIR"].startswith("/")


def test_the_image_copies_named_files_and_holds_no_secret():
    every = [pair for stage in stages() for pair in stage]
    assert "ADD" not in dict(every)
    ignored, *kept = (
        line for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] != "#"
    )
    assert ignored == "*"
    copied = [rest.split()[0] for name, rest in every if name == "COPY" and not rest.startswith("--from")]
    assert sorted(copied) == sorted(line.removeprefix("!") for line in kept)
    assert all((ROOT / name).exists() for name in copied if not name.startswith("dist/"))
    assert not [name for name, rest in every if name in ("ENV", "ARG") and SECRET.search(rest.split("=")[0])]


# --- The compose file ------------------------------------------------------------------------------

# Of the Compose specification: what may stand there, so that a misspelt key is found.
KEYS = {
    "": {"name", "services", "networks", "volumes", "secrets"},
    "service": {
        *("image", "restart", "read_only", "tmpfs", "cap_drop", "security_opt", "logging", "command"),
        *("environment", "secrets", "volumes", "networks", "ports", "depends_on", "healthcheck"),
        *("working_dir", "stop_grace_period"),
    },
    "healthcheck": {"test", "interval", "timeout", "start_period", "retries", "disable"},
}


def test_the_compose_file_holds_what_the_specification_knows():
    assert {key for key in COMPOSE if not key.startswith("x-")} <= KEYS[""]
    for service in COMPOSE["services"].values():
        assert set(service) <= KEYS["service"]
        assert set(service["healthcheck"]) <= KEYS["healthcheck"]
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"])
        for condition in service.get("depends_on", {}).values():
            assert condition["condition"] in ("service_healthy", "service_completed_successfully")
        named = {s if isinstance(s, str) else s["source"] for s in service["secrets"]}
        assert named <= set(COMPOSE["secrets"])
        mounted = {volume.split(":")[0] for volume in service.get("volumes", [])}
        assert {name for name in mounted if not name.startswith("./")} <= set(COMPOSE["volumes"])


def test_no_service_has_more_rights_than_it_needs_and_none_shows_a_secret():
    for name, service in COMPOSE["services"].items():
        assert not service["image"].endswith(":latest")
        assert ":" in service["image"]
        assert not [key for key in service.get("environment", {}) if SECRET.search(key)]
        if name != "database":
            assert service["read_only"]
            assert service["cap_drop"] == ["ALL"]
            assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in COMPOSE["services"]["server"]["ports"])
    assert COMPOSE["networks"]["inside"]["internal"]
    assert all(list(secret) == ["file"] for secret in COMPOSE["secrets"].values())


def test_the_settings_of_the_services_are_known():
    from prefect.settings import Settings as OfPrefect
    from prefect.settings.legacy import _get_valid_setting_names

    prefect = _get_valid_setting_names(OfPrefect)
    ours = {f"COREPATH_{name.upper()}" for name in Settings.model_fields} | {
        "COREPATH_ALLOWED_FOLDERS",
        "COREPATH_NOTIFY",
    }
    lines = (DEPLOY / "environment").read_text().splitlines()
    names = {line.split("=")[0] for line in lines if line and not line.startswith("#")}
    for service in ("server", "deploy", "worker"):
        declared = COMPOSE["services"][service]
        names |= set(declared["environment"]) | {secret["target"] for secret in declared["secrets"]}
    assert names <= set(prefect) | ours


# --- Their commands --------------------------------------------------------------------------------


def test_the_entrypoint_gives_secrets_as_variables_and_the_commands_exit_code(tmp_path):
    (tmp_path / "PREFECT_API_AUTH_STRING").write_text("corepath:a b'\"$c\n")
    (tmp_path / "database_password").write_text("not for this service")
    told = (
        "from os import environ as e; print(e['PREFECT_API_AUTH_STRING'], 'database_password' in e); exit(7)"
    )
    done = subprocess.run(
        ["sh", str(DEPLOY / "entrypoint.sh"), sys.executable, "-c", told],
        env={"SECRETS": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (7, "corepath:a b'\"$c False\n")


def commands() -> list[list[str]]:
    """What the services start, in containers and under systemd."""
    found = [COMPOSE["services"][name]["command"] for name in ("server", "deploy", "worker")]
    for unit in UNITS:
        lines = re.findall(r"^Exec\w+=/opt/corepath/bin/(.*)$", unit.read_text(), flags=re.MULTILINE)
        found += [line.split() for line in lines]
    return found


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_a_command_of_a_service_is_one_of_the_installation(command):
    program, *arguments = command
    if program == "python":
        assert arguments[0] == "-m"
        __import__(arguments[1])
    else:
        help_of = subprocess.run(
            [str(Path(sys.executable).with_name(program)), *_words(arguments), "--help"],
            env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert all(argument in help_of for argument in arguments if argument.startswith("--"))


def _words(arguments: list[str]) -> list[str]:
    return arguments[: next((i for i, each in enumerate(arguments) if each.startswith("-")), None)]


def test_the_health_check_of_a_service_fails_where_nothing_answers():
    for name in ("server", "worker"):
        _, program, *arguments = COMPOSE["services"][name]["healthcheck"]["test"]
        assert program == "python"
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = str(probe.getsockname()[1])
        arguments = [re.sub(r":\d{4}/", f":{port}/", argument) for argument in arguments]
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "URLError" in done.stderr or "HTTPError" in done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_accepts_a_unit_and_finds_it_confined(unit, tmp_path):
    analyze = ["systemd-analyze", "--no-pager"]
    for name in UNITS:  # with programs that are there, for /opt/corepath is not
        text = re.sub(r"(?<==)/opt/corepath/bin/\w+", "/bin/true", name.read_text())
        (tmp_path / name.name).write_text(text)
    mine = str(tmp_path / unit.name)
    checked = subprocess.run([*analyze, "verify", mine], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    threshold = ["security", "--offline=true", "--threshold=20", mine]
    confined = subprocess.run([*analyze, *threshold], capture_output=True, text=True, check=False)
    assert confined.returncode == 0, confined.stdout[-2000:]


def test_the_example_of_deployments_is_of_flows_that_are_there():
    example = yaml.safe_load((DEPLOY / "project" / "prefect.yaml").read_text())
    shipped = yaml.safe_load((ROOT / "prefect.yaml").read_text())
    assert example["pull"] == shipped["pull"]
    for deployment in example["deployments"]:
        module, _, name = deployment["entrypoint"].rpartition(".")
        flow = getattr(__import__(module, fromlist=[name]), name)
        flow.validate_parameters(deployment["parameters"])
        assert deployment["work_pool"]["name"] == POOL


def test_the_page_names_every_file_of_the_folder():
    for name in ("Dockerfile", "compose.yaml", "environment", "prefect.yaml", "corepath-*.service"):
        assert name in PAGE
