# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a page is made of. How it looks and works is tested in a browser, in tests/browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils._access import findings, model, page, rules

from .estates import NOW, access, rocketmq, roma, scope, ufile, urocketmq
from .test_model import grant

# Only the controller reads the pieces, and ansible-test gives tests of module_utils none.
PIECES = pytest.importorskip("ansible_collections.grantops.cloud.plugins.filter.page").pieces()
EVIL = "</script><b>{{ x }}{% x %}{# &amp; \u202e\x1b[[data]]\u540d"


USER = ("huaweicloud_rocketmq", "i-1")


def estate(*names):
    return access(rocketmq, *(rocketmq(name, topics={f"{name}-topic": "PUB"}) for name in names), version="1.1.0")


def block(text):
    """The data in a page."""
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])


PARTS = (
    "up",
    "options",
    "rows",
    "findings",
    "ends",
    "taken",
    "taken_at",
    "version",
    "summary",
    "incomplete",
    "tiles",
    "scopes",
    "unknowable",
)
BARE = page.Pieces(
    *(
        "\n\0".join(f"{part}=[[{part}]]" for part in parts)
        for parts in (PARTS, ("taken", "tiles", "pages", "policy", "style"))
    ),
    "S",
    "J",
)


def bare(text):
    """The parts of a page that has nothing else."""
    return dict(part.split("=", 1) for part in text.rstrip("\n").split("\n\0"))


def table(kind, caption, heads, *rows):
    heads = heads.split("|")
    cells = ("".join(f'<td data-label="{head}">{cell}</td>' for head, cell in zip(heads, row)) for row in rows)
    head = "".join(f'<th scope="col">{head}</th>' for head in heads)
    body = "".join(f"<tr>{row}</tr>" for row in cells)
    start = f'<table class="{kind}"><caption class="unseen">{caption}</caption>'
    return f"{start}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def tile(kind, state, number, name, of):
    return (
        f'<li class="tile {kind}"><a href="#{state}" data-tile="{state}"><span class="number">{number}</span> '
        f'<span class="name">{name}</span> <span class="of">{of}</span></a></li>'
    )


def some_of_all():
    """Of each system something: whole and not, certain and not, ended and not, found and accepted."""
    rows = (rocketmq("billing", {"orders": "SUB"}, {"g": "SUB"}), rocketmq("odd", topic=None))
    tokens = (
        ufile("old", end=NOW),
        ufile("soon", end=NOW + 86400),
        ufile("late", token_name=None, end=NOW + 99 * 86400),
    )
    scopes = [
        scope(rocketmq, *rows),
        scope(roma, roma(app=("pub",))),
        scope(ufile, *tokens),
        scope(urocketmq, problem="HTTP 403 <no>"),
    ]
    permission = {"admin": False, "address": (), "topic": ((), {"orders": {"SUB"}}), "group": ((), {})}
    data = model.access(scopes, [grant("huaweicloud_rocketmq", {"user_name": "billing"}, permission)], NOW, "1.1.0")
    accepted = {"until": "2027-02-01", "by": "ann", "reason": "moves"}
    found = [
        findings.finding("MQ002", "Why <it>.", "Run\nit {{ x }}.", *USER, "billing", "orders"),
        dict(findings.finding("OS005", "Ends.", "", "ucloud_ufile", "", "id-soon"), accepted=accepted),
        findings.finding("AC002", "Nothing.", "Take out."),
    ]
    return dict(data, unknowable=["a & b", "c"], findings=found)


TILES = (
    tile("critical none", "severity=critical", 0, "Critical", "findings"), tile("high", "severity=high", 1, "High", "findings"),
    tile("medium none", "severity=medium", 0, "Medium", "findings"), tile("low", "severity=low", 1, "Low", "findings"),
    tile("accepted", "severity=accepted", 1, "Accepted", "findings, not counted"),
    tile("soon", "when=soon", 1, "Ends soon", "within 30 days"), tile("ended", "when=ended", 1, "Ended", "and still there"),
    tile("unsure", "sure=not", 2, "Not certain", "rows, assumed or unknown"),
)  # fmt: skip
PLACES = ("RocketMQ|i-1", "ROMA Connect|r-1", "UFile|default project", "URocketMQ|s-1")
NO_TOPICS = "default_topic_perm not shown by the service (unknown: The service did not show default_topic_perm in a form that is known.)"
FILES = ("read", "every object in b, also those created later")
BY = "allowed_ops TOKEN_ALLOW_READ; allowed_buckets b; allowed_prefixes *"
SHOWN = {
    "up": '<a href="index.html">All scopes</a>',
    "options": "".join(
        f'<option value="{text}">{text}</option>'
        for place in PLACES
        for text in (place.split("|", maxsplit=1)[0], place.replace("|", " "))
    ),
    "rows": table(
        "all",
        "Who can do what",
        "Principal|Scope|Action|Resource|Condition|Because",
        (
            "billing",
            "RocketMQ i-1",
            "consume",
            "orders",
            "with group g",
            "topic_perms orders=SUB (grants.yml:9); group_perms g=SUB",
        ),
        ("odd", "RocketMQ i-1", "publish", "every topic, also those created later", "", NO_TOPICS),
        ("app", "ROMA Connect r-1", "publish", "orders", "", f"policies orders=pub (assumed: {rules.SASL})"),
        ("id-late", "UFile default project", *FILES, "until 2027-04-24 08:00:00", BY),
        ("old", "UFile default project", *FILES, "until 2027-01-15 08:00:00", BY),
        ("soon", "UFile default project", *FILES, "until 2027-01-16 08:00:00", BY),
    ),
    "findings": table(
        "found",
        "Findings",
        "Severity|Finding|Where|Remedy",
        (
            '<span class="badge high">high</span>',
            "<strong>MQ002</strong> Administrator<br>Why &lt;it&gt;.",
            "billing<br>orders<br>RocketMQ i-1",
            "<pre>Run\nit &#123;&#123; x }}.</pre>",
        ),
        (
            '<span class="badge high">high</span>',
            "<strong>OS005</strong> Ends soon<br>Ends.",
            "soon<br>UFile default project",
            "Accepted until 2027-02-01 by ann: moves<pre></pre>",
        ),
        (
            '<span class="badge low">low</span>',
            "<strong>AC002</strong> An acceptance matches nothing<br>Nothing.",
            "",
            "<pre>Take out.</pre>",
        ),
    ),
    "ends": table(
        "ends",
        "What ends",
        "Ends||Principal|Scope",
        ("2027-01-15 08:00:00", "ended", "old", "UFile default project"),
        ("2027-01-16 08:00:00", "soon", "soon", "UFile default project"),
        ("2027-04-24 08:00:00", "", "id-late", "UFile default project"),
    ),
    "taken": "2027-01-15 08:00:00",
    "taken_at": "2027-01-15T08:00:00Z",
    "version": "1.1.0",
    "summary": "6 principals with 6 rows of access in 4 scopes, 1 of them not read, or not whole.",
    "incomplete": '<section class="incomplete" aria-labelledby="incomplete"><h2 id="incomplete">This report is incomplete</h2><p>What '
    "follows was not read, or not whole. Who is not listed for it may have access all the same: there, every answer is "
    "<em>unknown</em>.</p><ul><li><strong>URocketMQ s-1</strong>: HTTP 403 &lt;no&gt;</li></ul></section>",
    "tiles": "".join(TILES),
    "scopes": table(
        "",
        "What was read",
        "System|Scope|Principals|Read",
        ("URocketMQ", "<code>s-1</code>", 0, "<strong>HTTP 403 &lt;no&gt;</strong>"),
        ("RocketMQ", "<code>i-1</code>", 2, "whole"),
        ("ROMA Connect", "<code>r-1</code>", 1, f'whole<br><span class="soft">{rules.SASL}</span>'),
        ("UFile", "<code>default project</code>", 3, "whole"),
    ),
    "unknowable": "<li>a &amp; b</li><li>c</li>",
}


def test_a_page_says_without_its_script_what_the_data_say():
    assert bare(page.render(some_of_all(), BARE, "index.html")) == SHOWN


def test_a_page_of_nothing_says_so():
    shown = bare(page.render(model.access([scope(ufile)], at=NOW), BARE))
    assert [shown[part] for part in ("up", "rows", "findings", "ends", "incomplete", "summary")] == [
        "", "<p>No access was seen.</p>", "<p>None.</p>", "<p>Nothing ends by itself.</p>", "",
        "0 principals with 0 rows of access in 1 scope, all read whole.",
    ]  # fmt: skip


def test_an_index_counts_of_each_page_what_is_on_it():
    shown = bare(page.pages(some_of_all(), BARE, "a.b.html", 100)[0][1])
    heads = "Scope|Principals|Rows|Critical|High|Medium|Low|Read"
    lines = [
        ("RocketMQ i-1 (1 of 2)", 1, 1, 0, 1, 0, 1, "whole"), ("RocketMQ i-1 (2 of 2)", 1, 1, 0, 0, 0, 0, "whole"),
        ("ROMA Connect r-1", 1, 1, 0, 0, 0, 0, "whole"),
        *((f"UFile default project ({number} of 3)", 1, 1, 0, 0, 0, 0, "whole") for number in (1, 2, 3)),
        ("URocketMQ s-1", 0, 0, 0, 0, 0, 0, "<strong>not whole</strong>"),
    ]  # fmt: skip
    rows = ((f'<a href="a.b-{number:03}.html">{line[0]}</a>', *line[1:]) for number, line in enumerate(lines, 1))
    assert shown["pages"] == table("", "Pages, one a scope", heads, *rows)
    assert shown["tiles"] == re.sub("</?a[^>]*>", "", "".join(TILES))
    assert shown["style"] == "S"
    digest = base64.b64encode(hashlib.sha256(b"S").digest()).decode()
    assert shown["policy"] == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_a_page_allows_its_own_style_and_script_and_nothing_else():
    text = page.render(estate("u"), PIECES)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    parts = (re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[1] for tag in ("style", "script"))
    style, script = (base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() for part in parts)
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert text.index("Content-Security-Policy") < text.index("<style>")
    assert not re.search(r"\s(src|style|on\w+)=", re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL))


def test_names_are_text_and_nothing_that_ansible_renders():
    text = page.render(estate(EVIL), PIECES)
    assert text.isascii()
    assert text.count("</script>") == 2
    assert not re.search(r"\{[{%#]", text)
    assert "<b>" not in text
    assert block(text)["principals"]["id"] == [EVIL.replace("\u202e", "\\u202e").replace("\x1b", "\\x1b")]


def test_the_page_is_a_function_of_the_data():
    data = estate("u", "v")
    assert page.render(data, PIECES) == page.render(json.loads(json.dumps(data)), PIECES)


def test_what_the_format_does_not_know_does_not_reach_a_page():
    data = estate("u")
    secret = "Planted-1234-secret"
    for row in (data, data["principals"][0], data["access"][0], data["access"][0]["because"][0], data["scopes"][0]):
        row["secret_key"] = secret
    data["findings"] = [dict(findings.finding("MQ002", "w", "r", *USER, "u"), secret_key=secret)]
    assert secret not in page.render(data, PIECES)


def test_what_was_not_read_is_the_first_thing_said():
    text = page.render(access(rocketmq, problem="HTTP 403"), PIECES)
    assert text.index("This report is incomplete") < text.index('class="tiles"')


@pytest.mark.parametrize(
    ("drawn", "unread", "more"),
    [
        (1, "<li>and 2 more: RocketMQ i-1, RocketMQ i-2</li>", "<p>And 3 more scopes.</p>"),
        (2, "<li>and 1 more: RocketMQ i-2</li>", "<p>And 2 more scopes.</p>"),
        (3, "<li><strong>RocketMQ i-2</strong>: timeout</li>", "<p>And 1 more scope, read whole.</p>"),
        (4, "<li><strong>RocketMQ i-2</strong>: timeout</li>", "</table>"),
    ],
)
def test_of_many_scopes_each_that_was_not_read_is_named(monkeypatch, drawn, unread, more):
    monkeypatch.setattr(page, "SCOPES", drawn)
    monkeypatch.setattr(page, "CHOICES", 1)
    broken = [model.Scope("huaweicloud_rocketmq", f"i-{number}", [], False, "timeout") for number in range(3)]
    shown = bare(page.render(model.access([*broken, scope(ufile)], at=NOW), BARE))
    assert shown["incomplete"].endswith(f"{unread}</ul></section>") and shown["scopes"].endswith(more)
    assert re.findall(r'<option value="([^"]*)">', shown["options"]) == ["RocketMQ", "RocketMQ i-0", "UFile"]


@pytest.mark.parametrize(("drawn", "findings", "ends", "rows"), [(2, 1, 1, 4), (3, 0, 0, 3)])
def test_the_first_rows_are_there_without_javascript(monkeypatch, drawn, findings, ends, rows):
    monkeypatch.setattr(page, "STATIC_ROWS", drawn)
    shown = bare(page.render(some_of_all(), BARE))
    for part, more in (("findings", findings), ("ends", ends), ("rows", rows)):
        assert shown[part].count("<tr>") == drawn + 1
        told = f"<p>The first {drawn} {part}; {more} more need JavaScript.</p>" if more else ""
        assert shown[part].partition("</table>")[2] == told


def large(*instances):
    """Two users on each of these instances, and a finding on each, one that is of none, and no changes."""
    scopes = [
        model.Scope("huaweicloud_rocketmq", name, [rocketmq(f"{name}-{user}", topics={"t": "PUB"}) for user in "ab"])
        for name in instances
    ]
    data = model.access(scopes, at=NOW, version="1.1.0")
    found = [findings.finding("MQ002", "w", "r", "huaweicloud_rocketmq", name, f"{name}-b") for name in instances]
    data["findings"] = [*found, findings.finding("AC002", "Nothing like it.", "Remove it.")]
    return data


def names(text):
    return block(text)["principals"]["id"] if 'id="data"' in text else []


def test_a_page_a_scope_and_an_index_hold_once_what_does_not_fit_on_one():
    data = large("i-1", "i-2")
    assert [name for name, _text in page.pages(data, PIECES, "x.html")] == ["x.html"]
    whole = len(page.render(data, PIECES))
    made = dict(page.pages(data, PIECES, "access.html", largest=whole - 1))
    assert list(made) == ["access.html", "access-001.html", "access-002.html"]
    assert max(map(len, made.values())) < whole
    assert [names(text) for text in made.values()] == [[], ["i-1-a", "i-1-b"], ["i-2-a", "i-2-b"]]
    shown = [block(made[name]) for name in list(made)[1:]]
    assert [(len(each["findings"]), len(each["scopes"]), each["compared"]) for each in shown] == [
        (2, 1, False),
        (1, 1, False),
    ]
    data["changes"] = [dict(row, change="added", before=None) for row in data["access"]]
    pages = page.pages(data, PIECES, "access.html", largest=len(page.render(data, PIECES)) - 1)
    assert [len(block(text)["changes"]) for _name, text in pages[1:]] == [2, 2]
    pages = page.pages(estate(*"abcd"), PIECES, "access.html", 100)
    assert [names(text) for _name, text in pages] == [[], *map(list, "abcd")]
    assert not any(block(text)["compared"] for _name, text in pages[1:])
    assert all('<a href="access.html">All scopes</a>' in made[name] for name in list(made)[1:])


def test_a_scope_that_is_too_large_becomes_several_pages():
    data = large("i-1")
    data["changes"] = [dict(row, change="added", before=None) for row in data["access"]]
    made = dict(page.pages(data, PIECES, "access.html", largest=len(page.render(data, PIECES)) - 1))
    assert [names(text) for text in made.values()] == [[], ["i-1-a"], ["i-1-b"]]
    pages = [block(made[name]) for name in list(made)[1:]]
    assert [[found[0] for found in each["findings"]] for each in pages] == [["AC002"], ["MQ002"]]
    assert [[change[3] for change in each["changes"]] for each in pages] == [["i-1-a"], ["i-1-b"]]
