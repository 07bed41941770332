# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ROMA Connect topic access policies: which application may publish and subscribe.

Documents (ROMA Connect): Updating a Topic Permission; Querying a Topic Permission, Querying Topics, Querying
Applications, and Adding Topic Permissions in Batches.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .. import _text as texts
from .._schema import fields as field_types
from .._schema.resource import Field, Name, Resource, ResourceAPI
from .._transport import pagination
from . import codes
from .provider import PROVIDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._schema.resource import Change, Desired, Names, State, Values
    from .provider import HuaweiCloudClient

PAGE = 50  # rows
TOPICS_A_WRITE = 100
ACCESS = ("all", "pub", "sub")
TEXTS = ("description", "sensitive_word")


def _tag(value: str) -> str:
    """A tag in one form. Publish and subscribe tags are separated by ``&``, tags by ``||``; order means nothing."""
    parts = []
    for part in value.split("&"):
        parts.append("||".join(sorted({tag.strip() for tag in part.split("||") if tag.strip()})))
    return "&".join(parts)


def _new_application(value: str) -> None:
    texts.no_wildcard(value, "an application", "give a row for each application")


def _id(value: str, what: str) -> str:
    """``value`` when it can be an id or a key of an application, which the service makes; else Refused."""
    if not texts.name_text(value, what).strip():
        raise texts.Refused(f"{what} must not be empty")
    texts.new_name(value, what)
    return value


class Policies(field_types.Keyed):
    """The policies of a topic, by the name of the application.

    A task may name an application by its id alone. Its row then has the id as its key, until
    :meth:`RomaTopicPolicyAPI.reconcile` replaces it by the name, which only the service knows.
    """

    def __init__(self) -> None:
        super().__init__(
            "app_name",
            (
                Field("access_policy", field_types.Text(choices=ACCESS), "access_policy"),
                Field("owner", field_types.Flag(), "owner"),
                Field("tag", field_types.Text(canonical=_tag), "tag"),
            ),
            check_key=_new_application,
            example="billing",
        )
        self.row_keys = ("app_name", "app_id")

    def spec(self) -> dict[str, Any]:
        spec: dict[str, Any] = super().spec()
        spec["options"]["app_name"].pop("required")
        spec["options"]["app_id"] = {"type": "str"}
        spec["options"]["app_key"] = {"type": "str", "no_log": False}
        # It has a default because topics may share a list of rows (a YAML anchor): Ansible would set None in it for the
        # first topic, and refuse that for the second one.
        spec["options"]["state"] = {"type": "str", "choices": ["present", "absent"], "default": "present"}
        spec["required_one_of"] = [["app_name", "app_id"]]
        return spec

    def key_of(self, row: Mapping[str, Any]) -> str:
        if not row.get("app_name") and row.get("app_id"):
            return _id(row["app_id"], "app_id")
        key: str = super().key_of(row)
        return key

    def desired_row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        desired: dict[str, Any] = {"app_name": row.get("app_name") or None, "absent": row.get("state") == "absent"}
        for option in ("app_id", "app_key"):  # sent unchanged
            if row.get(option):
                try:
                    _id(row[option], "it")
                except texts.Refused as error:
                    raise texts.Refused(str(error), f".{option}") from None
                desired[option] = row[option]
        return dict(desired, **super().desired_row(row))

    def merge(self, existing: Any, desired: Mapping[str, Any], purge: bool) -> dict[str, Any]:
        # Only what check_new() needs: the rows are merged in RomaTopicPolicyAPI.reconcile().
        return {key: row for key, row in desired.items() if not row["absent"]}

    def diff(self, value: Mapping[str, Any]) -> dict[str, str]:
        """One line an application: `billing: sub, tag v2`."""
        return {app: ", ".join(_words(value[app])) for app in sorted(value)}


def _words(row: Mapping[str, Any]) -> Iterator[str]:
    yield row["access_policy"]
    if row["tag"]:
        yield "tag {}".format(row["tag"])
    if row["owner"]:
        yield "owner"


POLICIES = Policies()


class Applications:
    """What was read of a topic beside its fields: which application each row belongs to, and all applications."""

    __slots__ = ("detailed", "listed", "shown")

    def __init__(self, shown: Mapping[str, str | None]) -> None:
        self.shown = shown  # name of the application -> `user_name` of its row, which is its id or its key
        self.listed: Sequence[pagination.Row] = ()  # rows of ListRomaApp, where they were needed
        self.detailed = False  # description and sensitive_word of the topic were read too

    def name(self, app_id: str) -> str | None:
        """The name of the application that has this id or key; ``None`` where none has."""
        names = [app for app, user in self.shown.items() if user == app_id]
        listed = [row["name"] for row in self.listed if app_id in (row["id"], row.get("key"))]
        found: str | None = (names + listed + [None])[0]
        return found


RESOURCE = Resource(
    name="topic",
    plural="topics",
    label="ROMA topic",
    provider=PROVIDER,
    service="roma",
    operation="UpdateTopicAccessPolicy",
    read_operation="ShowMqsInstanceTopicAccessPolicy",
    scope=(Name("instance_id", required=True, path=True),),
    identity=(Name("name", path=True),),
    fields=(
        Field("policies", POLICIES, "policies"),
        # Only ListMqsInstanceTopics returns these two, so they are read when a task names them, or for a write.
        Field("description", field_types.Text(), "description", fill=False),
        Field("sensitive_word", field_types.Text(), "sensitive_word", fill=False),
    ),
    options={"purge_owner": {"type": "bool"}},
    batch=TOPICS_A_WRITE,
    missing_hint="Check name and instance_id. Topics are not created here.",
    ignored_hint="Where the service does not show an application that was added, name it in the task by its key, as app_id: "
    "some instances know applications by id, others by key.",
)


class RomaTopicPolicyAPI(ResourceAPI):
    """Reads and writes the policies of topics. A write sends all policies of up to 100 topics of one instance."""

    resource = RESOURCE
    client: HuaweiCloudClient

    def reconcile(self, desired: Desired, existing: State, planned: Values) -> Values:
        if "policies" not in desired.values:
            return planned
        before, named = existing.values["policies"], self._named(desired.values["policies"], existing.raw)
        policies = {} if desired.purge else dict(before)
        if desired.purge and not desired.options.get("purge_owner"):
            policies.update((app, row) for app, row in before.items() if row["owner"])
        for app, asked in named.items():
            if asked["absent"]:
                policies.pop(app, None)
                continue
            row = {column.option: asked[column.option] for column in POLICIES.columns if column.option in asked}
            policies[app] = {"owner": False, "tag": "", **before.get(app, {}), **row}
            if "access_policy" not in policies[app]:
                raise texts.Refused(f"application {app} has no policy on this topic yet, so access_policy is needed")
        return dict(planned, policies=policies)

    @staticmethod
    def _named(rows: Mapping[str, dict[str, Any]], applications: Applications) -> dict[str, dict[str, Any]]:
        """The rows of a task by the name of their application; Refused for an id that no application has."""
        named: dict[str, dict[str, Any]] = {}
        problems = []
        for key, row in rows.items():
            name = row["app_name"] or applications.name(key)
            if name in named:
                problems.append(f"application {name} is named twice, by name and by id")
            elif name:
                named[name] = row
            elif not row["absent"]:  # a row that does not exist need not be removed
                problems.append(f"the instance has no application with app_id {key}")
        if problems:
            raise texts.Refused("policies: " + "; ".join(problems))
        return named

    def group(self, change: Change) -> tuple[Any, ...]:
        # A change that only adds rows has an operation of its own, which takes one topic.
        return (change.names["instance_id"], change.names["name"] if _only_adds(change) else None)

    def get(self, desired: Sequence[Desired], full: bool) -> builtins.list[State | None]:
        states = self.read_each(lambda entry: self._read_one(entry.names), desired)
        detailed = [
            state
            for entry, state in zip(desired, states)
            if state is not None and (full or "description" in entry.values or "sensitive_word" in entry.values)
        ]
        for topic, values in zip(detailed, self._texts([topic.names for topic in detailed])):
            _add_texts(topic, values)
        for entry, state in zip(desired, states):
            by_id = [key for key, row in entry.values.get("policies", {}).items() if not row.get("app_name", key)]
            if state is not None and not all(state.raw.name(app_id) for app_id in by_id):
                state.raw.listed = self._applications(state.names["instance_id"])
        return states

    def list(self, scope: Names) -> builtins.list[State]:
        rows = self._topics(scope["instance_id"])
        names = [dict(scope, name=row["name"]) for row in rows]
        states = self.read_each(self._read_one, names)
        found = []
        for row, state in zip(rows, states):
            if state is None:
                raise errors.ResponseError("topic {} was deleted while the topics were read".format(row["name"]))
            _add_texts(state, self._texts_of(row, state.names))
            found.append(state)
        return found

    def _read_one(self, names: Mapping[str, str]) -> State | None:
        """The policies of one topic; ``None`` for a topic that does not exist."""
        path = ("mqs", "instances", names["instance_id"], "topics", names["name"], "accesspolicy")

        def fetch(offset: int, limit: int) -> tuple[list[pagination.Row], Any]:
            return self.client.page("ShowMqsInstanceTopicAccessPolicy", path, "policies", None, offset, limit)

        def key(row: pagination.Row) -> str:
            for option in ("app_name", "user_name"):
                if row.get(option) and not isinstance(row[option], str):
                    raise errors.ResponseError(
                        "the response for topic {} has an unusable {}".format(names["name"], option)
                    )
            name: str = row.get("app_name") or self._application_name(names["instance_id"], row.get("user_name"))
            return name

        try:
            rows = pagination.Pages(1, fetch, PAGE, key, "policies of " + names["name"]).all()
        except errors.RequestError as error:
            # No error code is published that says that a topic does not exist: the list of topics tells.
            if error.kind != errors.INVALID or error.status not in (400, 404) or self._exists(names):
                raise
            return None
        policies = [dict(row, app_name=app) for app, row in rows.items()]
        state = self.resource.parse({"policies": policies}, dict(names))
        state.raw = Applications({app: row.get("user_name") for app, row in rows.items()})
        return state

    def _exists(self, names: Mapping[str, str]) -> bool:
        return any(row["name"] == names["name"] for row in self._topics(names["instance_id"], names["name"]))

    def _topics(self, instance_id: str, name: str | None = None) -> builtins.list[pagination.Row]:
        """Rows of the list of topics, which has no pages as long as no limit is sent."""
        query = [("name", name)] if name else []
        response = self.client.call("ListMqsInstanceTopics", "GET", ("mqs", "instances", instance_id, "topics"), query)
        rows = pagination.rows(response, "topics", "name")
        if not name and isinstance(response.get("total"), int) and response["total"] != len(rows):
            raise errors.ResponseError(f"the topic list holds {len(rows)} rows but states {response['total']}")
        return rows

    def _texts(self, topics: Sequence[Names]) -> builtins.list[Values]:
        """description and sensitive_word of these topics."""
        by_instance: dict[str, list[str]] = {}
        for names in topics:
            by_instance.setdefault(names["instance_id"], []).append(names["name"])
        rows = {
            (instance_id, row["name"]): row
            for instance_id, group in by_instance.items()
            for row in self._topics(instance_id, group[0] if len(group) == 1 else None)
        }
        return [self._texts_of(rows.get((names["instance_id"], names["name"]), {}), names) for names in topics]

    def _texts_of(self, row: Mapping[str, Any], names: Names) -> Values:
        return self.resource.parse(row, names, skip=("policies",)).values

    def _applications(self, instance_id: str) -> builtins.list[pagination.Row]:
        """Every application of an instance that these credentials may see; read at most once a run."""

        def fetch(offset: int, limit: int) -> tuple[list[pagination.Row], Any]:
            rows, total = self.client.page(
                "ListRomaApp", ("instances", instance_id, "apps"), "apps", "id", offset, limit
            )
            for row in rows:
                self.client.secrets.add(row.get("secret"))
                if not isinstance(row.get("name"), str):
                    row["name"] = None  # an unusable name: nothing can refer to this application by name
            return rows, total

        return self.client.once(
            ("apps", instance_id),
            lambda: list(
                pagination.Pages(self.client.concurrency, fetch, PAGE, lambda row: row["id"], "applications")
                .all()
                .values()
            ),
        )

    def _application_name(self, instance_id: str, user: str | None) -> str:
        """The name of the application of a row that has no name, by its ``user_name``, which is an id or a key."""
        if not user:
            raise errors.ResponseError("a policy has neither the name of an application nor its id")
        found = Applications({})
        found.listed = self._applications(instance_id)
        # An application that is deleted, or that these credentials may not see, keeps its row: named by its id.
        return found.name(user) or user

    def prepare(self, changes: Sequence[Change]) -> None:
        """Read what a write sends beside the policies: the two texts, and the ids and keys of the applications.

        The texts go into each change's ``filled``, the others into its ``extra``: application -> ``app_id``,
        ``app_key``, ``added_as``.
        """
        lacking = [
            change
            for change in changes
            if not _applications(change).detailed and any(option not in change.planned_values for option in TEXTS)
        ]
        for change, values in zip(lacking, self._texts([change.names for change in lacking])):
            change.filled.update(values)
        problems = []
        for change in changes:
            change.extra = {}
            for app, known in self._whose(change):
                try:
                    change.extra[app] = known if "app_id" in known else self._new(app, known, change, changes)
                except texts.Refused as error:
                    problems.append(errors.Problem(change.desired.position, str(error), "policies"))
        if problems:
            raise errors.TaskError(problems)

    def _whose(self, change: Change) -> Iterator[tuple[str, dict[str, str]]]:
        """Each application that a write names, with what the task or the topic says of its id and key."""
        named = self._named(change.desired.values.get("policies", {}), _applications(change))
        for app in change.planned_values["policies"]:
            row = named.get(app, {})
            known = {"app_key": row["app_key"]} if "app_key" in row else {}
            user = _applications(change).shown.get(app)
            if user:
                known["app_id"] = user  # an existing row is sent back as it was read
            elif "app_id" in row and row["app_name"]:
                known["app_id"] = row["app_id"]
            elif "app_id" in row:
                known["listed_as"] = row["app_id"]
            yield app, known

    def _new(self, app: str, known: dict[str, str], change: Change, changes: Sequence[Change]) -> dict[str, str]:
        """The id and key to send for an application that is new on a topic.

        Documents differ on whether ``app_id`` is the id or the key: it is what the rows that were read show, else the
        id. Refused when the list has no such application, or several.
        """
        listed = self._applications(change.names["instance_id"])
        known = dict(known)
        listed_as = known.pop("listed_as", None)
        found = [row for row in listed if row["name"] == app and listed_as in (None, row["id"], row.get("key"))]
        if len(found) != 1:
            like = texts.did_you_mean(app, [row["name"] for row in listed if row["name"]])
            text = f"the instance shows {len(found) or 'no'} application{'s'[: len(found)]} {app} to these credentials{like}"
            raise texts.Refused(text + "; if it exists, give its app_id too")
        same = [other for other in changes if other.names["instance_id"] == change.names["instance_id"]]
        shown = _shown_by(listed, [change]) or _shown_by(listed, same)
        row = found[0]
        usable = isinstance(row.get("key"), str) and row["key"]
        # By the documents, the operation that adds rows takes the key, the other one the id.
        return dict(
            known,
            app_id=row["key"] if shown == "key" and usable else row["id"],
            added_as=row["id"] if shown == "id" or not usable else row["key"],
        )

    def update(self, changes: Sequence[Change]) -> None:
        if len(changes) == 1 and _only_adds(changes[0]) and self._add(changes[0]):
            return
        topics = []
        for change in changes:
            existing = change.existing_values
            values = {option: existing[option] for option in TEXTS if option in existing}
            topic = dict(self.resource.payload(dict(values, **change.planned_values)), name=change.names["name"])
            for row in topic["policies"]:
                row.update(
                    (key, change.extra[row["app_name"]][key])
                    for key in ("app_id", "app_key")
                    if key in change.extra[row["app_name"]]
                )
            topics.append(topic)
        path = ("mqs", "instances", changes[0].names["instance_id"], "topics", "accesspolicy")
        self.client.call("UpdateTopicAccessPolicy", "POST", path, body={"topics": topics})

    def _add(self, change: Change) -> bool:
        """Add rows and leave the others alone, so that no other writer's are lost.

        Returns False, and has changed nothing, where this region does not have the operation.
        """
        operation = "BatchAddTopicAccessPolicy"
        if operation in self.client.not_offered:
            return False
        rows = []
        for row in self.resource.payload(
            {"policies": {app: change.planned_values["policies"][app] for app in _new_rows(change)}}
        )["policies"]:
            who = change.extra[row["app_name"]]
            row["user_name"] = who.get("added_as", who["app_id"])
            del row["owner"]
            rows.append(row)
        names = change.names
        path = ("mqs", "instances", names["instance_id"], "topics", names["name"], "access-policies", "batch-add")
        try:
            self.client.call(operation, "POST", path, body={"policies": rows})
        except errors.RequestError as error:
            if not codes.not_offered(error):
                raise
            self.client.not_offered.add(operation)
            return False
        return True


def _add_texts(state: State, values: Values) -> None:
    state.values.update(values)
    state.raw.detailed = True


def _applications(change: Change) -> Applications:
    existing: Any = change.existing  # topics are not created
    applications: Applications = existing.raw
    return applications


def _new_rows(change: Change) -> list[str]:
    existing = change.existing_values["policies"]
    return [app for app in change.planned_values["policies"] if app not in existing]


def _only_adds(change: Change) -> bool:
    """Whether a change adds rows of applications that are new on the topic, and does nothing else."""
    existing, planned = change.existing_values["policies"], change.planned_values["policies"]
    kept = all(planned.get(app) == row for app, row in existing.items())
    return (
        not change.desired.purge
        and set(change.after) == {"policies"}
        and kept
        and not any(planned[app]["owner"] for app in _new_rows(change))
    )


def _shown_by(listed: Sequence[pagination.Row], changes: Sequence[Change]) -> str | None:
    """Whether the rows that were read have an application's "id" or its "key"; ``None`` where they do not tell."""
    users = {user for change in changes for user in _applications(change).shown.values() if user}
    ids, keys = (users & {row.get(key) for row in listed if isinstance(row.get(key), str)} for key in ("id", "key"))
    return "id" if ids else "key" if keys else None
