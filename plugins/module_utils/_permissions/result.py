# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run of grants did or would do: one row for each grant, counts, and artifacts for the next job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .. import _text as texts
from .._redaction import printable
from .._schema.fields import Time
from .._schema.resource import CREATE, DELETE, NONE, UPDATE
from .plan import OWN
from .run import FAILED, NOT_TRIED, PLANNED, REFUSED, UNCHANGED, WRITTEN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from .._schema.resource import Change, State
    from .grants import Source
    from .permission_set import PermissionSet
    from .plan import Principal
    from .run import SystemPass

FIELDS = ("system", "service_id", "instance_id", "principal", "setup", "state", "owner", "reason", "ticket")
ARTIFACT_FIELDS = ("index", "system", "service_id", "instance_id", "principal", "setup", "state", "action")


def rows(parts: Sequence[SystemPass], additive: bool) -> list[dict[str, Any]]:
    """One row for each grant of the systems that were planned, in the order of the grants."""
    found: list[dict[str, Any]] = []
    for part in parts:
        for principal in part.plan.principals if part.plan else ():
            found.extend(_of_principal(part, principal, additive))
    return sorted(found, key=lambda row: row["index"])


def _of_principal(part: SystemPass, principal: Principal, additive: bool) -> Iterator[dict[str, Any]]:
    system = part.system
    changes = {key: entry.change for key, entry in principal.entries.items()}
    statuses = {key: part.status(change) for key, change in changes.items()}
    before = _before(system, principal.shown)
    after: Any = None
    if system.per_topic:
        app = principal.grants[0].names["app_name"]
        after = dict(before, **{topic: _row(part, change, app) for topic, change in changes.items()})
    elif changes:
        after = _before(system, part.after(changes[""]))
    more = printable(principal.holds_more() or "") if additive else ""
    for grant in principal.grants:
        row = {field: grant.raw[field] for field in FIELDS if field in grant.raw}
        row["state"] = grant.raw.get("state", "present")
        if principal.generation:
            row["principal"] = principal.generation
        existing, now, action = before, after, principal.action
        status, topics = _worst(statuses.values()), None
        if system.per_topic:
            # A grant's own topics; what `exact` takes away elsewhere is shown with the first grant.
            topics = set(grant.permission)
            if grant is principal.grants[0]:
                topics |= {topic for topic in changes if not after[topic]}
            existing, now = ({topic: side[topic] for topic in side if topic in topics} for side in (before, after))
            action = UPDATE if existing != now else NONE
            status = _worst(statuses[topic] for topic in topics if topic in statuses) if action != NONE else UNCHANGED
        if status == NOT_TRIED:
            now = existing
        # What a failed write has changed is not known.
        row.update(
            index=grant.index, before=existing, now=None if status == FAILED else now, action=action, status=status
        )
        row["changed"] = action != NONE and status in (PLANNED, WRITTEN)
        row["before_text"] = _words(system, existing)
        row["now_text"] = "not known" if status == FAILED else _words(system, now, new=action == CREATE)
        row["holds_more"] = more or None
        row["gains"], row["loses"] = _difference(principal, topics) if action == UPDATE else (None, None)
        yield row


def _difference(principal: Principal, topics: Collection[str] | None) -> tuple[str | None, str | None]:
    """What a principal gains and loses, in words; on ROMA Connect, on ``topics``. (None, None) where more than that changes."""
    system, before, after = principal.system, principal.before, principal.after
    if topics is not None:
        before, after = ({topic: side[topic] for topic in topics if topic in side} for side in (before, after))
    if any(before.get(key) != after.get(key) for key in ("expires", "deny")):
        return None, None
    gained, lost = (printable(system.words_beyond(*sides)) for sides in ((after, before), (before, after)))
    return gained or None, lost or None


def _worst(statuses: Iterable[str]) -> str:
    """The status of a grant with several writes: that of the one that went worst."""
    found = set(statuses)
    return next((status for status in (FAILED, NOT_TRIED, WRITTEN, PLANNED) if status in found), UNCHANGED)


def _before(system: PermissionSet, shown: Any) -> Any:
    if shown is None or system.per_topic:
        return shown
    return {option: shown[option] for option in system.fields if option in shown}


def _row(part: SystemPass, change: Change, app: str) -> dict[str, Any] | None:
    """The row of an application on a topic after a change."""
    shown = part.after(change) or {"policies": []}
    for row in shown["policies"]:
        if row["app_name"] == app:
            return {key: row[key] for key in OWN}
    return None


def _words(system: PermissionSet, shown: Any, new: bool = False) -> str:
    if shown is None:
        return "does not exist"
    if not system.per_topic:
        try:
            system.existing(shown)
        except ValueError as error:  # for a principal that no grant names, any field may be missing
            return printable(f"not known: {error}")
    return printable(system.words_of_new(shown) if new else system.words(shown))


def deletions(parts: Sequence[SystemPass]) -> list[dict[str, Any]]:
    """The principals that no grant names and that are deleted, or would be."""
    found = []
    for part in parts:
        for change in part.deletions:
            names = part.system.resource.identify(change.names)
            found.append(
                dict(names, system=part.system.name, action=DELETE, status=part.status(change),
                     permissions=_words(part.system, _shown(part, change.existing)))
            )  # fmt: skip
    return found


def ending(parts: Sequence[SystemPass], at: int, soon: int) -> list[dict[str, Any]]:
    """The principals that grants name, that end within ``soon`` seconds, and that no grant renews."""
    found = []
    for part in parts:
        for principal in part.plan.principals if part.plan else ():
            end = (principal.after or {}).get("expires") if not part.system.per_topic else None
            renewed = any(grant.permission.get("renewal") for grant in principal.grants)
            if end is not None and end <= at + soon and not renewed:
                name = principal.generation or ", ".join(principal.grants[0].names.values())
                found.append(
                    {"system": part.system.name, "principal": name, "expires": Time.iso(end), "ahead": end > at}
                )
    return found


def without_keys(parts: Sequence[SystemPass]) -> Iterator[str]:
    """Yield a warning for the new tokens of a run that does not return keys."""
    names: list[str] = []
    operations = []
    for part in parts:
        if part.system.keys_by:
            new = [change for change in part.run.changing if change.action == CREATE]
            made = [change.names for change in new if part.status(change) in (PLANNED, WRITTEN)]
            names.extend(map(part.system.resource.describe, made))
            operations.extend([part.system.keys_by] if made else [])
    if names:
        yield printable(
            f"New tokens whose keys are not returned, by this run or a later one: {texts.few(names)}. "
            "permissions_return_credentials: true returns them, once, in the run that creates the tokens. Afterwards only "
            f"the service shows them, by {' and '.join(operations)}."
        )


def unmanaged(parts: Sequence[SystemPass]) -> list[dict[str, Any]]:
    """The principals that no grant names and that stay, with what they hold."""
    return [
        dict(part.system.resource.identify(state.names), system=part.system.name,
             permissions=_words(part.system, _shown(part, state)))
        for part in parts for state in part.unmanaged
    ]  # fmt: skip


def _shown(part: SystemPass, state: State | None) -> dict[str, Any] | None:
    return None if state is None else part.system.resource.show(state.names, state.values, state.facts)


def counts(
    found: Sequence[Mapping[str, Any]], gone: Sequence[Mapping[str, Any]], parts: Sequence[SystemPass]
) -> dict[str, int]:
    """How many grants have each status or action, and how many principals are deleted or named by no grant."""
    total = dict.fromkeys(("create", "update", "delete", "unchanged", FAILED, NOT_TRIED.replace(" ", "_"), REFUSED), 0)
    for row in found:
        if row["status"] in (FAILED, NOT_TRIED, REFUSED):
            total[row["status"].replace(" ", "_")] += 1
        else:
            total["unchanged" if row["action"] == NONE else row["action"]] += 1
    for row in gone:
        total[row["status"].replace(" ", "_") if row["status"] in (FAILED, NOT_TRIED) else "delete"] += 1
    total["hold_more"] = sum(1 for row in found if row.get("holds_more") and row["action"] == NONE)
    total["unmanaged"] = sum(len(part.unmanaged) for part in parts)
    return total


def refused(
    rows_given: Sequence[Any],
    problems: Iterable[errors.Problem],
    sources: Sequence[Source],
    parts: Sequence[SystemPass],
) -> list[dict[str, Any]]:
    """Rows of grants when the plan was refused: which were, and what would have become of the others."""
    actions: dict[int, str] = {}
    for principal in (each for part in parts if part.plan for each in part.plan.principals):
        for grant in principal.grants:  # a grant of several generations counts as changed if one of them changes
            actions[grant.index] = principal.action if principal.action != NONE else actions.get(grant.index, NONE)
    wrong: dict[int, list[str]] = {}
    for problem in problems:
        for index in getattr(problem, "indices", ()):
            wrong.setdefault(index, []).append(" ".join(filter(None, (problem.option, problem.message))))
    found = []
    for source, raw in zip(sources, rows_given):
        row = {"index": source.index, "status": REFUSED if source.index in wrong else NOT_TRIED, "changed": False}
        for field in ("system", "service_id", "instance_id", "setup"):
            if isinstance(raw, dict) and isinstance(raw.get(field), str) and len(raw[field]) <= errors.LONGEST_QUOTE:
                row[field] = str(raw[field])
        if source.principal:
            row["principal"] = source.principal
        if source.index in wrong:
            row["problems"] = wrong[source.index]
        found.append(dict(row, action=NONE if source.index in wrong else actions.get(source.index, NONE)))
    return found


def artifacts(
    host: str | None,
    found: Sequence[dict[str, Any]],
    gone: Sequence[dict[str, Any]],
    problems: Sequence[errors.Problem] = (),
    error: str | None = None,
    system: str | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """What the role hands to the next job, without secrets. ``error`` is a message, and ``system`` where it came from."""
    drifted = [_artifact(host, row) for row in found if row["action"] != NONE]
    drifted += [_gone(host, row) for row in gone]
    done = [_artifact(host, row) for row in found if row["action"] != NONE and row["status"] == WRITTEN]
    done += [_gone(host, row) for row in gone if row["status"] == WRITTEN]
    wrong = [
        {"host": host, "system": getattr(p, "system", None), "message": errors.printable(str(p))} for p in problems
    ]
    if error is not None and not problems:
        wrong = [{"host": host, "system": system, "message": errors.printable(error)}]
    return {
        "permissions_drifted": drifted,
        "permissions_changed": done,
        "permissions_refused": wrong,
        "permissions_ending": [],
    }


def _artifact(host: str | None, row: dict[str, Any]) -> dict[str, Any]:
    return dict({field: row[field] for field in ARTIFACT_FIELDS if row.get(field) is not None}, host=host)


def _gone(host: str | None, row: dict[str, Any]) -> dict[str, Any]:
    names = {key: row[key] for key in ("service_id", "instance_id") if row.get(key)}
    principal = next((row[key] for key in ("token_name", "name", "user_name", "token_id") if row.get(key)), None)
    return dict(names, host=host, index=None, system=row["system"], principal=principal, action=DELETE)
