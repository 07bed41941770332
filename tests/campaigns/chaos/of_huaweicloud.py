# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RocketMQ and ROMA Connect, as the oracle knows them from the documents."""

from __future__ import annotations

from .system import APPS, TOPICS, WORDS, System, beyond, other, some


class RocketMQ(System):
    name, module, many, scope = "rocketmq", "huaweicloud_rocketmq_user", "users", "instance_id"
    by_id = "user_name"
    places = ("rmq-1", "rmq-2")

    def records(self, estate, place):
        return estate["huaweicloud"]["rocketmq"][place]["users"]

    def state(self, record):
        def perms(rows):
            return {row["name"]: frozenset(row["perm"].split("|")) for row in rows}

        return {
            "name": record["access_key"],
            "secret": record["secret_key"],
            "white": frozenset(filter(None, record["white_remote_address"].split(","))),
            "admin": record["admin"],
            "topic": frozenset(record["default_topic_perm"].split("|")),
            "group": frozenset(record["default_group_perm"].split("|")),
            "topics": perms(record["topic_perms"]),
            "groups": perms(record["group_perms"]),
        }

    def add(self, sim, rng, place, name):
        sim.add_rocketmq_user(
            instance_id=place,
            access_key=f"user-{name}",
            white_remote_address="192.0.2.10",
            admin=rng.random() < 0.5,
            default_topic_perm=rng.choice(("PUB|SUB", "SUB", "DENY")),
            default_group_perm="SUB",
            topic_perms=[{"name": topic, "perm": rng.choice(("PUB", "SUB"))} for topic in some(rng, TOPICS)],
            group_perms=[{"name": group, "perm": "SUB"} for group in some(rng, WORDS)],
        )
        return (self.name, place, f"user-{name}")

    def names(self, key, state, rng):
        return {"user_name": key[2]}

    def new_names(self, name):
        return {"user_name": f"user-{name}"}

    def values(self, rng, state, kind):
        if kind == "create":
            rows = [{"name": topic, "perm": "SUB"} for topic in some(rng, TOPICS)]
            return {"secret_key": f"Fresh-Key-{rng.randint(1000, 9999)}", "topic_perms": rows}
        if kind == "clear":
            return {"topic_perms": [], "group_perms": []}
        pick = other if kind == "change" else beyond
        options = {
            "topic_perms": [{"name": topic, "perm": "PUB"} for topic in pick(rng, TOPICS, state["topics"])],
            "group_perms": [{"name": group, "perm": "DENY"} for group in pick(rng, WORDS, state["groups"])],
            "admin": not state["admin"],
            "default_group_perm": "SUB" if state["group"] == {"DENY"} else "DENY",
            "secret_key": f"Other-Key-{rng.randint(1000, 9999)}",
        }
        return {option: options[option] for option in some(rng, list(options))}

    def declared(self, before, entry, purge):
        values = entry.values
        target = dict(
            before
            or {"name": entry.names["user_name"], "white": frozenset(), "admin": False, "topic": frozenset({"DENY"})}
            | {"group": frozenset({"DENY"}), "topics": {}, "groups": {}}
        )
        for option, key in (("secret_key", "secret"), ("admin", "admin")):
            target[key] = values.get(option, target.get(key))
        if "default_group_perm" in values:
            target["group"] = frozenset(values["default_group_perm"].split("|"))
        for option, key in (("topic_perms", "topics"), ("group_perms", "groups")):
            if option in values:
                rows = {row["name"]: frozenset(row["perm"].split("|")) for row in values[option]}
                target[key] = rows if purge else {**target[key], **rows}
        return target

    def intrude(self, record, rng, own):
        if own:
            record["white_remote_address"] = f"203.0.113.{rng.randint(1, 254)}"
        else:
            record["topic_perms"] = [{"name": "intruder", "perm": "PUB|SUB"}]


class Roma(System):
    name, module, many, scope = "roma", "huaweicloud_roma_topic_policy", "topics", "instance_id"
    places = ("roma-1", "roma-2")
    lifecycle = False

    def records(self, estate, place):
        return estate["huaweicloud"]["roma"][place]["topics"]

    def state(self, record):
        return {
            "name": record["name"],
            "description": record["description"],
            "sensitive": record["sensitive_word"],
            "policies": {
                row["app_name"]: (row["access_policy"], row["owner"], _tags(row["tag"])) for row in record["policies"]
            },
            "rest": (record["app_id"], tuple(sorted(row["app_id"] for row in record["policies"] if row["owner"]))),
        }

    def add(self, sim, rng, place, name):
        sim.add_roma_topic(
            instance_id=place,
            name=f"topic-{name}",
            description="Orders of the shop",
            sensitive_word="card",
            policies=[
                {"app_name": "shop", "access_policy": "all", "owner": True},
                *(
                    {
                        "app_name": app,
                        "access_policy": rng.choice(("pub", "sub")),
                        "tag": rng.choice(("", "paid||late")),
                    }
                    for app in some(rng, APPS[1:])
                ),
            ],
        )
        return (self.name, place, f"topic-{name}")

    def names(self, key, state, rng):
        return {"name": key[2]}

    def values(self, rng, state, kind):
        if kind == "clear":
            return {"policies": []}
        pick = other if kind == "change" else beyond
        rows = [
            {"app_name": app, "access_policy": "all", **({"tag": "fresh"} if rng.random() < 0.5 else {})}
            for app in pick(rng, APPS[1:], set(state["policies"]) - {"shop"})
        ]
        options = {"policies": rows, "description": f"Words {rng.randint(100, 999)}", "sensitive_word": "iban"}
        return {option: options[option] for option in some(rng, list(options))}

    def declared(self, before, entry, purge):
        values, target = entry.values, dict(before)
        target["description"] = values.get("description", target["description"])
        target["sensitive"] = values.get("sensitive_word", target["sensitive"])
        if "policies" in values:
            # The owner's row stays without being named; of a row only what the task gives changes.
            kept = {app: row for app, row in before["policies"].items() if not purge or row[1]}
            for row in values["policies"]:
                _unused, owner, tags = before["policies"].get(row["app_name"], ("", False, frozenset()))
                tags = _tags(row["tag"]) if "tag" in row else tags
                kept[row["app_name"]] = (row["access_policy"], owner, tags)
            target["policies"] = kept
        return target

    def intrude(self, record, rng, own):
        if own:
            record["sensitive_word"] = f"word-{rng.randint(1, 99)}"
        else:
            record["policies"] = [row for row in record["policies"] if row["owner"]]


def _tags(text):
    return frozenset(part.strip() for part in text.split("||") if part.strip())
