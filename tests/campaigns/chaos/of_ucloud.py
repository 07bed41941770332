# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UFile and URocketMQ, as the oracle knows them from the documents."""

from __future__ import annotations

import json

from .system import BUCKETS, OPS, PREFIXES, TOPICS, System, beyond, other, some


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
            "region": record["Region"],
            "rest": tuple(
                json.dumps(record[name]) for name in ("ProjectId", "PrivateKey", "BlackIPList", "WhiteIPList")
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
            places = {
                "allowed_buckets": some(rng, BUCKETS),
                "allowed_prefixes": rng.choice((["*"], some(rng, PREFIXES))),
            }
            return {"allowed_ops": some(rng, OPS), **places, "expire_time": "2030-01-01"}
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
