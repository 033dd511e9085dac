"""The manifest of an export: what its columns mean, which sessions it tells, and by which decision it left."""

from collections.abc import Iterable
from typing import Any

from lcs_cli.policy.disclosure import Column
from lcs_cli.records.disclosure import ExportEntry
from lcs_cli.records.export_format import Format
from lcs_cli.records.references import Kind, reference
from lcs_cli.services.manifests import Resource, column, data_package
from lcs_cli.services.outbox import file_name

_MEDIA = {Format.CSV: "text/csv", Format.JSON: "application/json", Format.JSONL: "application/x-ndjson"}


def manifest(entry: ExportEntry, columns: Iterable[Column], size: int, audit_head: str) -> dict[str, Any]:
    """The manifest of a data file of ``size`` bytes."""
    ref = reference(Kind.DISCLOSURE, entry.number)
    about = {
        "id": ref,
        "repeats": reference(Kind.DISCLOSURE, entry.repeats) if entry.repeats else None,
        "recipient": reference(Kind.REFERRER, entry.referrer),
        "purpose": entry.purpose,
        "ground": entry.ground,
        "rule": entry.rule,
        "clause": entry.clause,
        "window": {
            "from": entry.from_on.isoformat() if entry.from_on else None,
            "to": entry.to_on.isoformat() if entry.to_on else None,
            "after_change": entry.after_change,
            "up_to_change": entry.up_to_change,
        },
        "policy_version": entry.policy_version,
        "rules_hash": entry.rules_hash,
        "audit_head": audit_head,
    }
    return data_package(ref, entry.made_at, [_data_file(entry, columns, size)], export=about)


def _data_file(entry: ExportEntry, columns: Iterable[Column], size: int) -> Resource:
    fields = [
        column(one) | ({"format": "%H:%M"} if one.type == "time" else {}) for one in columns if one.name in entry.fields
    ]
    more = {
        "name": "attendance",
        "profile": "tabular-data-resource" if entry.format == Format.CSV else "data-resource",
        "format": entry.format,
        "encoding": "utf-8",
        "rows": entry.rows,
        "schema": {"fields": fields, "missingValues": [""]},
    }
    return Resource(file_name(entry), _MEDIA[Format(entry.format)], size, entry.sha256, more)
