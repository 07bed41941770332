# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not import it from elsewhere.

"""ROMA Connect topic access policies: which application may publish and subscribe.

Document: Updating a Topic Permission.
"""

from __future__ import annotations

from .. import _errors as errors
from .. import _kinds as kinds
from .. import _reading as reading
from .._resource import Field, Name, Resource
from . import client as provider

PAGE = 50
TOPICS_A_WRITE = 100
ACCESS = ("all", "pub", "sub")
BY_ID = "id:"  # stands before a key until the application's name is known; no name holds a colon first


def _tag(value):
    """Publish and subscribe tags split by ``&``, tags by ``||``; spaces and order have no meaning."""
    parts = []
    for part in value.split("&"):
        parts.append("||".join(sorted({tag.strip() for tag in part.split("||") if tag.strip()})))
    return "&".join(parts)


def _new_application(value):
    kinds.no_wildcard(value, "an application", "give a row for each application")


def _id(value, what):
    if not kinds.name_text(value, what).strip():
        raise kinds.Refused(f"{what} must not be empty")
    kinds.new_name(value, what)  # the service makes these itself, and none like it
    return value


class Policies(kinds.Keyed):
    """A topic's policies by application. A row of a task may name its application by id alone."""

    def __init__(self):
        super().__init__(
            "app_name",
            (
                Field("access_policy", kinds.Text(choices=ACCESS), "access_policy"),
                Field("owner", kinds.Flag(), "owner"),
                Field("tag", kinds.Text(canonical=_tag), "tag"),
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
            return BY_ID + _id(row["app_id"], "app_id")
        return super().key_of(row)

    def wanted_row(self, row):
        for option in ("app_id", "app_key"):  # sent as they are
            if row.get(option):
                try:
                    _id(row[option], "it")
                except kinds.Refused as error:
                    raise kinds.Refused(str(error), f".{option}") from None
        return None if row.get("state") == "absent" else super().wanted_row(row)

    def diff(self, value):
        """One line an application: `billing: sub, tag v2`."""
        return {app: ", ".join(_words(value[app])) for app in sorted(value)}


def _words(row):
    yield row["access_policy"]
    if row["tag"]:
        yield "tag {}".format(row["tag"])
    if row["owner"]:
        yield "owner"


class RomaTopicPolicy(Resource):
    name = "topic"
    plural = "topics"
    label = "ROMA topic"
    provider = provider
    service = "roma"
    operation = "UpdateTopicAccessPolicy"
    reading = "ShowMqsInstanceTopicAccessPolicy"
    scope = (Name("instance_id", required=True, path=True),)
    identity = (Name("name", path=True),)
    fields = (
        Field("policies", Policies(), "policies"),
        # Only ListMqsInstanceTopics returns these two, so they are read when they are named, or for a write.
        Field("description", kinds.Text(), "description", fill=False),
        Field("sensitive_word", kinds.Text(), "sensitive_word", fill=False),
    )
    options = {"purge_owner": {"type": "bool"}}
    batch = TOPICS_A_WRITE
    missing_hint = "Check name and instance_id. Topics are not created here."

    # -- rules ---------------------------------------------------------------------------------

    def settle(self, wanted, current, target):
        if "policies" not in wanted.values:
            return target
        policies = dict(target["policies"])
        if wanted.purge and not wanted.options.get("purge_owner"):
            for app, row in current.values.get("policies", {}).items():
                if row["owner"] and app not in policies and app not in wanted.values["policies"]:
                    policies[app] = row
        for app, row in policies.items():
            if "access_policy" not in row:
                raise kinds.Refused(f"application {app} has no policy on it yet, so access_policy is needed")
            policies[app] = dict({"owner": False, "tag": ""}, **row)
        return dict(target, policies=policies)

    def group(self, change):
        return change.names["instance_id"]

    # -- reading -------------------------------------------------------------------------------

    def read_scope(self, client, wanted, full):
        states = client.each(lambda entry: self._read_one(client, entry.names), wanted)
        detailed = [
            state
            for entry, state in zip(wanted, states)
            if state is not None and (full or "description" in entry.values or "sensitive_word" in entry.values)
        ]
        self._add_details(client, detailed)
        self._name_applications(client, [pair for pair in zip(wanted, states) if pair[1] is not None])
        return states

    def read_all(self, client, scope):
        rows = self._topics(client, scope["instance_id"])
        names = [dict(scope, name=row["name"]) for row in rows]
        states = client.each(lambda each_names: self._read_one(client, each_names), names)
        for row, state in zip(rows, states):
            if state is None:
                raise errors.AnswerError("topic {} went while the topics were read".format(row["name"]))
            self._set_details(state, row)
        return states

    def _read_one(self, client, names):
        def fetch(offset, limit):
            answer = client.call(
                "ShowMqsInstanceTopicAccessPolicy",
                "GET",
                ("mqs", "instances", names["instance_id"], "topics", names["name"], "accesspolicy"),
                [("offset", offset), ("limit", limit)],
            )
            return reading.rows(answer, "policies"), answer.get("total")

        def key(row):
            name = row.get("app_name")
            if name and not isinstance(name, str):
                raise errors.AnswerError("the answer for topic {} has an unusable app_name".format(names["name"]))
            return name or self._application_name(client, names["instance_id"], row.get("user_name"))

        try:
            rows = reading.Pages(1, fetch, PAGE, key, "policies of " + names["name"]).all()
        except errors.CallError as error:
            # No error code is published for it: only the list says that a topic does not exist.
            if error.kind != errors.INVALID or error.status not in (400, 404) or self._exists(client, names):
                raise
            return None
        policies = [dict(row, app_name=app) for app, row in rows.items()]
        state = self.parse({"policies": policies}, dict(names))
        state.raw = {app: row.get("user_name") for app, row in rows.items()}
        return state

    def _exists(self, client, names):
        return any(row["name"] == names["name"] for row in self._topics(client, names["instance_id"], names["name"]))

    def _topics(self, client, instance_id, name=None):
        """Rows of the topic list, which comes whole unless a limit is asked for."""
        query = [("name", name)] if name else []
        answer = client.call("ListMqsInstanceTopics", "GET", ("mqs", "instances", instance_id, "topics"), query)
        rows = reading.rows(answer, "topics", "name")
        if not name and isinstance(answer.get("total"), int) and answer["total"] != len(rows):
            raise errors.AnswerError(f"the topic list holds {len(rows)} rows but states {answer['total']}")
        return rows

    def _add_details(self, client, states):
        by_instance = {}
        for state in states:
            by_instance.setdefault(state.names["instance_id"], []).append(state)
        for instance_id, group in by_instance.items():
            rows = self._topics(client, instance_id, group[0].names["name"] if len(group) == 1 else None)
            by_name = {row["name"]: row for row in rows}
            for state in group:
                self._set_details(state, by_name.get(state.names["name"], {}))

    def _set_details(self, state, row):
        state.values.update(self.parse(row, state.names, skip=("policies",)).values)

    # -- applications --------------------------------------------------------------------------

    def _applications(self, client, instance_id):
        """Every application of an instance that the credentials see; read once a client."""

        def fetch(offset, limit):
            answer = client.call(
                "ListRomaApp", "GET", ("instances", instance_id, "apps"), [("offset", offset), ("limit", limit)]
            )
            rows = reading.rows(answer, "apps", "id")
            for row in rows:
                client.secrets.add(row.get("secret"))
                if not isinstance(row.get("name"), str):
                    row["name"] = None  # an application that cannot be named, whatever came instead
            return rows, answer.get("total")

        return client.once(
            ("apps", instance_id),
            lambda: reading.Pages(client.concurrency, fetch, PAGE, lambda row: row["id"], "applications").all(),
        )

    def _application_name(self, client, instance_id, app):
        for row in self._applications(client, instance_id).values():
            if app and app in (row["id"], row.get("key")) and row.get("name"):
                return row["name"]
        raise errors.AnswerError(
            f"a policy belongs to an application ({errors.brief(app)}) whose name is not to be had"
        )

    def _name_applications(self, client, pairs):
        """Give rows that name their application by id its name, from the policies there are or the list."""
        problems = []
        for wanted, state in pairs:
            policies = wanted.values.get("policies")
            if not policies or not any(key.startswith(BY_ID) for key in policies):
                continue
            named = {}
            for key, row in policies.items():
                app_id = key[len(BY_ID) :] if key.startswith(BY_ID) else None
                name = key
                if app_id is not None:
                    name = next((app for app, user in state.raw.items() if user == app_id), None)
                    rows = {} if name else self._applications(client, state.names["instance_id"])
                    name = name or rows.get(app_id, {}).get("name")
                if not name and row is None:
                    continue  # absent, and nothing is there
                if not name:
                    text = f"the instance has no application with app_id {app_id}"
                    problems.append(errors.Problem(wanted.position, text, "policies"))
                elif name in named:
                    text = f"application {name} is named twice, by name and by id"
                    problems.append(errors.Problem(wanted.position, text, "policies"))
                else:
                    named[name] = row
                    if app_id is not None:
                        wanted.options.setdefault("apps", {})[name] = {"app_id": app_id}
            wanted.values["policies"] = named
        if problems:
            raise errors.TaskError(problems)

    def entry(self, position, names, params, purge):
        wanted = super().entry(position, names, params, purge)
        wanted.options["apps"] = {
            row["app_name"]: {key: row[key] for key in ("app_id", "app_key") if row.get(key)}
            for row in params.get("policies") or ()
            if row.get("app_name")
        }
        return wanted

    # -- writing -------------------------------------------------------------------------------

    def complete(self, client, changes):
        """What the write sends beyond the policies: ids of the applications, and the two texts."""
        states = [change.current for change in changes if not {"description", "sensitive_word"} <= set(change.target)]
        self._add_details(client, states)
        problems = []
        for change in changes:
            for option in ("description", "sensitive_word"):
                if option in change.current.values:
                    change.target.setdefault(option, change.current.values[option])
                elif option not in change.target:
                    text = "a write may reset it, but the service did not return it; give it in the task"
                    problems.append(errors.Problem(change.wanted.position, text, option))
            given = change.wanted.options.get("apps", {})
            change.extra = {app: dict(given.get(app, ())) for app in change.target["policies"]}
            lacking = [app for app, ids in change.extra.items() if "app_id" not in ids]
            if not lacking:
                continue
            by_name = {
                row.get("name"): row["id"] for row in self._applications(client, change.names["instance_id"]).values()
            }
            for app in lacking:
                if app in by_name:
                    change.extra[app]["app_id"] = by_name[app]
                else:
                    text = f"the instance shows no application {app} to these credentials; give its app_id too"
                    problems.append(errors.Problem(change.wanted.position, text, "policies"))
        if problems:
            raise errors.TaskError(problems)

    def write(self, client, changes):
        topics = []
        for change in changes:
            topic = dict(self.payload(change.target), name=change.names["name"])
            topic["policies"] = [dict(row, **change.extra[row["app_name"]]) for row in topic["policies"]]
            topics.append(topic)
        client.call(
            "UpdateTopicAccessPolicy",
            "POST",
            ("mqs", "instances", changes[0].names["instance_id"], "topics", "accesspolicy"),
            body={"topics": topics},
        )


RESOURCE = RomaTopicPolicy()
