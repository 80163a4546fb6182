"""`backorder person`, as a process with a server of its own."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

from tests.cli.test_reconcile import EMPTY, data, reconcile
from tests.cli.test_serve import run

__all__ = ["data"]  # a fixture
CUSTOMERS = "customer,name,email,phone\nC-1,Zed Quill,quill@customers.example,+15415550199\n"


def test_somebody_is_exported_and_erased(data: Path, tmp_path: Path) -> None:
    place = ("--data", str(data))
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "customers.csv").write_text(CUSTOMERS, "utf-8")
    assert run("import", str(shop), *place)[0] == 0
    out = tmp_path / "zed.zip"
    who = ("--email", "Quill@customers.example")
    code, said, errors = run("person", "export", *who, "--out", str(out), *place)
    assert (code, said, errors) == (
        *(0, f"{out}: {out.stat().st_size:,} bytes; hand it to nobody but them\n", ""),
    )
    (customer,) = json.loads(ZipFile(out).read("person.json"))["customers"]
    assert (customer["name"], customer["phone"]) == ("Zed Quill", "+15415550199")
    assert run("person", "erase", *who, *place) == (
        *(2, "", "1 customers and 0 orders would be erased, which cannot be undone: add --yes\n"),
    )
    assert run("person", "erase", *who, "--yes", *place) == (
        *(0, "erased: 1 customers and 0 orders; backups hold them until they are replaced\n", ""),
    )
    unknown = "nobody is known by the e-mail address Quill@customers.example\n"
    assert run("person", "erase", *who, "--yes", *place) == (2, "", unknown)
    assert run("person", "export", "--customer", "C-1", *who, "--out", str(out), *place) == (
        *(2, "", "name one of --customer, --email and --order\n"),
    )
    assert reconcile(*place) == EMPTY
