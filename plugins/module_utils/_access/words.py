# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access in words, for a terminal. Control characters in names from a cloud are escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._redaction import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERBS = {
    "publish": "publish to",
    "consume": "consume from",
    "write": "write new",
    "list": "list",
    "administer": "administer",
}
LIMITS = {
    "groups": "in the consumer groups {}",
    "tags": "messages with the tags {}",
    "addresses": "from {}",
    "not_addresses": "not from {}",
    "until": "until {}",
    "keyless": "without a key",
    "no_overwrite": "and not overwrite",
}


def who(row: Mapping[str, Any]) -> str:
    """The principal of a row that `decide.who` gives: `billing (pay), huaweicloud_rocketmq i-1`."""
    name = row["name"] or row["principal"]
    known = [row["principal"]] if name != row["principal"] else []
    known += [row["identity"]] if row["identity"] else []
    more = f" ({', '.join(known)})" if known else ""
    return printable(f"{name}{more}, {row['system']} {row['scope']}".rstrip())


def what(row: Mapping[str, Any]) -> str:
    """Action, resource and condition: `publish to topic orders until 2027-01-01T00:00:00Z`."""
    verb = VERBS.get(row["action"], row["action"])
    return " ".join([verb, where(row["resource"]), limits(row["condition"])]).rstrip()


def limits(condition: Mapping[str, Any]) -> str:
    """A condition: `in the consumer groups audit, until 2027-01-01T00:00:00Z`; empty where there is none."""
    texts = (
        LIMITS[key].format(", ".join(value) if isinstance(value, list) else value)
        for key, value in sorted(condition.items())
    )
    return printable(", ".join(texts))


def where(resource: Mapping[str, str]) -> str:
    """A resource: `topic orders`, `objects in bucket backups below logs/`."""
    return printable(_where(resource))


def _where(resource: Mapping[str, str]) -> str:
    if resource["kind"] == "instance":
        return "the instance"
    if resource["kind"] == "object":
        bucket = "every bucket" if resource["bucket"] == "*" else f"bucket {resource['bucket']}"
        return f"objects in {bucket}" + ("" if resource["match"] == "all" else f" below {resource['name']}")
    if resource["match"] == "all":
        return f"every {resource['kind']}, also what is created later"
    return f"{resource['kind']} {resource['name']}"


def why(row: Mapping[str, Any]) -> str:
    """The fields that allow it, and the grants that give them."""
    parts = []
    for reason in row["because"]:
        text = f"{reason['field']} {'not shown' if reason['value'] is None else reason['value']}"
        place = reason["grant"]
        if place:
            line = f", line {place['line']}" if place["line"] else ""
            text += f" (grant {place['number']} of {place['file'] or 'the task'}{line})"
        parts.append(text)
    return printable("; ".join(parts))


def lines(answer: Mapping[str, Any]) -> Iterator[str]:
    """What `decide.who` returned: yes, no or unknown first, then each row with its reason and condition."""
    yield answer["answer"]
    for scope in answer["incomplete"]:
        yield printable(f"Not read whole: {scope['system']} {scope['scope']}: {scope['problem']}")
    last = None
    for row in answer["rows"]:
        if who(row) != last:
            last = who(row)
            yield last
        mark = "  ? " if row["certainty"] == "unknown" else "  "
        yield f"{mark}{what(row)}"
        yield f"      because {why(row)}"
        if row["assumption"]:
            yield f"      {row['certainty']}: {printable(row['assumption'])}"
