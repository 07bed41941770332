# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The four systems as the oracle knows them: what a record means, and what a task's entry asks of it.

Nothing in here is the collection's. The rules are written down a second time, from the documents, so that a mistake in
the collection's own tables cannot hide itself.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import Any

OPS = ("TOKEN_ALLOW_READ", "TOKEN_ALLOW_WRITE", "TOKEN_ALLOW_DELETE", "TOKEN_ALLOW_LIST", "TOKEN_ALLOW_IOP")
WORDS = ("alpha", "beta", "gamma", "delta", "epsilon")
TOPICS = ("orders", "payments", "refunds", "audit", "events")
PREFIXES = ("in/", "out/", "tmp/", "logs/", "backup/")
BUCKETS = ("acme-data", "acme-logs", "acme-media", "acme-raw")
APPS = ("shop", "billing", "audit", "stock")
ADDRESSES = ("", "192.0.2.10", "198.51.100.7")

Key = tuple[str, ...]
State = dict[str, Any]


@dataclass
class Entry:
    """What a task says of one resource. ``key`` is None where the task is to create it."""

    system: System
    place: str
    key: Key | None
    names: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    purge: bool | None = None
    absent: bool = False

    @property
    def row(self) -> dict[str, Any]:
        row = {**self.names, **self.values}
        if self.purge is not None:
            row["purge"] = self.purge
        if self.absent:
            row["state"] = "absent"
        return row

    def declared(self, before: State | None, purge: bool) -> State | None:
        """The fields as they have to be, from the state before; None when it has to be gone."""
        if self.absent:
            return None
        purge = purge if self.purge is None else self.purge
        return self.system.declared(before, self, purge)

    def means(self, key: Key, state: State) -> bool:
        """Whether a record is the one this entry is about."""
        if key[0] != self.system.name or key[1] != self.place:
            return False
        return key == self.key if self.key is not None else state["name"] == next(iter(self.names.values()))

    def listed_as(self, row: dict[str, Any]) -> bool:
        """Whether a row of a task's result (its names) is about this entry."""
        scope = self.system.scope
        if scope and row.get(scope) != self.place:
            return False
        return any(row.get(option) == value for option, value in self.names.items())


class System:
    """One of the four. ``fields`` of a state are those that a task can set; the others must never change."""

    name = module = many = scope = ""
    places: tuple[str, ...] = ("",)
    lifecycle = True
    by_id = ""  # the option that names a record by its key

    def records(self, estate: dict, place: str) -> dict[str, Any]:
        raise NotImplementedError

    def state(self, record: dict) -> State:
        """A record, comparable: sets are sets, times of the last change are left out."""
        raise NotImplementedError

    def add(self, sim, rng, place: str, name: str) -> Key:
        raise NotImplementedError

    def names(self, key: Key, state: State, rng) -> dict[str, str]:
        raise NotImplementedError

    def new_names(self, name: str) -> dict[str, str]:
        raise NotImplementedError

    def values(self, rng, state: State | None, kind: str) -> dict[str, Any]:
        """Options that differ from ``state``; kind is change, add (to lists), clear or create."""
        raise NotImplementedError

    def declared(self, before: State | None, entry: Entry, purge: bool) -> State:
        raise NotImplementedError

    def intrude(self, record: dict, rng, own: bool) -> None:
        """Another writer's change: of a field that tasks set often, or (own) of one that they never name."""
        raise NotImplementedError


def some(rng, words, low=1):
    return sorted(rng.sample(words, rng.randint(low, len(words) - 1)))


def other(rng, words, now, low=1):
    """Some words, not the set that there is now."""
    while True:
        found = some(rng, words, low)
        if set(found) != set(now):
            return found


def beyond(rng, words, now):
    """At least one word that is not there yet, and one that may be."""
    fresh = sorted(set(words) - set(now))
    return sorted({rng.choice(words), *(rng.sample(fresh, 1) if fresh else [])})


class UFile(System):
    name, module, many, scope = "ufile", "ucloud_ufile_token", "tokens", ""
    by_id = "token_id"

    def records(self, estate, place):
        return estate["ucloud"]["ufile_tokens"]

    def state(self, record):
        return {
            "name": record["TokenName"],
            "ops": frozenset(record["AllowedOps"]) - {"TOKEN_ALLOW_NONE"},
            "prefixes": frozenset(record["AllowedPrefixes"]),
            "buckets": frozenset(record["AllowedBuckets"]),
            "expires": record["ExpireTime"],
            "rest": tuple(
                json.dumps(record[name]) for name in ("ProjectId", "Region", "PrivateKey", "BlackIPList", "WhiteIPList")
            ),
        }

    def add(self, sim, rng, place, name):
        sim.add_ufile_token(
            TokenId=f"uf-{name}",
            TokenName=name,
            AllowedOps=some(rng, OPS),
            AllowedPrefixes=some(rng, PREFIXES),
            AllowedBuckets=some(rng, BUCKETS),
            BlackIPList=["192.0.2.66"],
        )
        return (self.name, place, f"uf-{name}")

    def names(self, key, state, rng):
        return {"token_id": key[2]} if rng.random() < 0.5 else {"token_name": state["name"]}

    def new_names(self, name):
        return {"token_name": name}

    def values(self, rng, state, kind):
        if kind == "create":
            return {"allowed_ops": some(rng, OPS), "allowed_buckets": some(rng, BUCKETS), "expire_time": "2030-01-01"}
        if kind == "clear":
            return {"allowed_ops": []}
        pick = other if kind == "change" else beyond
        options = {
            "allowed_ops": pick(rng, OPS, state["ops"]),
            "allowed_prefixes": pick(rng, PREFIXES, state["prefixes"]),
            "allowed_buckets": pick(rng, BUCKETS, state["buckets"]),
            "expire_time": str(rng.randint(1900000000, 1990000000)),
        }
        return {option: options[option] for option in some(rng, list(options))}

    def declared(self, before, entry, purge):
        new = {"ops": frozenset(), "prefixes": frozenset("*"), "buckets": frozenset("*")}
        target = dict(before or {**new, "name": entry.names.get("token_name")})
        for option, key in (("allowed_ops", "ops"), ("allowed_prefixes", "prefixes"), ("allowed_buckets", "buckets")):
            if option in entry.values:
                kept = frozenset() if purge or before is None else target[key]
                target[key] = kept | frozenset(entry.values[option])
        if "expire_time" in entry.values:
            text = entry.values["expire_time"]
            target["expires"] = 1893456000 if text == "2030-01-01" else int(text)
        return target

    def intrude(self, record, rng, own):
        if own:
            record["BlackIPList"] = [f"203.0.113.{rng.randint(1, 254)}"]
        else:
            record["AllowedOps"] = other(rng, (*OPS, "TOKEN_ALLOW_DP"), record["AllowedOps"])


class URocketMQ(System):
    name, module, many, scope = "urocketmq", "ucloud_urocketmq_token", "tokens", "service_id"
    by_id = "token_id"
    places = ("urmq-1", "urmq-2")
    sides = (
        ("topic_produce_perm", "allow_produce_topic_list", "produce", "produces"),
        ("topic_consume_perm", "allow_consume_topic_list", "consume", "consumes"),
    )

    def records(self, estate, place):
        return estate["ucloud"]["urocketmq"][place]["tokens"]

    def state(self, record):
        return {
            "name": record["Name"],
            "produce": record["TopicProducePerm"],
            "consume": record["TopicConsumePerm"],
            "produces": frozenset(filter(None, record["AllowProduceTopicList"].split(","))),
            "consumes": frozenset(filter(None, record["AllowConsumeTopicList"].split(","))),
            "rest": (record["Type"], record["AKSK"]["SecretKey"]),
        }

    def add(self, sim, rng, place, name):
        sim.add_urocketmq_token(
            service_id=place,
            TokenId=f"ut-{place}-{name}",
            Name=name,
            TopicProducePerm="PART",
            TopicConsumePerm="PART",
            AllowProduceTopicList=",".join(some(rng, TOPICS)),
            AllowConsumeTopicList=",".join(some(rng, TOPICS)),
        )
        return (self.name, place, f"ut-{place}-{name}")

    def names(self, key, state, rng):
        return {"token_id": key[2]} if rng.random() < 0.5 else {"name": state["name"]}

    def new_names(self, name):
        return {"name": name}

    def values(self, rng, state, kind):
        if kind == "create":
            return {"topic_produce_perm": "PART", "allow_produce_topic_list": some(rng, TOPICS)}
        if kind == "clear":
            return {"topic_consume_perm": "NONE"}
        pick = other if kind == "change" else beyond
        options = {
            "allow_produce_topic_list": pick(rng, TOPICS, state["produces"]),
            "allow_consume_topic_list": pick(rng, TOPICS, state["consumes"]),
        }
        values = {option: options[option] for option in rng.sample(list(options), rng.randint(1, 2))}
        if kind == "change" and "allow_consume_topic_list" not in values:
            values["topic_consume_perm"] = rng.choice(("ALL", "NONE"))
        for perm, topics, now, _unused in self.sides:
            # A list has a meaning with PART only.
            if topics in values and state[now] != "PART":
                values[perm] = "PART"
        return values

    def declared(self, before, entry, purge):
        target = dict(
            before
            or {"name": entry.names.get("name"), "produce": "NONE", "consume": "NONE"}
            | dict.fromkeys(("produces", "consumes"), frozenset())
        )
        for perm, topics, key, listed in self.sides:
            target[key] = entry.values.get(perm, target[key])
            if topics in entry.values:
                kept = frozenset() if purge else target[listed]
                target[listed] = kept | frozenset(entry.values[topics])
            if target[key] != "PART":
                target[listed] = frozenset()
        return target

    def intrude(self, record, rng, own):
        if own:
            # Its name stays: a task that names it would rightly create another one.
            record["AKSK"] = {**record["AKSK"], "SecretKey": f"urmqSecret-rotated-{rng.randint(1000, 9999)}"}
        else:
            listed = other(rng, TOPICS, record["AllowProduceTopicList"].split(","))
            record.update(TopicProducePerm="PART", AllowProduceTopicList=",".join(listed))


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
            "white": record["white_remote_address"],
            "admin": record["admin"],
            "topic": frozenset(record["default_topic_perm"].split("|")),
            "group": record["default_group_perm"],
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
            "default_group_perm": "DENY" if state["group"] == "SUB" else "SUB",
            "secret_key": f"Other-Key-{rng.randint(1000, 9999)}",
        }
        return {option: options[option] for option in some(rng, list(options))}

    def declared(self, before, entry, purge):
        values = entry.values
        target = dict(
            before
            or {"name": entry.names["user_name"], "white": "", "admin": False, "topic": frozenset({"DENY"})}
            | {"group": "DENY", "topics": {}, "groups": {}}
        )
        for option, key in (("secret_key", "secret"), ("admin", "admin"), ("default_group_perm", "group")):
            target[key] = values.get(option, target.get(key))
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


SYSTEMS = (UFile(), URocketMQ(), RocketMQ(), Roma())
BY_NAME = {system.name: system for system in SYSTEMS}


def furnish(sim, rng, names=WORDS) -> None:
    """A fresh estate: in each place of each system the same names, nothing left at a default."""
    sim.reset("empty")
    for system in SYSTEMS:
        for place in system.places:
            for name in names:
                system.add(sim, rng, place, name)
    for place in Roma.places:
        for app in APPS:
            if f"roma-app-{app}" not in sim.estate["huaweicloud"]["roma"][place]["apps"]:
                sim.add_roma_app(instance_id=place, name=app)


def look(estate: dict) -> dict[Key, State]:
    """Every resource's state, by key."""
    return {
        (system.name, place, name): system.state(record)
        for system in SYSTEMS
        for place in system.places
        for name, record in system.records(estate, place).items()
    }


def remainder(estate: dict) -> str:
    """All else that the estate holds, as text."""
    rest = copy.deepcopy(estate)
    for system in SYSTEMS:
        for place in system.places:
            system.records(rest, place).clear()
    return json.dumps(rest, sort_keys=True, default=repr)


def fits(state: State | None, declared: State | None) -> bool:
    """Whether a state is what was declared; of a new resource only what a task can say is compared."""
    if state is None or declared is None:
        return state is None and declared is None
    return all(state[name] == value for name, value in declared.items())
