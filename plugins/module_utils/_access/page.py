# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page that shows access: from data of the format ``grantops.access/1`` to HTML. Nothing is read or written.

People open a page from a mail. Names in it come from clouds, where anybody may have chosen them. So the page loads nothing,
its policy allows only its own style and script, by their digests, and every name in it is text: escaped in the part that
works without JavaScript, and elsewhere a string in JSON that the script sets as text. It is ASCII, and no part of it can be
taken for a template of Ansible.

Only the keys of the format are used; other keys of the data never reach a page.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from .._redaction import printable
from .findings import SEVERITIES
from .model import ACTIONS
from .page_data import Tables, condition_text, resource_text, scope_text, system_text, when
from .report import checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Row = Mapping[str, Any]

LARGEST = 10 * 1000 * 1000  # bytes of a page: mail servers refuse more, and browsers become slow
STATIC_ROWS = 2000  # rows without JavaScript
SCOPES = 60  # drawn in the list of scopes, those with a problem first
CHOICES = 240  # scopes to choose from


class Pieces(NamedTuple):
    """The files that a page is made of: its markup, that of an index of pages, the style of both, the script."""

    page: str
    contents: str
    style: str
    script: str


def pages(data: Row, pieces: Pieces, name: str = "access.html", largest: int = LARGEST) -> list[tuple[str, str]]:
    """File names and texts. The first file is the one to open: the page, or the index of several pages.

    ``name`` is that of the first file; the others have a number before its last dot. No text is longer than ``largest``
    bytes, unless a single principal is.
    """
    whole = render(data, pieces)
    if len(whole) <= largest:
        return [(name, whole)]
    stem, dot, ending = name.rpartition(".")
    made: list[tuple[str, str]] = []
    lines: list[tuple[Row, str, str]] = []  # data of a page, its file, what it is called
    for label, part in _by_scope(data):
        for portion, piece, text in _fitting(part, pieces, largest, name):
            file = f"{stem}-{len(made) + 1:03d}{dot}{ending}"
            made.append((file, text))
            lines.append((piece, file, label + portion))
    return [(name, _index(data, pieces, lines)), *made]


def render(data: Row, pieces: Pieces, up: str | None = None) -> str:
    """One page. ``up``: the file of the index that it belongs to.

    Raises ValueError when the data is of another format, or does not fit together.
    """
    tables = Tables(checked(data, "What a page shows"))
    return _fill(
        pieces.page,
        policy=_policy(pieces.style, pieces.script),
        style=pieces.style,
        script=pieces.script,
        up=f'<a href="{_escape(up)}">All scopes</a>' if up else "",
        rows=_rows_table(tables),
        findings=_findings_table(tables),
        ends=_ends_table(tables),
        data=_json(tables.compact()),
        options=_options(tables),
        **_common(tables),
    )


# Texts in markup and JSON


def _visible(value: Any) -> str:
    """A text with its line breaks; other control characters and invisible ones as escapes."""
    return "\n".join(map(printable, str(value).split("\n")))


def _escape(value: Any) -> str:
    return html.escape(_visible(value)).replace("{", "&#123;")


def _json(value: Any) -> str:
    """JSON that no parser of HTML or of templates takes for anything else."""
    text = json.dumps(_all_visible(value), sort_keys=True, separators=(",", ":"))
    # "<" ends a script, and a brace before one of these begins a template; in JSON they stand in strings only.
    text = text.replace("<", "\\u003c")
    return re.sub(r"\{(?=[{%#])", r"\\u007b", text)


def _all_visible(value: Any) -> Any:
    if isinstance(value, str):
        return _visible(value)
    if isinstance(value, dict):
        return {key: _all_visible(item) for key, item in value.items()}
    return [_all_visible(item) for item in value] if isinstance(value, (list, tuple)) else value


def _fill(template: str, **parts: str) -> str:
    """A template with its ``[[name]]`` replaced; what was put in is not looked at again."""
    text = re.sub(r"\[\[(\w+)\]\]", lambda found: parts[found[1]], template)
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _policy(style: str, script: str = "") -> str:
    def digest(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"

    scripts = f"; script-src {digest(script)}" if script else ""
    return f"default-src 'none'; style-src {digest(style)}{scripts}; base-uri 'none'; form-action 'none'"


# Parts that work without JavaScript


def _number(value: int) -> str:
    return f"{value:,}"


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{_number(number)} {one if number == 1 else many or one + 's'}"


def _common(tables: Tables) -> dict[str, str]:
    """What a page and an index have in common."""
    data, counts = tables.data, tables.counts()
    read = "all read whole" if data["complete"] else f"{_number(counts['unread'])} of them not read, or not whole"
    return {
        "taken": _escape(when(data["taken_at"])),
        "taken_at": _escape(data["taken_at"]),
        "version": _escape(data["version"]),
        "summary": _escape(
            f"{_counted(counts['principals'], 'principal')} with {_counted(counts['rows'], 'row')} of access in "
            f"{_counted(counts['scopes'], 'scope')}, {read}."
        ),
        "incomplete": _incomplete(tables),
        "tiles": _tiles(counts, tables.days),
        "scopes": _scopes_table(tables),
        "unknowable": "".join(f"<li>{_escape(text)}</li>" for text in data["unknowable"]),
    }


def _incomplete(tables: Tables) -> str:
    """The words on top of a page that does not show everything."""
    if tables.data["complete"]:
        return ""
    bad = [row for row in tables.scopes if not row["complete"]]
    items = [
        f"<li><strong>{_escape(scope_text(row['system'], row['scope']))}</strong>: "
        f"{_escape(row.get('problem') or 'not read whole')}</li>"
        for row in bad[:SCOPES]
    ]
    if len(bad) > SCOPES:
        # All are named; the reasons of these are in the data
        rest = ", ".join(scope_text(row["system"], row["scope"]) for row in bad[SCOPES:])
        items.append(f"<li>and {_counted(len(bad) - SCOPES, 'more', 'more')}: {_escape(rest)}</li>")
    return (
        '<section class="incomplete" aria-labelledby="incomplete"><h2 id="incomplete">This report is incomplete</h2>'
        "<p>What follows was not read, or not whole. Who is not listed for it may have access all the same: "
        f"there, every answer is <em>unknown</em>.</p><ul>{''.join(items)}</ul></section>"
    )


def _tiles(counts: Mapping[str, int], days: int) -> str:
    """Numbers that filter the page: links, so that the address and the keyboard know them."""
    tiles = [(name, f"severity={name}", name.capitalize(), "findings") for name in SEVERITIES]
    tiles += [
        ("accepted", "severity=accepted", "Accepted", "findings, not counted"),
        ("soon", "when=soon", "Ends soon", f"within {days} days"),
        ("ended", "when=ended", "Ended", "and still there"),
        ("unsure", "sure=not", "Not certain", "rows, assumed or unknown"),
    ]
    return "".join(
        f'<li class="tile {name}{"" if counts[name] else " none"}"><a href="#{state}" data-tile="{state}"><span '
        f'class="number">{_number(counts[name])}</span> <span class="name">{title}</span> <span class="of">{of}</span>'
        "</a></li>"
        for name, state, title, of in tiles
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str, kind: str = "") -> str:
    """A table of cells that are markup already. On a narrow screen, each cell shows its label."""
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    body = "".join(
        "<tr>" + "".join(f'<td data-label="{name}">{cell}</td>' for name, cell in zip(heads, row)) + "</tr>"
        for row in rows
    )
    start = f'<table class="{kind}"><caption class="unseen">{caption}</caption>'
    return f"{start}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _scopes_table(tables: Tables) -> str:
    shown = sorted(tables.scopes, key=lambda row: bool(row["complete"]))
    rows = [
        (
            _escape(system_text(row["system"])),
            f"<code>{_escape(row['scope'] or 'default project')}</code>",
            _number(row["principals"]),
            ("whole" if row["complete"] else f"<strong>{_escape(row.get('problem') or 'not whole')}</strong>")
            + (f'<br><span class="soft">{_escape(row["assumption"])}</span>' if row.get("assumption") else ""),
        )
        for row in shown[:SCOPES]
    ]
    more = len(shown) - len(rows)
    whole = ", read whole" if all(row["complete"] for row in shown[SCOPES:]) else ""
    rest = f"<p>And {_counted(more, 'more scope')}{whole}.</p>" if more else ""
    return _table(("System", "Scope", "Principals", "Read"), rows, "What was read") + rest


def _options(tables: Tables) -> str:
    """Choices of where to look: a system, or a scope of it."""
    systems: dict[str, list[str]] = {}
    for number, row in enumerate(tables.scopes):
        # With very many scopes, only the first ones can be chosen, and every system.
        systems.setdefault(row["system"], []).extend([row["scope"]] if number < CHOICES else [])
    found = []
    for system, scopes in systems.items():
        found += [_escape(system_text(system)), *(_escape(scope_text(system, scope)) for scope in scopes)]
    return "".join(f'<option value="{text}">{text}</option>' for text in found)


def _some(rows: Sequence[Any], table: str, what: str) -> str:
    """A table, and a sentence about the rows that it leaves out."""
    more = len(rows) - STATIC_ROWS
    return table + (
        f"<p>The first {_number(STATIC_ROWS)} {what}; {_number(more)} more need JavaScript.</p>" if more > 0 else ""
    )


def _findings_table(tables: Tables) -> str:
    def cells(row: Row) -> Iterator[str]:
        accepted = row.get("accepted")
        yield f'<span class="badge {row["severity"]}">{row["severity"]}</span>'
        yield f"<strong>{_escape(row['id'])}</strong> {_escape(row['title'])}<br>{_escape(row['why'])}"
        where = [tables.name(row), row.get("resource"), scope_text(row["system"], row["scope"])]
        yield "<br>".join(_escape(text) for text in where if text)
        text = f"<pre>{_escape(row.get('remedy') or '')}</pre>"
        if accepted:
            text = _escape(f"Accepted until {accepted['until']} by {accepted['by']}: {accepted['reason']}") + text
        yield text

    if not tables.findings:
        return "<p>None.</p>"
    rows = [tuple(cells(row)) for row in tables.findings[:STATIC_ROWS]]
    return _some(
        tables.findings, _table(("Severity", "Finding", "Where", "Remedy"), rows, "Findings", "found"), "findings"
    )


def _ends_table(tables: Tables) -> str:
    if not tables.ends:
        return "<p>Nothing ends by itself.</p>"
    rows = []
    for end, who in tables.ends[:STATIC_ROWS]:
        row = tables.principals[who]
        state = "ended" if end <= tables.taken else "soon" if end <= tables.soon else ""
        who_text, where = row.get("name") or row["id"], scope_text(row["system"], row["scope"])
        rows.append((_escape(when(end)), state, _escape(who_text), _escape(where)))
    return _some(tables.ends, _table(("Ends", "", "Principal", "Scope"), rows, "What ends", "ends"), "ends")


def _rows_table(tables: Tables) -> str:
    rows = []
    for row in tables.rows[:STATIC_ROWS]:
        who = tables.principals[row.principal]
        certainty, assumption = tables.notes.values[row.note]
        sure = "" if certainty == "documented" else f" ({certainty}{': ' + assumption if assumption else ''})"
        because = "; ".join(
            f"{field} {value}{' (' + place + ')' if place else ''}" for field, value, place in tables.because(row)
        )
        rows.append(
            (
                _escape(who.get("name") or who["id"]),
                _escape(scope_text(who["system"], who["scope"])),
                ACTIONS[row.action],
                _escape(resource_text(tables.resources[row.resource])),
                _escape(condition_text(tables.conditions.values[row.condition])),
                _escape(because + sure),
            )
        )
    if not rows:
        return "<p>No access was seen.</p>"
    heads = ("Principal", "Scope", "Action", "Resource", "Condition", "Because")
    return _some(tables.rows, _table(heads, rows, "Who can do what", "all"), "rows")


# More than one page


def _by_scope(data: Row) -> Iterator[tuple[str, dict[str, Any]]]:
    """The data of each scope, with its name."""
    lists = ("principals", "access", "findings", "changes")
    parts: dict[Any, dict[str, list[Row]]] = {
        (row["system"], row["scope"]): {name: [] for name in lists} for row in data["scopes"]
    }
    first = list(parts.values())[:1]
    for name in lists:
        for row in data.get(name) or ():
            # Rows without a scope, such as an acceptance that matches nothing, are on the first page and on the index.
            place = (row["system"], row["scope"])
            parts.get(place, first[0])[name].append(row)
    for scope in data["scopes"]:
        part = dict(data, scopes=[scope], complete=scope["complete"], **parts[scope["system"], scope["scope"]])
        if data.get("changes") is None:
            part["changes"] = None
        yield scope_text(scope["system"], scope["scope"]), part


def _fitting(part: Row, pieces: Pieces, largest: int, up: str) -> Iterator[tuple[str, Row, str]]:
    """Pages of a scope, each small enough: the words that tell them apart, data, text."""
    waiting = [part]
    made = []
    while waiting:
        piece = waiting.pop()
        text = render(piece, pieces, up)
        people = piece["principals"]
        if len(text) > largest and len(people) > 1:
            half = len(people) // 2
            # The first half is done first.
            waiting += [_of_people(piece, people[half:], False), _of_people(piece, people[:half], True)]
        else:
            made.append((piece, text))
    for number, (piece, text) in enumerate(made, 1):
        yield (f" ({number} of {len(made)})" if len(made) > 1 else ""), piece, text


def _of_people(part: Row, people: Sequence[Row], first: bool) -> dict[str, Any]:
    """The data of some principals; rows without a principal stay with the first part."""
    ids = {row["id"] for row in people}
    everybody = {row["id"] for row in part["principals"]}

    def theirs(rows: Iterable[Row] | None) -> list[Row]:
        return [
            row
            for row in rows or ()
            if row.get("principal") in ids or (first and row.get("principal") not in everybody)
        ]

    made = {name: theirs(part[name]) for name in ("access", "findings")}
    return dict(
        part, principals=people, changes=theirs(part["changes"]) if part["changes"] is not None else None, **made
    )


def _index(data: Row, pieces: Pieces, lines: Sequence[tuple[Row, str, str]]) -> str:
    rows = []
    for part, file, label in lines:
        # Severities of what counts
        counting = [row["severity"] for row in part["findings"] if not row.get("accepted")]
        rows.append(
            (
                f'<a href="{_escape(file)}">{_escape(label)}</a>',
                _number(len(part["principals"])),
                _number(len(part["access"])),
                *(_number(counting.count(severity)) for severity in SEVERITIES),
                "whole" if part["complete"] else "<strong>not whole</strong>",
            )
        )
    heads = ("Scope", "Principals", "Rows", *(name.capitalize() for name in SEVERITIES), "Read")
    parts = _common(Tables(data))
    # The tiles are links that filter a page, which would do nothing here.
    parts["tiles"] = re.sub(r"<a [^>]*>|</a>", "", parts["tiles"])
    return _fill(
        pieces.contents,
        policy=_policy(pieces.style),
        style=pieces.style,
        pages=_table(heads, rows, "Pages, one a scope"),
        **parts,
    )
