# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ROMA Connect topic access policies: which application may publish and subscribe.

Document: Updating a Topic Permission.
"""

from __future__ import annotations

from .. import _errors as errors
from .. import _text as texts
from .._schema import fields as field_types
from .._schema.resource import Field, Name, Resource, ResourceAPI
from .._transport import pagination
from . import codes
from .provider import PROVIDER

PAGE = 50
TOPICS_A_WRITE = 100
ACCESS = ("all", "pub", "sub")
TEXTS = ("description", "sensitive_word")


def _tag(value):
    """Publish and subscribe tags split by ``&``, tags by ``||``; spaces and order have no meaning."""
    parts = []
    for part in value.split("&"):
        parts.append("||".join(sorted({tag.strip() for tag in part.split("||") if tag.strip()})))
    return "&".join(parts)


def _new_application(value):
    texts.no_wildcard(value, "an application", "give a row for each application")


def _id(value, what):
    if not texts.name_text(value, what).strip():
        raise texts.Refused(f"{what} must not be empty")
    texts.new_name(value, what)  # the service makes these itself, and none like it
    return value


class Policies(field_types.Keyed):
    """A topic's policies by application.

    A row of a task may name its application by id alone, and is found under that id then. What it means only the
    service says, so such rows are brought together with those of the topic in :meth:`RESOURCE.reconcile`.
    """

    def __init__(self):
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

    def spec(self):
        spec = super().spec()
        spec["options"]["app_name"].pop("required")
        spec["options"]["app_id"] = {"type": "str"}
        spec["options"]["app_key"] = {"type": "str", "no_log": False}
        # A default, since Ansible refuses a None that it set itself where topics share their rows.
        spec["options"]["state"] = {"type": "str", "choices": ["present", "absent"], "default": "present"}
        spec["required_one_of"] = [["app_name", "app_id"]]
        return spec

    def key_of(self, row):
        if not row.get("app_name") and row.get("app_id"):
            return _id(row["app_id"], "app_id")
        return super().key_of(row)

    def desired_row(self, row):
        desired = {"app_name": row.get("app_name") or None, "absent": row.get("state") == "absent"}
        for option in ("app_id", "app_key"):  # sent as they are
            if row.get(option):
                try:
                    _id(row[option], "it")
                except texts.Refused as error:
                    raise texts.Refused(str(error), f".{option}") from None
                desired[option] = row[option]
        return dict(desired, **super().desired_row(row))

    def merge(self, existing, desired, purge):
        return {
            key: row for key, row in desired.items() if not row["absent"]
        }  # for check_new(); reconcile() has the rest

    def diff(self, value):
        """One line an application: `billing: sub, tag v2`."""
        return {app: ", ".join(_words(value[app])) for app in sorted(value)}


def _words(row):
    yield row["access_policy"]
    if row["tag"]:
        yield "tag {}".format(row["tag"])
    if row["owner"]:
        yield "owner"


POLICIES = Policies()


class Applications:
    """Who the rows of a topic belong to, and which applications there are."""

    __slots__ = ("detailed", "listed", "shown")

    def __init__(self, shown):
        self.shown = shown  # application -> what its row has as `user_name`: an id or a key
        self.listed = ()  # rows of the list of applications, where it was needed
        self.detailed = False  # the topic's texts were read

    def name(self, app_id):
        """The application that an id, or a key, stands for; ``None`` where there is none."""
        names = [app for app, user in self.shown.items() if user == app_id]
        return (names + [row["name"] for row in self.listed if app_id in (row["id"], row.get("key"))] + [None])[0]


RESOURCE = Resource(
    name="topic",
    plural="topics",
    label="ROMA topic",
    provider=PROVIDER,
    service="roma",
    operation="UpdateTopicAccessPolicy",
    reading="ShowMqsInstanceTopicAccessPolicy",
    scope=(Name("instance_id", required=True, path=True),),
    identity=(Name("name", path=True),),
    fields=(
        Field("policies", POLICIES, "policies"),
        # Only ListMqsInstanceTopics returns these two, so they are read when they are named, or for a write.
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
    resource = RESOURCE

    def reconcile(self, desired, existing, planned):
        if "policies" not in desired.values:
            return planned
        held, named = existing.values["policies"], self._named(desired.values["policies"], existing.raw)
        policies = {} if desired.purge else dict(held)
        if desired.purge and not desired.options.get("purge_owner"):
            policies.update((app, row) for app, row in held.items() if row["owner"])
        for app, desired in named.items():
            if desired["absent"]:
                policies.pop(app, None)
                continue
            row = {column.option: desired[column.option] for column in POLICIES.columns if column.option in desired}
            policies[app] = {"owner": False, "tag": "", **held.get(app, {}), **row}
            if "access_policy" not in policies[app]:
                raise texts.Refused(f"application {app} has no policy on it yet, so access_policy is needed")
        return dict(planned, policies=policies)

    @staticmethod
    def _named(rows, applications):
        """The rows of a task by the name that their application has on the topic."""
        named, problems = {}, []
        for key, row in rows.items():
            name = row["app_name"] or applications.name(key)
            if name in named:
                problems.append(f"application {name} is named twice, by name and by id")
            elif name:
                named[name] = row
            elif not row["absent"]:  # nothing is there to be taken away
                problems.append(f"the instance has no application with app_id {key}")
        if problems:
            raise texts.Refused("policies: " + "; ".join(problems))
        return named

    def group(self, change):
        # An addition goes by the call for additions, which takes one topic.
        return (change.names["instance_id"], change.names["name"] if _only_adds(change) else None)

    def get(self, desired, full):
        states = self.client.each(lambda entry: self._read_one(entry.names), desired)
        detailed = [
            state
            for entry, state in zip(desired, states)
            if state is not None and (full or "description" in entry.values or "sensitive_word" in entry.values)
        ]
        self._add_details(detailed)
        for entry, state in zip(desired, states):
            by_id = [key for key, row in entry.values.get("policies", {}).items() if not row.get("app_name", key)]
            if state is not None and not all(state.raw.name(app_id) for app_id in by_id):
                state.raw.listed = self._applications(state.names["instance_id"])
        return states

    def list(self, scope):
        rows = self._topics(scope["instance_id"])
        names = [dict(scope, name=row["name"]) for row in rows]
        states = self.client.each(self._read_one, names)
        for row, state in zip(rows, states):
            if state is None:
                raise errors.ResponseError("topic {} went while the topics were read".format(row["name"]))
            self._set_details(state, row)
        return states

    def _read_one(self, names):
        path = ("mqs", "instances", names["instance_id"], "topics", names["name"], "accesspolicy")

        def fetch(offset, limit):
            return self.client.page("ShowMqsInstanceTopicAccessPolicy", path, "policies", None, offset, limit)

        def key(row):
            for option in ("app_name", "user_name"):
                if row.get(option) and not isinstance(row[option], str):
                    raise errors.ResponseError(
                        "the response for topic {} has an unusable {}".format(names["name"], option)
                    )
            return row.get("app_name") or self._application_name(names["instance_id"], row.get("user_name"))

        try:
            rows = pagination.Pages(1, fetch, PAGE, key, "policies of " + names["name"]).all()
        except errors.RequestError as error:
            # No error code is published for it: only the list says that a topic does not exist.
            if error.kind != errors.INVALID or error.status not in (400, 404) or self._exists(names):
                raise
            return None
        policies = [dict(row, app_name=app) for app, row in rows.items()]
        state = self.resource.parse({"policies": policies}, dict(names))
        state.raw = Applications({app: row.get("user_name") for app, row in rows.items()})
        return state

    def _exists(self, names):
        return any(row["name"] == names["name"] for row in self._topics(names["instance_id"], names["name"]))

    def _topics(self, instance_id, name=None):
        """Rows of the topic list, which comes whole unless a limit is asked for."""
        query = [("name", name)] if name else []
        response = self.client.call("ListMqsInstanceTopics", "GET", ("mqs", "instances", instance_id, "topics"), query)
        rows = pagination.rows(response, "topics", "name")
        if not name and isinstance(response.get("total"), int) and response["total"] != len(rows):
            raise errors.ResponseError(f"the topic list holds {len(rows)} rows but states {response['total']}")
        return rows

    def _add_details(self, states):
        by_instance = {}
        for state in states:
            by_instance.setdefault(state.names["instance_id"], []).append(state)
        for instance_id, group in by_instance.items():
            rows = self._topics(instance_id, group[0].names["name"] if len(group) == 1 else None)
            by_name = {row["name"]: row for row in rows}
            for state in group:
                self._set_details(state, by_name.get(state.names["name"], {}))

    def _set_details(self, state, row):
        state.values.update(self.resource.parse(row, state.names, skip=("policies",)).values)
        state.raw.detailed = True

    def _applications(self, instance_id):
        """Every application of an instance that the credentials see; read once a self.client."""

        def fetch(offset, limit):
            rows, total = self.client.page(
                "ListRomaApp", ("instances", instance_id, "apps"), "apps", "id", offset, limit
            )
            for row in rows:
                self.client.secrets.add(row.get("secret"))
                if not isinstance(row.get("name"), str):
                    row["name"] = None  # an application that cannot be named, whatever came instead
            return rows, total

        return self.client.once(
            ("apps", instance_id),
            lambda: list(
                pagination.Pages(self.client.concurrency, fetch, PAGE, lambda row: row["id"], "applications")
                .all()
                .values()
            ),
        )

    def _application_name(self, instance_id, user):
        """The name of a row's application, which the row does not say."""
        if not user:
            raise errors.ResponseError("a policy has neither the name of an application nor its id")
        found = Applications({})
        found.listed = self._applications(instance_id)
        # One that is deleted, or not for these credentials to see, keeps its row under its id.
        return found.name(user) or user

    def prepare(self, changes):
        """What the write sends beyond the policies: the two texts, and who the applications are."""
        lacking = [change.existing for change in changes if not set(TEXTS) <= set(change.planned)]
        self._add_details([state for state in lacking if not state.raw.detailed])
        problems = []
        for change in changes:
            change.extra = {}
            for app, given in self._whose(change):
                try:
                    change.extra[app] = given if "app_id" in given else self._new(app, given, change, changes)
                except texts.Refused as error:
                    problems.append(errors.Problem(change.desired.position, str(error), "policies"))
        if problems:
            raise errors.TaskError(problems)

    def _whose(self, change):
        """Each application that a write names, with what is known of who it is."""
        named = self._named(change.desired.values.get("policies", {}), change.existing.raw)
        for app in change.planned["policies"]:
            row = named.get(app, {})
            given = {"app_key": row["app_key"]} if "app_key" in row else {}
            if change.existing.raw.shown.get(app):
                given["app_id"] = change.existing.raw.shown[app]  # a row that is there keeps what it was read with
            elif "app_id" in row and row["app_name"]:
                given["app_id"] = row["app_id"]
            elif "app_id" in row:
                given["listed_as"] = row["app_id"]
            yield app, given

    def _new(self, app, given, change, changes):
        """Who an application is that is new on a topic: its id, or its key where the rows that were read show keys."""
        listed = self._applications(change.names["instance_id"])
        listed_as = given.pop("listed_as", None)
        found = [row for row in listed if row["name"] == app and listed_as in (None, row["id"], row.get("key"))]
        if len(found) != 1:
            text = f"the instance shows {len(found) or 'no'} application{'s'[: len(found)]} {app} to these credentials"
            raise texts.Refused(text + "; give its app_id too")
        same = [other for other in changes if other.names["instance_id"] == change.names["instance_id"]]
        shown = _shown_by(listed, [change]) or _shown_by(listed, same)
        row = found[0]
        usable = isinstance(row.get("key"), str) and row["key"]
        # The call for additions is documented with the key, the other one with the id.
        return dict(
            given,
            app_id=row["key"] if shown == "key" and usable else row["id"],
            added_as=row["id"] if shown == "id" or not usable else row["key"],
        )

    def update(self, changes):
        if len(changes) == 1 and _only_adds(changes[0]) and self._add(changes[0]):
            return
        topics = []
        for change in changes:
            texts = {option: change.existing.values[option] for option in TEXTS if option in change.existing.values}
            topic = dict(self.resource.payload(dict(texts, **change.planned)), name=change.names["name"])
            for row in topic["policies"]:
                row.update(
                    (key, change.extra[row["app_name"]][key])
                    for key in ("app_id", "app_key")
                    if key in change.extra[row["app_name"]]
                )
            topics.append(topic)
        path = ("mqs", "instances", changes[0].names["instance_id"], "topics", "accesspolicy")
        self.client.call("UpdateTopicAccessPolicy", "POST", path, body={"topics": topics})

    def _add(self, change):
        """Add rows and leave the others, so that nobody else's are lost; whether this region has the call for it."""
        operation = "BatchAddTopicAccessPolicy"
        if operation in self.client.not_offered:
            return False
        rows = []
        for row in self.resource.payload(
            {"policies": {app: change.planned["policies"][app] for app in _new_rows(change)}}
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


def _new_rows(change):
    return [app for app in change.planned["policies"] if app not in change.existing.values["policies"]]


def _only_adds(change):
    """Whether a change adds rows of applications that are new on the topic, and does nothing else."""
    held, planned = change.existing.values["policies"], change.planned["policies"]
    kept = all(planned.get(app) == row for app, row in held.items())
    return (
        not change.desired.purge
        and set(change.after) == {"policies"}
        and kept
        and not any(planned[app]["owner"] for app in _new_rows(change))
    )


def _shown_by(listed, changes):
    """Whether the rows that were read show their applications by "id" or by "key"; ``None`` where they do not tell."""
    users = {user for change in changes for user in change.existing.raw.shown.values() if user}
    ids, keys = (users & {row.get(key) for row in listed if isinstance(row.get(key), str)} for key in ("id", "key"))
    return "id" if ids else "key" if keys else None
