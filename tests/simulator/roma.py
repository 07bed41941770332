# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ROMA Connect: topic access policies, and the topics and applications they are about."""

from __future__ import annotations

from . import schema
from .schema import Invalid
from .state import Simulator
from .wire import Call, Record, Refused, Response

POLICIES = ("all", "pub", "sub")
MOST_TOPICS = 100  # assumed: no limit is documented, and a client should not rely on none
MOST_APPS = 500  # assumed
ADDED_FIELDS = {"user_name": str, "app_name": str, "access_policy": POLICIES, "tag": str}
# What the list of topics has beside what a policy is about
TOPIC = {
    "policies_only": False, "replication": 3, "partition": 3, "retention_time": 72, "sync_message_flush": False,
    "sync_replication": False, "permissions": ["all"], "external_configs": {}, "topic_type": 0,
}  # fmt: skip
TOPIC_FIELDS = {"name": str, "policies": list, "description": str, "sensitive_word": str}
POLICY_FIELDS = {"app_id": str, "app_key": str, "app_name": str, "access_policy": POLICIES, "owner": bool, "tag": str}


def list_apps(simulator: Simulator, instance: Record, call: Call) -> Response:
    query = schema.query(call, "name", "limit", "offset", "favorite", "auth_role", "owner", "user_name")
    # Fuzzy, as documented: asking for "shop" also gives "shop-mobile".
    desired = query.get("name", "")
    hidden = simulator.traps.get("hidden_apps") or ()
    apps = [app for app in instance["apps"].values() if desired in app["name"] and app["name"] not in hidden]
    rows = schema.page(query, apps, 10, MOST_APPS)
    # The rows hold each application's secret, as the real ones do: it must not leak.
    return Response(200, {"apps": rows, "size": len(rows), "total": len(apps)})


def list_topics(simulator: Simulator, instance: Record, call: Call) -> Response:
    query = schema.query(call, "name", "app_name", "access_policy", "limit", "offset")
    policy = query.get("access_policy")
    if policy is not None and policy not in POLICIES:
        raise Invalid("access_policy is none of all, pub, sub")

    def meant(topic: Record) -> bool:
        # Assumed fuzzy, like the applications: a client has to compare names itself.
        rows = [row for row in topic["policies"] if query.get("app_name", row["app_name"]) == row["app_name"]]
        rows = [row for row in rows if policy in (None, row["access_policy"])]
        return query.get("name", "") in topic["name"] and bool(rows or not (policy or "app_name" in query))

    topics = list(filter(meant, instance["topics"].values()))
    page = schema.page(query, topics, schema.UNLIMITED, schema.UNLIMITED)
    return Response(
        200,
        {
            "total": len(topics),
            "size": len(page),
            "topics": [{**TOPIC, **{key: topic[key] for key in topic if key != "policies"}} for topic in page],
            "permissions": ["access", "admin", "delete", "modify", "read"],
            "max_partitions": 300,
            "remain_partitions": max(0, 300 - 3 * len(instance["topics"])),
        },
    )


def _topic(instance: Record, call: Call) -> Record:
    topic = instance["topics"].get(call.arguments["topic"])
    if topic is None:
        # Assumed: no document says how an unknown topic is answered.
        raise Refused(404, "MQS.00404010", "The topic does not exist.")
    return topic


def show_policy(simulator: Simulator, instance: Record, call: Call) -> Response:
    query = schema.query(call, "limit", "offset")
    topic = _topic(instance, call)
    page = schema.page(query, topic["policies"], schema.UNLIMITED, schema.UNLIMITED)
    unnamed = simulator.traps.get("unnamed_apps") or ()
    rows = [
        {
            # No app_id here: what the write calls app_id is called user_name, or is the key.
            "owner": row["owner"],
            "user_name": _identity(simulator, instance, row["app_id"]),
            "access_policy": row["access_policy"],
            "app_name": None if row["app_name"] in unnamed else row["app_name"],
            "tag": row["tag"],
        }
        for row in page
    ]
    total = len(topic["policies"])
    return Response(200, {"name": topic["name"], "policies": rows, "total": total, "size": len(rows)})


def _identity(simulator: Simulator, instance: Record, app_id: str) -> str:
    """What reads show and writes take for an application: its id, or its key; of a deleted one the id is left."""
    app = instance["apps"].get(app_id)
    return app["key"] if app and simulator.traps.get("user_name_is_key") else app_id


def update_policies(simulator: Simulator, instance: Record, call: Call) -> Response:
    """Replaces the whole policy list of every topic named (assumed), or changes nothing."""
    schema.query(call)
    body = schema.check(schema.parse(call.request), {"topics": list}, ["topics"])
    most = simulator.traps.get("most_topics") or MOST_TOPICS
    if not 1 <= len(body["topics"]) <= most:
        raise Invalid(f"topics must hold 1 to {most} topics")
    desired: dict[str, Record] = {}
    unknown = []
    for entry in body["topics"]:
        schema.check(entry, TOPIC_FIELDS, ["name", "policies"], "topics")
        if entry["name"] in desired:
            raise Invalid("a topic is named twice")
        topic = instance["topics"].get(entry["name"])
        if topic is None:
            unknown.append(entry["name"])
            continue
        values = desired[entry["name"]] = {"policies": _policies(simulator, instance, topic, entry["policies"])}
        for text in ("description", "sensitive_word"):
            # The harsh reading of what omitting these means: they are emptied. A topic without them has none to lose.
            kept = topic[text] is None or simulator.traps.get("kept_texts")
            values[text] = entry.get(text, topic[text] if kept else "")
    if unknown:
        raise Refused(400, 400, "Bad Request", {"failed_topics": unknown})
    for name, asked in desired.items():
        values = simulator.traps.written(asked, "policies")
        if "policies" in values and simulator.traps.get("added_lists"):
            given = {row["app_id"] for row in values["policies"]}
            values["policies"] += [row for row in instance["topics"][name]["policies"] if row["app_id"] not in given]
        instance["topics"][name].update(values)
    return Response(204)


def batch_add(simulator: Simulator, instance: Record, call: Call) -> Response:
    """Adds rows and leaves the others. Assumed: an application that has one already is refused."""
    schema.query(call)
    if simulator.traps.get("no_batch_add"):
        raise Refused(404, "APIGW.0101", "The API does not exist or has not been published in the environment.")
    topic = _topic(instance, call)
    body = schema.check(schema.parse(call.request), {"policies": list}, ["policies"])
    rows = []
    for row in body["policies"]:
        schema.check(row, ADDED_FIELDS, ["user_name", "app_name", "access_policy"], "policies")
        rows.append({"app_id": row.pop("user_name"), **row})
    if not rows:
        raise Invalid("policies is empty")
    added = _policies(simulator, instance, topic, rows, adding=True)
    if {row["app_id"] for row in added} & {row["app_id"] for row in topic["policies"]}:
        raise Invalid("an application has a policy on the topic already")
    if "policies" not in (simulator.traps.get("ignored_fields") or ()):
        topic["policies"] = topic["policies"] + added
    return Response(204)


def _application(simulator: Simulator, instance: Record, topic: Record, row: Record, adding: bool) -> str:
    """The id of the application that a row of a write means."""
    for app_id, app in instance["apps"].items():
        # The call for additions is documented with the key, whatever reads show.
        known = {_identity(simulator, instance, app_id)} | ({app["key"]} if adding else set())
        if row["app_id"] in known:
            break
    else:
        # A row that is there may be given back though its application is deleted.
        app = next((held for held in topic["policies"] if held["app_id"] == row["app_id"]), None)
        app_id = row["app_id"]
    names = {app["app_name"] if "app_name" in app else app["name"]} if app else set()
    if app and names & set(simulator.traps.get("unnamed_apps") or ()):
        names.add(row["app_id"])  # whoever was not told its name has none to give
    if row["app_name"] not in names:
        raise Invalid("policies.app_id and app_name are of no application of this instance")
    if "key" in app and row.get("app_key", app["key"]) != app["key"]:
        raise Invalid("policies.app_key is not the key of the application")
    return app_id


def _policies(
    simulator: Simulator, instance: Record, topic: Record, rows: list[Record], adding: bool = False
) -> list[Record]:
    result = []
    seen = set()
    names = {row["app_id"]: row["app_name"] for row in topic["policies"]}
    for given in rows:
        schema.check(given, POLICY_FIELDS, ["app_id", "app_name", "access_policy"], "policies")
        app_id = _application(simulator, instance, topic, given, adding)
        row = {**given, "app_id": app_id, "app_name": names.get(app_id, given["app_name"])}
        if row["app_id"] in seen:
            raise Invalid("an application is named twice")
        seen.add(row["app_id"])
        if row.get("owner") and row["app_id"] != topic["app_id"]:
            # Assumed: a topic keeps the owner it was created with.
            raise Invalid("policies.owner is true for an application that is not the owner")
        row.pop("app_key", None)
        # An owner that is left out is false, as documented, also in the owner's own row.
        result.append({"owner": False, "tag": "", **row})
    return result
