"""Writes what is known of an order: as data, and as a page that holds the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from django.template.loader import render_to_string

import backorder
from backorder.care.evidence.collect import Evidence
from backorder.care.evidence.section import say


def write_data(evidence: Evidence) -> str:
    """Write it as JSON, with a digest of its sections: whoever changes one cannot keep the digest."""
    sections = [asdict(section) for section in evidence.sections]
    text = json.dumps(sections, ensure_ascii=False, sort_keys=True)
    head = {
        "order": evidence.number,
        "at": say(evidence.at),
        "program": f"backorder {backorder.__version__}",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    return json.dumps(head | {"sections": sections}, ensure_ascii=False, indent=2) + "\n"


def write_page(evidence: Evidence) -> str:
    """Write it as a page of its own: no picture, no script, nothing that is fetched."""
    head = json.loads(write_data(evidence))
    return render_to_string("care/evidence.html", {"evidence": evidence, **head})
