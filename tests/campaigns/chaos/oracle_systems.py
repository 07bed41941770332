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
    kept: str = ""  # what the service calls what it makes, where that is not what was asked for

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
        declared = self.system.declared(before, self, purge)
        return {**declared, "name": self.kept} if self.kept else declared

    def means(self, key: Key, state: State) -> bool:
        """Whether a record is the one this entry is about."""
        if key[0] != self.system.name or key[1] != self.place:
            return False
        return key == self.key if self.key is not None else state["name"] in (self.kept, *self.names.values())

    def listed_as(self, row: dict[str, Any]) -> bool:
        """Whether a row of a task's result (its names) is about this entry."""
        scope = self.system.scope
        if scope and row.get(scope) != self.place:
            return False
        return any(row.get(option) in (value, self.kept or value) for option, value in self.names.items())


class System:
    """One of the four, which has beside what is here:

    ``state(record)``: a record, comparable: sets are sets, times of the last change are left out. Its fields are those
    that a task can set; the others, under `rest`, must never change.
    ``add(sim, rng, place, name)``: add one to the estate.
    ``fresh(rng)``: options of a new one. ``options(rng, state, pick)``: options that differ from a state.
    ``declared(before, entry, purge)``: the state that an entry asks for.
    ``intrude(record, rng, own)``: another writer's change, of a field that tasks set often, or (``own``) never name.
    """

    name = module = many = scope = ""
    places: tuple[str, ...] = ("",)
    by_name = "name"  # the option that names one
    by_id = ""  # and the one that does so by its key
    clear: dict[str, Any] = {}  # options that take away all that they are about

    @property
    def cloud(self) -> str:
        return self.module.partition("_")[0]

    def records(self, estate: dict, place: str) -> dict[str, Any]:
        return estate[self.cloud][self.name][place][self.many]

    def names(self, key: Key, state: State, rng) -> dict[str, str]:
        both = self.by_id and self.by_id != self.by_name
        return {self.by_id: key[2]} if both and rng.random() < 0.5 else {self.by_name: state["name"]}

    def new_name(self, name: str) -> str:
        return name

    def values(self, rng, state: State | None, kind: str) -> dict[str, Any]:
        """Options that differ from ``state``; kind is change, add (to lists), clear or create."""
        if kind == "create":
            return self.fresh(rng)
        if kind == "clear":
            return dict(self.clear)
        options = self.options(rng, state, other if kind == "change" else beyond)
        return {option: options[option] for option in some(rng, list(options))}


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
    name, module, many = "ufile", "ucloud_ufile_token", "tokens"
    by_name, by_id = "token_name", "token_id"
    clear = {"allowed_ops": []}
    lists = (
        ("allowed_ops", "ops", OPS),
        ("allowed_prefixes", "prefixes", PREFIXES),
        ("allowed_buckets", "buckets", BUCKETS),
    )

    def records(self, estate, place):
        return estate["ucloud"]["ufile_tokens"]

    def state(self, record):
        rest = ("ProjectId", "PrivateKey", "BlackIPList", "WhiteIPList")
        return {
            "name": record["TokenName"],
            "ops": frozenset(record["AllowedOps"]) - {"TOKEN_ALLOW_NONE"},
            "prefixes": frozenset(record["AllowedPrefixes"]),
            "buckets": frozenset(record["AllowedBuckets"]),
            "expires": record["ExpireTime"],
            "region": record["Region"],
            "rest": tuple(json.dumps(record[name]) for name in rest),
        }

    def add(self, sim, rng, place, name):
        allowed = {"AllowedOps": some(rng, OPS), "AllowedPrefixes": some(rng, PREFIXES)}
        allowed["AllowedBuckets"] = some(rng, BUCKETS)
        sim.add_ufile_token(TokenId=f"uf-{name}", TokenName=name, **allowed, BlackIPList=["192.0.2.66"])

    def fresh(self, rng):
        buckets, prefixes = some(rng, BUCKETS), rng.choice((["*"], some(rng, PREFIXES)))
        places = {"allowed_buckets": buckets, "allowed_prefixes": prefixes}
        return {"allowed_ops": some(rng, OPS), **places, "expire_time": "2030-01-01"}

    def options(self, rng, state, pick):
        options = {option: pick(rng, words, state[key]) for option, key, words in self.lists}
        return {**options, "expire_time": str(rng.randint(1900000000, 1990000000))}

    def declared(self, before, entry, purge):
        new = {"ops": frozenset(), "prefixes": frozenset("*"), "buckets": frozenset("*")}
        target = dict(before or {**new, "name": entry.names.get("token_name")})
        for option, key, _words in self.lists:
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
    clear = {"topic_consume_perm": "NONE"}
    places = ("urmq-1", "urmq-2")
    sides = (
        ("topic_produce_perm", "allow_produce_topic_list", "produce", "produces"),
        ("topic_consume_perm", "allow_consume_topic_list", "consume", "consumes"),
    )

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
        lists = {key: ",".join(some(rng, TOPICS)) for key in ("AllowProduceTopicList", "AllowConsumeTopicList")}
        perms = dict.fromkeys(("TopicProducePerm", "TopicConsumePerm"), "PART")
        sim.add_urocketmq_token(service_id=place, TokenId=f"ut-{place}-{name}", Name=name, **perms, **lists)

    def fresh(self, rng):
        return {"topic_produce_perm": "PART", "allow_produce_topic_list": some(rng, TOPICS)}

    def values(self, rng, state, kind):
        if kind in ("create", "clear"):
            return super().values(rng, state, kind)
        pick = other if kind == "change" else beyond
        options = {topics: pick(rng, TOPICS, state[listed]) for _perm, topics, _key, listed in self.sides}
        values = {option: options[option] for option in rng.sample(list(options), rng.randint(1, 2))}
        if kind == "change" and "allow_consume_topic_list" not in values:
            values["topic_consume_perm"] = rng.choice(("ALL", "NONE"))
        for perm, topics, now, _listed in self.sides:
            # A list has a meaning with PART only.
            if topics in values and state[now] != "PART":
                values[perm] = "PART"
        return values

    def declared(self, before, entry, purge):
        none = frozenset()
        new = {
            "name": entry.names.get("name"),
            "produce": "NONE",
            "consume": "NONE",
            "produces": none,
            "consumes": none,
        }
        target = dict(before or new)
        for perm, topics, key, listed in self.sides:
            target[key] = entry.values.get(perm, target[key])
            if topics in entry.values:
                target[listed] = (none if purge else target[listed]) | frozenset(entry.values[topics])
            if target[key] != "PART":
                target[listed] = none
        return target

    def intrude(self, record, rng, own):
        if own:
            # Its name stays: a task that names it would rightly create another one.
            record["AKSK"] = {**record["AKSK"], "SecretKey": f"urmqSecret-rotated-{rng.randint(1000, 9999)}"}
        else:
            listed = other(rng, TOPICS, record["AllowProduceTopicList"].split(","))
            record.update(TopicProducePerm="PART", AllowProduceTopicList=",".join(listed))


def _perms(rows):
    return {row["name"]: frozenset(row["perm"].split("|")) for row in rows}


class RocketMQ(System):
    name, module, many, scope = "rocketmq", "huaweicloud_rocketmq_user", "users", "instance_id"
    by_name = by_id = "user_name"
    clear = {"topic_perms": [], "group_perms": []}
    places = ("rmq-1", "rmq-2")

    def state(self, record):
        return {
            "name": record["access_key"],
            "secret": record["secret_key"],
            "white": frozenset(filter(None, record["white_remote_address"].split(","))),
            "admin": record["admin"],
            "topic": frozenset(record["default_topic_perm"].split("|")),
            "group": frozenset(record["default_group_perm"].split("|")),
            "topics": _perms(record["topic_perms"]),
            "groups": _perms(record["group_perms"]),
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

    def new_name(self, name):
        return f"user-{name}"

    def fresh(self, rng):
        rows = [{"name": topic, "perm": "SUB"} for topic in some(rng, TOPICS)]
        return {"secret_key": f"Fresh-Key-{rng.randint(1000, 9999)}", "topic_perms": rows}

    def options(self, rng, state, pick):
        return {
            "topic_perms": [{"name": topic, "perm": "PUB"} for topic in pick(rng, TOPICS, state["topics"])],
            "group_perms": [{"name": group, "perm": "DENY"} for group in pick(rng, WORDS, state["groups"])],
            "admin": not state["admin"],
            "default_group_perm": "SUB" if state["group"] == {"DENY"} else "DENY",
            "secret_key": f"Other-Key-{rng.randint(1000, 9999)}",
        }

    def declared(self, before, entry, purge):
        values, deny = entry.values, frozenset({"DENY"})
        new = {"white": frozenset(), "admin": False, "topic": deny, "group": deny, "topics": {}, "groups": {}}
        target = dict(before or {"name": entry.names["user_name"], **new})
        for option, key in (("secret_key", "secret"), ("admin", "admin")):
            target[key] = values.get(option, target.get(key))
        if "default_group_perm" in values:
            target["group"] = frozenset(values["default_group_perm"].split("|"))
        for option, key in (("topic_perms", "topics"), ("group_perms", "groups")):
            if option in values:
                target[key] = {**({} if purge else target[key]), **_perms(values[option])}
        return target

    def intrude(self, record, rng, own):
        if own:
            record["white_remote_address"] = f"203.0.113.{rng.randint(1, 254)}"
        else:
            record["topic_perms"] = [{"name": "intruder", "perm": "PUB|SUB"}]


def _tags(text):
    return frozenset(part.strip() for part in text.split("||") if part.strip())


class Roma(System):
    name, module, many, scope = "roma", "huaweicloud_roma_topic_policy", "topics", "instance_id"
    clear = {"policies": []}
    places = ("roma-1", "roma-2")

    def state(self, record):
        rows = record["policies"]
        return {
            "name": record["name"],
            "description": record["description"],
            "sensitive": record["sensitive_word"],
            "policies": {row["app_name"]: (row["access_policy"], row["owner"], _tags(row["tag"])) for row in rows},
            "rest": (record["app_id"], tuple(sorted(row["app_id"] for row in rows if row["owner"]))),
        }

    def add(self, sim, rng, place, name):
        rows = [{"app_name": "shop", "access_policy": "all", "owner": True}]
        for app in some(rng, APPS[1:]):
            access, tag = rng.choice(("pub", "sub")), rng.choice(("", "paid||late"))
            rows.append({"app_name": app, "access_policy": access, "tag": tag})
        texts = {"description": "Orders of the shop", "sensitive_word": "card"}
        sim.add_roma_topic(instance_id=place, name=f"topic-{name}", **texts, policies=rows)

    def options(self, rng, state, pick):
        rows = [
            {"app_name": app, "access_policy": "all", **({"tag": "fresh"} if rng.random() < 0.5 else {})}
            for app in pick(rng, APPS[1:], set(state["policies"]) - {"shop"})
        ]
        return {"policies": rows, "description": f"Words {rng.randint(100, 999)}", "sensitive_word": "iban"}

    def declared(self, before, entry, purge):
        values, target = entry.values, dict(before)
        target["description"] = values.get("description", target["description"])
        target["sensitive"] = values.get("sensitive_word", target["sensitive"])
        if "policies" in values:
            # The owner's row stays without being named; of a row only what the task gives changes.
            kept = {app: row for app, row in before["policies"].items() if not purge or row[1]}
            for row in values["policies"]:
                _access, owner, tags = before["policies"].get(row["app_name"], ("", False, frozenset()))
                tags = _tags(row["tag"]) if "tag" in row else tags
                kept[row["app_name"]] = (row["access_policy"], owner, tags)
            target["policies"] = kept
        return target

    def intrude(self, record, rng, own):
        if own:
            record["sensitive_word"] = f"word-{rng.randint(1, 99)}"
        else:
            record["policies"] = [row for row in record["policies"] if row["owner"]]


SYSTEMS = (UFile(), URocketMQ(), RocketMQ(), Roma())
BY_NAME = {system.name: system for system in SYSTEMS}


def furnish(sim, rng) -> None:
    """A fresh estate: in each place of each system the same names, nothing left at a default."""
    sim.reset("empty")
    for system in SYSTEMS:
        for place in system.places:
            for name in WORDS:
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
