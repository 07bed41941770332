# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Estates in the format ``grantops.access/1``, made up: one to look at, one that is large, one of hostile names."""

from __future__ import annotations

VERSION = "1.1.0"
TAKEN = "2026-11-27T02:00:00Z"
UNKNOWABLE = [
    "Keys of the accounts themselves, and what IAM policies give.",
    "Buckets that are public by their own settings.",
    "When access was last used.",
    "Whether an instance of ROMA Connect has SASL switched on, or one of RocketMQ its ACL.",
]
MQ, ROMA, UFILE, UMQ = "huaweicloud_rocketmq", "huaweicloud_roma", "ucloud_ufile", "ucloud_urocketmq"


def data(scopes, principals, access, findings=(), changes=None):
    return {
        "format": "grantops.access/1",
        "version": VERSION,
        "taken_at": TAKEN,
        "complete": all(scope["complete"] for scope in scopes),
        "unknowable": UNKNOWABLE,
        "scopes": scopes,
        "principals": principals,
        "access": access,
        "findings": list(findings),
        "changes": changes,
    }


def scope(system, name, principals, problem=None):
    whole = problem is None
    more = {"problem": problem, "principals": principals, "assumption": None}
    return {"system": system, "scope": name, "complete": whole, **more}


def principal(system, place, name, kind="user", **more):
    empty = dict.fromkeys(("identity", "owner", "reason", "ticket", "created", "expires", "declared"))
    return {"system": system, "scope": place, "id": name, "name": name, "type": kind, **empty, **more}


def row(system, place, who, action, resource, because, condition=None, assumption=None, certainty="documented"):
    return {
        "system": system,
        "scope": place,
        "principal": who,
        "action": action,
        "resource": resource,
        "condition": condition or {},
        "because": [{"field": field, "value": value, "grant": grant} for field, value, grant in because],
        "certainty": certainty,
        "assumption": assumption,
    }


def finding(name, severity, title, why, system, place, who=None, resource=None, remedy="", accepted=None):
    return {
        "id": name,
        "severity": severity,
        "title": title,
        "why": why,
        "system": system,
        "scope": place,
        "principal": who,
        "resource": resource,
        "remedy": remedy,
        "accepted": accepted,
    }


def topic(name):
    return {"kind": "topic", "match": "exact", "name": name}


EVERY_TOPIC = {"kind": "topic", "match": "all", "name": "*"}


def under(prefix, bucket):
    return {"kind": "object", "match": "prefix" if prefix else "all", "name": prefix or "*", "bucket": bucket}


def grant(number, line):
    return {"file": "grants.yml", "number": number, "line": line}


def sample():
    """A shop: four systems, six scopes, a few findings of each severity, an acceptance, changes."""
    mq, roma, ufile, umq = "rocketmq-shop", "roma-shop", "org-shop", "urmq-shop"
    people = [
        principal(MQ, mq, "audit", owner="compliance", reason="reads what was ordered", ticket="SEC-41", declared=True),
        principal(MQ, mq, "checkout", owner="shop", identity="checkout", declared=True),
        principal(MQ, mq, "legacy-gateway", declared=False),
        principal(MQ, mq, "mq-admin", owner="platform", declared=True),
        principal(MQ, mq, "warehouse", owner="logistics", declared=True),
        principal(ROMA, roma, "audit", "application", owner="compliance", declared=True),
        principal(ROMA, roma, "crm", "application", owner="sales", declared=True),
        principal(UFILE, ufile, "backup", "token", owner="platform", declared=True, expires="2026-12-09T00:00:00Z"),
        principal(UFILE, ufile, "ingest", "token", owner="data", declared=True, expires="2027-03-31T00:00:00Z"),
        principal(UFILE, ufile, "old-export", "token", declared=False, expires="2026-10-01T00:00:00Z"),
        principal(UFILE, ufile, "reports", "token", owner="finance", declared=True, expires="2027-06-30T00:00:00Z"),
        principal(UMQ, umq, "checkout", "token", owner="shop", identity="checkout", declared=True),
        principal(UMQ, umq, "fraud", "token", owner="risk", declared=True),
    ]
    sasl = "Whether SASL is switched on is not shown by any request: say it in the inventory"
    access = [
        row(
            MQ,
            mq,
            "audit",
            "consume",
            topic("orders"),
            [("topic_perms", "orders=SUB", grant(1, 4)), ("group_perms", "audit=SUB", grant(1, 4))],
            {"groups": ["audit"]},
        ),
        row(MQ, mq, "checkout", "publish", topic("orders"), [("topic_perms", "orders=PUB", grant(2, 9))]),
        row(MQ, mq, "checkout", "publish", topic("payments"), [("topic_perms", "payments=PUB", grant(2, 9))]),
        row(
            MQ,
            mq,
            "legacy-gateway",
            "consume",
            EVERY_TOPIC,
            [("white_remote_address", "10.20.0.*", None)],
            {"addresses": ["10.20.0.*"], "keyless": True},
        ),
        row(
            MQ,
            mq,
            "legacy-gateway",
            "publish",
            EVERY_TOPIC,
            [("white_remote_address", "10.20.0.*", None)],
            {"addresses": ["10.20.0.*"], "keyless": True},
        ),
        row(
            MQ,
            mq,
            "mq-admin",
            "administer",
            {"kind": "instance", "match": "all", "name": "*"},
            [("admin", "true", grant(3, 15))],
        ),
        row(
            MQ,
            mq,
            "warehouse",
            "consume",
            topic("orders"),
            [("topic_perms", "orders=PUB|SUB", grant(4, 19)), ("group_perms", "stock=SUB", grant(4, 19))],
            {"groups": ["stock"]},
        ),
        row(MQ, mq, "warehouse", "publish", topic("orders"), [("topic_perms", "orders=PUB|SUB", grant(4, 19))]),
        row(
            ROMA,
            roma,
            "audit",
            "consume",
            topic("orders"),
            [("access_policy", "sub", grant(5, 24))],
            None,
            sasl,
            "assumed",
        ),
        row(
            ROMA,
            roma,
            "crm",
            "consume",
            topic("orders"),
            [("access_policy", "all", grant(6, 28)), ("tag", "eu && paid", grant(6, 28))],
            {"tags": ["eu && paid"]},
            "How tags are joined is not documented: try it on the instance",
            "unknown",
        ),
        row(
            ROMA,
            roma,
            "crm",
            "publish",
            topic("orders"),
            [("access_policy", "all", grant(6, 28))],
            None,
            sasl,
            "assumed",
        ),
        row(
            UFILE,
            ufile,
            "backup",
            "read",
            under("", "*"),
            [("allowed_ops", "TOKEN_ALLOW_READ", grant(7, 33)), ("allowed_buckets", "*", grant(7, 33))],
            {"until": "2026-12-09T00:00:00Z"},
        ),
        row(
            UFILE,
            ufile,
            "backup",
            "delete",
            under("", "*"),
            [("allowed_ops", "TOKEN_ALLOW_DELETE", grant(7, 33)), ("allowed_buckets", "*", grant(7, 33))],
            {"until": "2026-12-09T00:00:00Z"},
        ),
        row(
            UFILE,
            ufile,
            "ingest",
            "write",
            under("incoming/", "acme-incoming"),
            [("allowed_ops", "TOKEN_ALLOW_WRITE", grant(8, 40)), ("allowed_prefixes", "incoming/", grant(8, 40))],
            {"until": "2027-03-31T00:00:00Z", "no_overwrite": True},
        ),
        row(
            UFILE,
            ufile,
            "old-export",
            "read",
            under("export", "acme-reports"),
            [("allowed_ops", "TOKEN_ALLOW_READ", None), ("allowed_prefixes", "export", None)],
            {"until": "2026-10-01T00:00:00Z"},
        ),
        row(
            UFILE,
            ufile,
            "reports",
            "read",
            under("reports/", "acme-reports"),
            [("allowed_ops", "TOKEN_ALLOW_READ", grant(9, 46)), ("allowed_prefixes", "reports/", grant(9, 46))],
            {"until": "2027-06-30T00:00:00Z"},
        ),
        row(
            UMQ, umq, "checkout", "publish", topic("refunds"), [("allow_produce_topic_list", "refunds", grant(10, 52))]
        ),
        row(UMQ, umq, "fraud", "consume", EVERY_TOPIC, [("topic_consume_perm", "ALL", grant(11, 56))]),
    ]
    user = "- system: huaweicloud_rocketmq\n  instance_id: rocketmq-shop\n  principal: "
    token = "- system: ucloud_ufile\n  principal: "
    findings = [
        finding(
            "MQ001",
            "critical",
            "An address needs no key",
            "Whoever has an address of this list may do everything on the "
            "instance, without a key. An address is no identity: it can be that of a proxy, or be given to another host.",
            MQ,
            mq,
            "legacy-gateway",
            "10.20.0.*",
            f"{user}legacy-gateway\n  permissions:\n    white_remote_address: ''\n",
        ),
        finding(
            "MQ002",
            "high",
            "Administrator",
            "An administrator may do everything, also on topics of later.",
            MQ,
            mq,
            "mq-admin",
            None,
            f"{user}mq-admin\n  permissions:\n    admin: false\n",
            {"reason": "runs the instance, key in the vault", "by": "j.miller", "until": "2027-01-31"},
        ),
        finding(
            "OS001",
            "high",
            "Every bucket and prefix",
            "The token opens what is stored in every bucket, also those of later.",
            UFILE,
            ufile,
            "backup",
            "*",
            f"{token}backup\n  setup: read_only\n  buckets: [acme-backup]\n",
        ),
        finding(
            "OS002",
            "high",
            "Deletes everywhere",
            "A backup that can delete can also be made to delete what it keeps.",
            UFILE,
            ufile,
            "backup",
            "*",
            f"{token}backup\n  setup: read_only\n  buckets: [acme-backup]\n",
        ),
        finding(
            "OS005",
            "high",
            "Ends soon",
            "It ends on 2026-12-09. What uses it fails from then on.",
            UFILE,
            ufile,
            "backup",
            None,
            f"{token}backup\n  expires: 2027-11-30\n",
        ),
        finding(
            "MQ004",
            "medium",
            "Consumes everywhere, also what is created later",
            "What is written to a topic that does not exist yet will be readable too.",
            UMQ,
            umq,
            "fraud",
            "*",
            "- system: ucloud_urocketmq\n  service_id: urmq-shop\n  principal: fraud\n  setup: consumer\n  topics: [orders, payments]\n",
        ),
        finding(
            "OS003",
            "medium",
            "Prefix without a closing /",
            "A prefix is text: export also opens export-secret/.",
            UFILE,
            ufile,
            "old-export",
            "export",
            f"{token}old-export\n  prefixes: [export/]\n",
        ),
        finding(
            "ID001",
            "medium",
            "No grant names it",
            "Nobody has declared it, so that nobody answers for it.",
            MQ,
            mq,
            "legacy-gateway",
            None,
            f"{user}legacy-gateway\n  setup: no_access\n",
        ),
        finding(
            "ID001",
            "medium",
            "No grant names it",
            "Nobody has declared it, so that nobody answers for it.",
            UFILE,
            ufile,
            "old-export",
            None,
            f"{token}old-export\n  setup: no_access\n",
        ),
        finding(
            "OS006",
            "low",
            "Ended, and is still there",
            "It ended on 2026-10-01 and can be deleted.",
            UFILE,
            ufile,
            "old-export",
            None,
            f"{token}old-export\n  state: absent\n",
        ),
    ]
    narrower = row(MQ, mq, "checkout", "publish", topic("orders"), [])
    changes = [
        {"change": "added", **row(UMQ, umq, "fraud", "consume", EVERY_TOPIC, [])},
        {"change": "narrower", **narrower, "before": dict(narrower, resource=EVERY_TOPIC)},
        {
            "change": "renewed",
            **row(
                UFILE,
                ufile,
                "ingest",
                "write",
                under("incoming/", "acme-incoming"),
                [],
                {"until": "2027-03-31T00:00:00Z"},
            ),
            "before": row(
                UFILE,
                ufile,
                "ingest",
                "write",
                under("incoming/", "acme-incoming"),
                [],
                {"until": "2026-12-31T00:00:00Z"},
            ),
        },
    ]
    scopes = [scope(MQ, mq, 5), scope(ROMA, roma, 2), scope(UFILE, ufile, 4), scope(UMQ, umq, 2)]
    return data(scopes, people, access, findings, changes)


def incomplete():
    """The shop, of which two scopes could not be read."""
    made = sample()
    made["scopes"] += [
        scope(MQ, "rocketmq-eu", 0, "403 DMS.10240004: no permission"),
        scope(UMQ, "urmq-eu", 0, "no answer in 30 s"),
    ]
    return dict(made, complete=False)


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
    found = [
        finding(
            f"MQ00{number % 3 + 3}",
            severities[number % 3],
            f"A finding of kind {number % 3}",
            "Why it matters.",
            MQ,
            places[number * 20 // many],
            names[number * 20],
            None,
            f"- principal: {names[number * 20]}\n  setup: no_access\n",
        )
        for number in range(findings)
    ]
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
        place = f"{name}"
        scopes.append(scope(UFILE, place, 1, name if number % 2 else None))
        people.append(
            principal(UFILE, place, name, name, identity=name, owner=name, reason=name, ticket=name, declared=False)
        )
        by = {"file": name, "number": 1, "line": 1}
        condition = {"groups": [name], "tags": [name], "addresses": [name]}
        access.append(
            row(UFILE, place, name, "read", under(name, name), [(name, name, by)], condition, name, "assumed")
        )
        accepted = {"reason": name, "by": name, "until": "2027-01-01"} if number % 2 else None
        found.append(finding("ID001", "medium", name, name, UFILE, place, name, name, name, accepted))
        changes.append({"change": "wider", **access[-1], "before": access[-1]})
    made = data(scopes, people, access, found, changes)
    return dict(made, unknowable=list(HOSTILE))
