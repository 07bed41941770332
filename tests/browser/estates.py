# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data of access, made up: of an estate to look at, by the model; of a large one, and of hostile names, row by row."""

from __future__ import annotations

from datetime import datetime

from ansible_collections.grantops.cloud.plugins.module_utils._access import model, report, snapshot
from ansible_collections.grantops.cloud.plugins.module_utils._access.estate import ROCKETMQ as MQ
from ansible_collections.grantops.cloud.plugins.module_utils._access.estate import ROMA, UFILE, Declared, Scope
from ansible_collections.grantops.cloud.plugins.module_utils._access.estate import UROCKETMQ as UMQ

VERSION = "1.1.0"
TAKEN = "2026-11-27T02:00:00Z"
AT = 1795744800


def data(scopes, principals, access, findings=(), changes=None):
    return {
        "format": "grantops.access/1", "version": VERSION, "taken_at": TAKEN,
        "complete": all(scope["complete"] for scope in scopes), "unknowable": list(model.UNKNOWABLE),
        "scopes": scopes, "principals": principals, "access": access, "findings": list(findings), "changes": changes,
    }  # fmt: skip


def scope(system, name, principals, problem=None):
    whole = problem is None
    more = {"problem": problem, "principals": principals, "assumption": None}
    return {"system": system, "scope": name, "complete": whole, **more}


def principal(system, place, name, kind="user", **more):
    empty = dict.fromkeys(("identity", "owner", "reason", "ticket", "created", "expires", "declared"))
    return {"system": system, "scope": place, "id": name, "name": name, "type": kind, **empty, **more}


def row(system, place, who, action, resource, because, condition=None, assumption=None, certainty="documented"):
    reasons = [{"field": field, "value": value, "grant": grant} for field, value, grant in because]
    return {
        "system": system, "scope": place, "principal": who, "action": action, "resource": resource,
        "condition": condition or {}, "because": reasons, "certainty": certainty, "assumption": assumption,
    }  # fmt: skip


def finding(name, severity, title, why, system, place, who=None, resource=None, remedy="", accepted=None):
    return {
        "id": name, "severity": severity, "title": title, "why": why, "system": system, "scope": place,
        "principal": who, "resource": resource, "remedy": remedy, "accepted": accepted,
    }  # fmt: skip


def topic(name):
    return {"kind": "topic", "match": "exact", "name": name}


def under(prefix, bucket):
    return {"kind": "object", "match": "prefix", "name": prefix, "bucket": bucket}


# A shop, as the _info modules return it, and its grants


def seconds(day):
    return int(datetime.strptime(day + "+0000", "%Y-%m-%d%z").timestamp())


def user(name, topics=None, groups=None, **more):
    row = {"instance_id": "rocketmq-shop", "user_name": name, "admin": False, "white_remote_address": ""}
    row.update(default_topic_perm="DENY", default_group_perm="DENY")
    for key, perms in (("topic_perms", topics), ("group_perms", groups)):
        row[key] = [{"name": each, "perm": perm} for each, perm in sorted((perms or {}).items())]
    return dict(row, **more)


def token(name, ops, bucket, prefix, end):
    row = {"token_id": f"token-{name}", "token_name": name, "allowed_ops": [f"TOKEN_{op}" for op in ops]}
    row.update(allowed_buckets=[bucket], allowed_prefixes=[prefix], expire_time=seconds(end), region="cn-bj2")
    return dict(row, black_ip_list=None, white_ip_list=None, create_time=seconds("2026-03-01"))


def queue(name, produce="NONE", consume="NONE", topics=()):
    row = {"service_id": "urmq-shop", "token_id": f"token-{name}", "name": name, "type": "Normal", "create_time": None}
    row.update(topic_produce_perm=produce, topic_consume_perm=consume)
    return dict(row, allow_produce_topic_list=list(topics), allow_consume_topic_list=[])


def policies(topic, *rows):
    names = ("app_name", "access_policy", "tag")
    return {"instance_id": "roma-shop", "name": topic, "policies": [dict(zip(names, row), owner=False) for row in rows]}


def shop(earlier=False):
    """What was read of four systems; ``earlier``: a while ago."""
    users = [
        user("audit", {"orders": "SUB"}, {"audit": "SUB"}),
        user("checkout", {"orders": "PUB", "payments": "PUB"}, default_topic_perm="PUB" if earlier else "DENY"),
        user("legacy-gateway", white_remote_address="10.20.0.*"),
        user("mq-admin", admin=True),
        user("warehouse", {"orders": "PUB|SUB"}, {"stock": "SUB"}),
    ]
    tokens = [
        token("backup", ["ALLOW_READ", "ALLOW_DELETE"], "*", "*", "2026-12-09"),
        token("ingest", ["ALLOW_WRITE", "DENY_UPDATE"], "acme-in", "in/", "2026-12-31" if earlier else "2027-03-31"),
        token("old-export", ["ALLOW_READ"], "acme-reports", "export", "2026-10-01"),
        token("reports", ["ALLOW_READ"], "acme-reports", "reports/", "2027-06-30"),
    ]
    queues = [queue("checkout", "PART", topics=["refunds"]), queue("fraud", "NONE", "NONE" if earlier else "ALL")]
    topics = [policies("orders", ("audit", "sub", ""), ("crm", "all", "eu && paid"))]
    places = ((MQ, "rocketmq-shop", users), (ROMA, "roma-shop", topics), (UFILE, "org-shop", tokens))
    return [Scope(*place) for place in (*places, (UMQ, "urmq-shop", queues))]


def files(ops, bucket, prefix):
    """What a grant of files gives."""
    given = [("allowed_ops", f"TOKEN_ALLOW_{op}") for op in ops]
    return [*given, ("allowed_buckets", bucket), ("allowed_prefixes", prefix)]


def grants():
    """Grants of all but two, with owners; what each gives is the whole field that it names."""
    rows = (
        (MQ, "audit", "compliance", [("topic_perms", "orders", "SUB"), ("group_perms", "audit", "SUB")]),
        (MQ, "checkout", "shop", [("topic_perms", "orders", "PUB"), ("topic_perms", "payments", "PUB")]),
        (MQ, "mq-admin", "platform", [("admin",)]),
        (MQ, "warehouse", "logistics", [("topic_perms", "orders", word) for word in ("PUB", "SUB")]),
        (ROMA, "audit", "compliance", [("policies", "orders", "sub")]),
        (ROMA, "crm", "sales", [("policies", "orders", "pub"), ("policies", "orders", "sub")]),
        (UFILE, "backup", "platform", files(["READ", "DELETE"], "*", "*")),
        (UFILE, "ingest", "data", files(["WRITE"], "acme-in", "in/")),
        (UFILE, "reports", "finance", files(["READ"], "acme-reports", "reports/")),
        (UMQ, "checkout", "shop", [("allow_produce_topic_list", "refunds")]),
        (UMQ, "fraud", "risk", [("topic_consume_perm",)]),
    )
    for number, (system, name, owner, atoms) in enumerate(rows, 1):
        place = {"file": "grants.yml", "number": number, "line": 4 + 7 * number}
        yield Declared(system, None, [name], atoms, place, {"owner": owner})


ACCEPTED = {
    "finding": "MQ002", "system": MQ, "scope": "rocketmq-shop", "principal": "mq-admin",
    "reason": "runs the instance, key in the vault", "by": "j.miller", "until": "2027-01-31",
}  # fmt: skip


def sample(*more):
    """The data of the shop: findings of each severity, one accepted, and changes."""
    earlier = snapshot.text(model.access(shop(earlier=True), at=seconds("2026-10-01")))
    same = {"system": MQ, "scope": "rocketmq-shop", "principal": "checkout"}
    other = {"system": UMQ, "scope": "urmq-shop", "principal": "checkout"}
    known = {"identities": {"checkout": [same, other]}, "acceptances": [ACCEPTED], "earlier": earlier}
    return report.report([*shop(), *more], AT, VERSION, list(grants()), **known)


def incomplete():
    """The shop, of which two scopes could not be read."""
    problems = ((MQ, "rocketmq-eu", "403 DMS.10240004: no permission"), (UMQ, "urmq-eu", "no answer in 30 s"))
    return sample(*(Scope(system, name, [], False, problem) for system, name, problem in problems))


def large(people=10000, topics=1000, each=20, scopes=20, findings=500):
    """200,000 rows on 20 instances, as a large company may have them, each user with a grant of its own."""
    places = [f"rocketmq-{number:02d}" for number in range(scopes)]
    many = people // scopes
    names = [f"service-{number:05d}" for number in range(people)]
    principals, access = [], []
    for number, name in enumerate(names):
        place = places[number // many]
        ends = f"2027-{number % 12 + 1:02d}-15T00:00:00Z" if number % 50 == 0 else None
        principals.append(principal(MQ, place, name, owner=f"team-{number % 80:02d}", expires=ends, declared=True))
        by = {"file": "grants.yml", "number": number + 1, "line": 4 * number + 2}
        for step in range(each // 2):
            resource = topic(f"topic-{(number * 7 + step * 101) % topics:04d}")
            group = f"group-{number % 40:02d}"
            perm = f"{resource['name']}=PUB|SUB"
            access.append(row(MQ, place, name, "publish", resource, [("topic_perms", perm, by)]))
            both = [("topic_perms", perm, by), ("group_perms", f"{group}=SUB", by)]
            access.append(row(MQ, place, name, "consume", resource, both, {"groups": [group]}))
    severities = ("high", "medium", "low")
    found = []
    for number in range(findings):
        kind, who = number % 3, names[number * 20]
        words = f"MQ00{kind + 3}", severities[kind], f"A finding of kind {kind}", "Why it matters."
        remedy = f"- principal: {who}\n  setup: no_access\n"
        found.append(finding(*words, MQ, places[number * 20 // many], who, None, remedy))
    return data([scope(MQ, place, many) for place in places], principals, access, found)


def medium():
    """2,400 rows: more than a page draws, and more than it has without JavaScript."""
    return large(people=120, scopes=2, findings=6)


# What somebody may have named a user, a topic or a bucket, to have it run, break out, hide or pass for another.
HOSTILE = (
    "<script>globalThis.harmed=1</script>",
    "</script><script>globalThis.harmed=1</script>",
    "<!--<script>",
    "-->",
    "]]>",
    "</noscript><img src=x onerror=globalThis.harmed=1>",
    "</style><style>*{display:none}</style>",
    "</title><svg onload=globalThis.harmed=1>",
    "<img src=https://example.com/x.png>",
    "<iframe srcdoc='<script>parent.harmed=1</script>'>",
    '"><b onmouseover=globalThis.harmed=1 autofocus tabindex=1>',
    "' onfocus='globalThis.harmed=1",
    "javascript:globalThis.harmed=1",
    "&lt;script&gt;globalThis.harmed=1&lt;/script&gt;",
    "&#60;img src=x onerror=globalThis.harmed=1&#62;",
    "{{ lookup('pipe', 'touch harmed') }}",
    "{% for x in y %}",
    "{# a comment",
    "[[data]]",
    "${globalThis.harmed=1}",
    "`+globalThis.harmed=1+`",
    "\\u003cscript\\u003eglobalThis.harmed=1",
    "__proto__",
    "constructor",
    "toString",
    "\u202egnp.exe",
    "a\u200bb\u00adc",
    "nul\x00 esc\x1b[2J bell\x07",
    "line\u2028separator\nand a new line",
    "\ud800 alone",
    '=HYPERLINK("https://example.com")',
    "\u540d\u524d \U0001f9ea \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "very-long-" * 100,
)


def hostile():
    """Every hostile name in every place of the format that holds a text of somebody's choice."""
    scopes, people, access, found, changes = [], [], [], [], []
    for number, name in enumerate(HOSTILE):
        scopes.append(scope(UFILE, name, 1, name if number % 2 else None))
        texts = dict.fromkeys(("identity", "owner", "reason", "ticket"), name)
        people.append(principal(UFILE, name, name, name, **texts, declared=False))
        because = [(name, name, {"file": name, "number": 1, "line": 1})]
        condition = {"groups": [name], "tags": [name], "addresses": [name]}
        access.append(row(UFILE, name, name, "read", under(name, name), because, condition, name, "assumed"))
        accepted = {"reason": name, "by": name, "until": "2027-01-01"} if number % 2 else None
        found.append(finding("ID001", "medium", name, name, UFILE, name, name, name, name, accepted))
        changes.append({"change": "wider", **access[-1], "before": access[-1]})
    made = data(scopes, people, access, found, changes)
    return dict(made, unknowable=list(HOSTILE))
