"""What is deployed: container, compose file, units; held to the program that they start."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from backorder.cli import app
from tests.architecture import tree

DEPLOY = tree.ROOT / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("*.service"))
VARIABLES = {
    "BACKORDER_ADD_USER",
    "BACKORDER_SECRET_KEY",
    "BACKORDER_HOSTS",
    "BACKORDER_HTTPS",
    "BACKORDER_MAIL",
    "BACKORDER_MAIL_HOOK_SECRETS",
    "BACKORDER_MAIL_PROVIDER",
    "BACKORDER_STRIPE_KEY",
    "BACKORDER_STRIPE_WEBHOOK_SECRETS",
    "BACKORDER_TEXT_URL",
    "BACKORDER_URL",
    "BACKORDER_WEBHOOK_PRIVATE",
    "BACKORDER_WEBHOOK_SECRET",
    "BACKORDER_WEBHOOK_URL",
    "BACKORDER_TIME_ZONE",
}
OF_OTHERS = {"POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_USER", "PYTHONPATH", "PYTHONUNBUFFERED"}
"""Variables that PostgreSQL's image and Python read."""
HARDENED = {
    "CapabilityBoundingSet": "",
    "LockPersonality": "yes",
    "NoNewPrivileges": "yes",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "ProtectHome": "yes",
    "ProtectSystem": "strict",
    "RestrictSUIDSGID": "yes",
    "SystemCallFilter": "@system-service",
    "UMask": "0077",
    "User": "backorder",
}


def read(name: str) -> str:
    return (DEPLOY / name).read_text("utf-8")


def read_unit(name: str) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(interpolation=None, strict=True)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(read(name))
    return unit


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(read("compose.yaml")))


def started_commands(compose: dict[str, Any]) -> set[str]:
    """Every command of the program that anything in the folder starts."""
    services = compose["services"].values()
    listed = {service["command"][0] for service in services if "command" in service}
    listed |= set(re.findall(r'^CMD \["(\w+)"', read("Containerfile"), re.MULTILINE))
    texts = [read(name) for name in UNITS] + [
        service["entrypoint"][2] for service in services if "entrypoint" in service
    ]
    return listed | {
        command for text in texts for command in re.findall(r"(?:bin/|exec )backorder (\w+)", text)
    }


def test_every_command_that_is_started_exists(compose: dict[str, Any]) -> None:
    started = started_commands(compose)
    assert started == {"serve", "worker", "backup", "user"}
    known = set(vars(typer.main.get_command(app))["commands"])
    assert started - known == set()


def named_variables(compose: dict[str, Any]) -> set[str]:
    """Every variable of the environment that anything in the folder sets."""
    found = set(re.findall(r"^([A-Z_]+)=", read(".env.example"), re.MULTILINE))
    found |= {name for service in compose["services"].values() for name in service.get("environment", {})}
    found |= set(re.findall(r'^(?:Environment=|  ")([A-Z_]+)=', "".join(map(read, UNITS)), re.MULTILINE))
    return found | set(re.findall(r"\b([A-Z_]{4,})=", read("Containerfile")))


def test_every_variable_that_is_set_is_read_by_the_program(compose: dict[str, Any]) -> None:
    named = named_variables(compose)
    assert {"DATABASE_URL", "BACKORDER_KERNELS"} | VARIABLES <= named
    sources = "".join(path.read_text("utf-8") for path in tree.python_files("src/backorder"))
    read_by_us = set(re.findall(r'"([A-Z_]{4,})"', sources))
    assert named - OF_OTHERS - read_by_us == set()


def test_the_example_names_what_compose_and_units_need() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", read("compose.yaml")))
    example = set(re.findall(r"^([A-Z_]+)=", read(".env.example"), re.MULTILINE))
    assert asked <= example
    assert example == asked | {"DATABASE_URL"}
    given = re.findall(
        r"^(?:POSTGRES_PASSWORD|BACKORDER_SECRET_KEY)=(.*)$", read(".env.example"), re.MULTILINE
    )
    assert given == ["", ""]  # a secret that is published is none


BEHIND_A_PROXY = """
import django
from django.test import Client
django.setup()
name, token = "orders.example.com", "t" * 32
client = Client(enforce_csrf_checks=True)
client.cookies["csrftoken"] = token
sent = {"host": name, "origin": f"https://{name}", "x-forwarded-proto": "https"}
print(client.post("/theme", {"theme": "dark", "csrfmiddlewaretoken": token}, headers=sent).status_code)
"""


def test_with_the_example_a_form_that_came_by_https_is_taken() -> None:
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", read(".env.example"), re.MULTILINE))
    given = {"BACKORDER_SECRET_KEY": "x" * 50, "DJANGO_SETTINGS_MODULE": "backorder.config.settings"}
    ended = subprocess.run(
        [sys.executable, "-c", BEHIND_A_PROXY],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **example, **given},
    )
    assert (ended.stdout, ended.stderr) == ("302\n", "")


def test_database_web_and_worker_run_with_checks_and_keep_what_matters(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert list(services) == ["database", "web", "worker", "backup"]
    assert services["database"]["volumes"] == ["database:/var/lib/postgresql"]
    assert services["backup"]["volumes"] == ["backups:/backups"]
    assert set(compose["volumes"]) == {"database", "backups"}
    assert services["web"]["command"] == ["serve", "--host", "0.0.0.0", "--port", "8000"]  # noqa: S104 - inside a container
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"]
    assert services["worker"]["command"] == ["worker"]
    assert {name for name in services if "test" in services[name].get("healthcheck", {})} == {
        "database",
        "worker",
    }
    assert "HEALTHCHECK" in read("Containerfile")  # that of web
    healthy = {"condition": "service_healthy"}
    assert services["web"]["depends_on"] == {"database": healthy}
    assert services["worker"]["depends_on"] == {"database": healthy, "web": healthy}


def test_what_compose_starts_has_few_rights_and_shared_settings(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "backup"):
        service = compose["services"][name]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert set(service["environment"]) == {"DATABASE_URL"} | VARIABLES


def test_images_are_named_plainly_and_with_a_version(compose: dict[str, Any]) -> None:
    bases = re.findall(r"^FROM (\S+)", read("Containerfile"), re.MULTILINE)
    images = bases + [service["image"] for service in compose["services"].values()]
    assert [image for image in images if not re.fullmatch(r"[a-z]+:\d[\w.-]*|backorder", image)] == []


def test_the_image_runs_as_an_ordinary_user_with_kernels_of_its_own() -> None:
    steps = re.findall(
        r"^(FROM|RUN|COPY|ENV|USER|WORKDIR|HEALTHCHECK|ENTRYPOINT|CMD) (.*)$",
        read("Containerfile"),
        re.MULTILINE,
    )
    users = [place for place, (step, _) in enumerate(steps) if step == "USER"]
    assert [steps[place][1] for place in users] == ["backorder"]
    warm = steps.index(("RUN", "python -m backorder.engine.warm"))
    assert users[0] < warm  # whoever reads the kernels must be able to write beside them
    assert "BACKORDER_KERNELS=/var/cache/backorder" in read("Containerfile")


def test_what_is_installed_is_a_part_of_what_was_tested() -> None:
    whole = (tree.ROOT / "requirements.lock").read_text("utf-8").splitlines()
    part = read("requirements.lock").splitlines()
    assert set(part) - set(whole) == set()
    project = (tree.ROOT / "pyproject.toml").read_text("utf-8").split("dependencies = [")[1].split("\n]")[0]
    needed = set(re.findall(r'^    "([a-z0-9-]+)', project, re.MULTILINE))
    assert len(needed) > 10
    assert needed - {line.partition("==")[0] for line in part} == set()  # if not: make lock


@pytest.mark.parametrize("name", UNITS)
def test_units_have_few_rights(name: str) -> None:
    service = dict(read_unit(name)["Service"])
    assert {key: service.get(key) for key in HARDENED} == HARDENED
    assert "MemoryDenyWriteExecute" not in service  # kernels are machine code that is loaded at run time
    assert service["EnvironmentFile"] == "/etc/backorder/backorder.env"


def test_the_backup_is_made_each_night_even_after_a_night_without_power() -> None:
    assert dict(read_unit("backorder-backup.timer")["Timer"]) == {
        "OnCalendar": "*-*-* 02:30",
        "RandomizedDelaySec": "10min",
        "Persistent": "yes",
    }


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this system has no systemd")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    units = []
    for path in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")):
        unit = tmp_path / path.name
        program = "/usr/local/lib/backorder/bin/backorder"
        unit.write_text(
            path.read_text("utf-8").replace(f"ExecStart={program}", "ExecStart=/bin/true"), "utf-8"
        )
        units.append(str(unit))
    ended = subprocess.run(
        ["systemd-analyze", "verify", *units],  # noqa: S607 - a program of the system
        check=False,
        capture_output=True,
        text=True,
    )
    assert (len(units), ended.returncode, ended.stderr) == (4, 0, "")
