# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules that a plan must pass before anything is written, judged on the access before it and after it.

A rule is a mapping:

- ``id``, a unique text, and one verb: ``deny`` (nobody may, with exceptions), ``only`` (nobody but these may), ``require``
  (only under these conditions), ``separate`` (nobody may have two of these), ``limit`` (at most this many principals, in
  each service, instance or project).
- A verb selects access by ``system``, ``scope``, ``principal`` (id, name or joined identity), ``action`` and ``on`` (a topic,
  a bucket, or bucket/key); each a text or a list of texts, in which ``*`` stands for any text. Access is selected too when
  it may reach something of that, or when it is not known.
- ``when``: ``any`` (default) judges all access after the plan, ``new`` only what the plan adds or widens. ``level``:
  ``refuse`` (default) or ``warn``.
- ``exceptions``: for a principal, in the form of acceptances of findings.
- ``allows``, ``refuses``: examples, tried before anything is read. Each is one access, or a list of accesses that exist
  together.

A plan is refused where a rule cannot be understood or judged.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .._schema.fields import Time
from .._ucloud import ufile_renewal
from . import rules as access_rules
from .guardrail_rules import DENY, LIMIT, NEW, ONLY, REFUSE, REQUIRE, SEPARATE, Rule, got, together, with_on, wrong
from .model import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .guardrail_rules import Selector
    from .model import Data, Key

    Row = Mapping[str, Any]

SINGLE = (DENY, ONLY, REQUIRE)  # verbs about single accesses
SHOWN = 5  # accesses of one principal in a message


def parse(raw: Any, at: int) -> list[Rule]:
    """The Rules of a list of mappings; TaskError with all mistakes, and with all examples that do not hold."""
    problems: list[errors.Problem] = []
    if not isinstance(raw, (list, tuple)) or not raw:
        text = f"it must be a list of rules that is not empty, such as [{{id: orders, deny: {{action: publish}}}}]; got {got(raw)}"
        raise errors.TaskError([errors.Problem("", text, "guardrails")])
    plain = [with_on(rule) for rule in raw]
    first: dict[str, int] = {}
    for index, rule in enumerate(plain):
        for place, text in wrong(rule, at):
            problems.append(errors.Problem("", text, f"guardrails[{index}]{place}"))
        name = rule.get("id") if isinstance(rule, dict) else None
        if isinstance(name, str) and first.setdefault(name, index) != index:
            text = f"it must be unique; got {name!r}, as guardrails[{first[name]}] has"
            problems.append(errors.Problem("", text, f"guardrails[{index}].id"))
    if problems:
        raise errors.TaskError(problems)
    found = [Rule(f"guardrails[{index}]", rule) for index, rule in enumerate(plain)]
    for each in found:
        problems.extend(_try_examples(each, at))
    if problems:
        raise errors.TaskError(problems)
    return found


def _try_examples(rule: Rule, at: int) -> Iterator[errors.Problem]:
    for number, (kind, example) in enumerate(rule.examples):
        rows = [_example_row(entry, at) for entry in together(example)]
        # In an example, principals of one name are one person.
        people = {key_of(row): {**_principal_of(row), "identity": row["principal"]} for row in rows}
        data = {
            "scopes": [{"system": row["system"], "scope": row["scope"], "complete": True} for row in rows],
            "principals": list(people.values()),
            "access": rows,
        }
        refused = bool(list(_Judge([rule], data, data, at, False, example=True).found()))
        if refused != (kind == "refuses"):
            text = f"{rule.id} {'refuses' if refused else 'does not refuse'} this example: {got(example)}"
            index = sum(1 for each, _example in rule.examples[:number] if each == kind)
            yield errors.Problem("", text, f"{rule.position}.{kind}[{index}]")


def _principal_of(row: Row) -> dict[str, Any]:
    return {"system": row["system"], "scope": row["scope"], "id": row["principal"], "name": row["principal"]}


def _example_row(entry: Mapping[str, Any], at: int) -> dict[str, Any]:
    action, on = entry["action"], entry.get("on", access_rules.EVERY)
    resource: Mapping[str, str]
    if action in access_rules.OBJECT_ACTIONS:
        bucket, _slash, key = on.partition("/")
        key = key.rstrip("*")
        match = "prefix" if key else access_rules.ALL
        resource = {"kind": "object", "match": match, "name": key or access_rules.EVERY, "bucket": bucket}
    elif action == "administer":
        resource = access_rules.INSTANCE
    else:
        resource = access_rules.TOPICS if on == access_rules.EVERY else access_rules.topic(on)
    condition: dict[str, Any] = {key: entry[key] for key in ("addresses", "keyless") if entry.get(key)}
    if "ends_in" in entry:
        condition["until"] = Time.iso(at + ufile_renewal.days(entry["ends_in"], "ends_in"))
    head = {"system": entry["system"], "scope": entry.get("scope", ""), "principal": entry["principal"]}
    return {**head, **access_rules.row(action, resource, [], condition)}


# -- what a plan adds --------------------------------------------------------------------------------------------------


def added(old: Sequence[Row], new: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Of the rows ``new`` of one principal: those that add or widen something compared to ``old``, and all others.

    An `unknown` row takes its name out of a wider row. When it is removed, the wider row covers that name again, which
    counts as added.
    """
    if old == new:
        return [], list(new)
    exact: dict[tuple[str, str], list[Row]] = {}
    wide: dict[str, list[Row]] = {}
    for row in old:
        if row["resource"]["match"] == "exact":
            exact.setdefault((row["action"], row["resource"]["name"]), []).append(row)
        else:
            wide.setdefault(row["action"], []).append(row)
    found: list[Row] = []
    kept: list[Row] = []
    for row in new:
        before = exact.get((row["action"], row["resource"]["name"]), []) + wide.get(row["action"], [])
        (kept if any(covers(each, row) for each in before) else found).append(row)
    for action in ("publish", "consume"):
        found.extend(_certain_now(_plain(old, action), _plain(new, action)))
    return found, kept


def _plain(rows: Sequence[Row], action: str) -> list[Row]:
    """The rows of an action without those that count beside all others: keyless ones, and ones with tags."""
    return [row for row in rows if row["action"] == action and not {"keyless", "tags"}.intersection(row["condition"])]


def _certain_now(old: Sequence[Row], new: Sequence[Row]) -> Iterator[Row]:
    """Rows for each topic and group that is certainly allowed now, and was unclear before, as an unknown row decided."""
    unclear = [row for row in old if row["certainty"] == access_rules.UNKNOWN]
    if not any(row["resource"]["match"] == "exact" or "groups" in row["condition"] for row in unclear):
        return
    rows = [*unclear, *new]
    names = {row["resource"]["name"] for row in rows if row["resource"]["match"] == "exact"}
    groups = {group for row in rows for group in row["condition"].get("groups", ())}
    for name, group in itertools.product([None, *sorted(names)], [None, *sorted(groups)]):
        now = _deciding(new, name, group)
        if now is None or now["certainty"] == access_rules.UNKNOWN:
            continue
        before = _deciding(old, name, group)
        if before is not None and before["certainty"] == access_rules.UNKNOWN:
            resource = now["resource"] if name is None else access_rules.topic(name)
            yield dict(now, resource=resource)


def _deciding(rows: Sequence[Row], name: str | None, group: str | None) -> Row | None:
    """The row that decides for a topic and a group; ``None`` for one that no row names. See `decide`."""
    found = [
        row
        for row in rows
        if (row["resource"]["match"] == access_rules.ALL or row["resource"]["name"] == name)
        and group in row["condition"].get("groups", [group])
    ]

    def layer(row: Row) -> tuple[bool, bool, bool]:
        exact, grouped = row["resource"]["match"] == "exact", "groups" in row["condition"]
        return exact, grouped, row["certainty"] != access_rules.UNKNOWN

    return max(found, key=layer, default=None)


def covers(wide: Row, small: Row) -> bool:
    """Whether ``wide`` allows all that ``small`` allows. An unknown row covers only unknown rows."""
    if wide["certainty"] == access_rules.UNKNOWN and small["certainty"] != access_rules.UNKNOWN:
        return False
    one, other = wide["resource"], small["resource"]
    if one["kind"] != other["kind"] or one.get("bucket") not in (access_rules.EVERY, other.get("bucket")):
        return False
    if one["match"] != access_rules.ALL:
        if one["match"] == "exact" and other["match"] != "exact":
            return False
        if other["name"] != one["name"] and not (one["match"] == "prefix" and other["name"].startswith(one["name"])):
            return False
    return _covers_condition(wide["condition"], small["condition"])


def _covers_condition(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if one == other:
        return True
    if "until" in one and other.get("until", "~") > one["until"]:
        return False
    for key in ("addresses", "groups", "tags"):
        # Wildcards are documented for the whitelist of RocketMQ only, whose addresses need no key.
        segments = key == "addresses" and bool(one.get("keyless"))
        if key in one and (key not in other or not _includes(one[key], other[key], segments)):
            return False
    if not set(one.get("not_addresses", ())) <= set(other.get("not_addresses", ())):
        return False
    if other.get("keyless") and not one.get("keyless"):
        return False
    return not one.get("no_overwrite") or bool(other.get("no_overwrite"))


def _includes(wide: Sequence[str], small: Sequence[str], segments: bool) -> bool:
    """Whether ``wide`` includes each entry of ``small``; with ``segments`` its entries may be such as `192.0.*.*`."""
    return all(entry in wide or (segments and any(_segments(each, entry) for each in wide)) for entry in small)


def _segments(wide: str, small: str) -> bool:
    pairs = list(zip(wide.split("."), small.split(".")))
    four = wide.count(".") == small.count(".") == 3
    return four and all(one == other or (one == "*" and other.isdigit()) for one, other in pairs)


# -- judging -----------------------------------------------------------------------------------------------------------


class Violation:
    """Why a rule does not accept a plan, as a sentence for a message."""

    def __init__(self, rule: Rule, text: str, blind: bool = False) -> None:
        self.rule = rule
        self.blind = blind  # the rule could not be judged
        self.text = f"guardrail {rule.id} ({rule.verb}, {rule.when}): {text}"


class Verdict:
    """``refusals`` and ``warnings``, each a text that names the rule, the access, its grant, and why."""

    def __init__(self) -> None:
        self.refusals: list[str] = []
        self.warnings: list[str] = []
        self.blind = True  # all refusals are by rules that could not be judged

    def enforce(self) -> list[str]:
        """The warnings; TaskError with all refusals, if there are any."""
        if self.refusals:
            raise errors.TaskError(
                [errors.Problem("", text, "guardrails") for text in self.refusals],
                hint="Correct the rule, or what kept it from being judged."
                if self.blind
                else "Ask for less, or add an exception with reason, by and until to the rule.",
            )
        return self.warnings


def judge(rules: Sequence[Rule], before: Data, after: Data, at: int, partial: bool) -> Verdict:
    """What ``rules`` say of a plan that leads from the access ``before`` to ``after``, at ``at`` (Unix seconds).

    ``partial``: scopes that are not complete were read in part, and the plan changes nothing else of them. Rules about
    single accesses can be judged all the same.
    """
    verdict = Verdict()
    judging = _Judge(rules, before, after, at, partial)
    for violation in judging.found():
        refuses = violation.rule.level == REFUSE
        (verdict.refusals if refuses else verdict.warnings).append(violation.text)
        verdict.blind = verdict.blind and (violation.blind or not refuses)
    verdict.warnings.extend(judging.excepted.values())
    return verdict


class _Judge:
    def __init__(
        self, rules: Sequence[Rule], before: Data, after: Data, at: int, partial: bool, example: bool = False
    ) -> None:
        self.rules, self.before, self.after, self.at = rules, before, after, at
        self.partial, self.example = partial, example
        self.now = Time.iso(at)
        self.people = {key_of(each): each for data in (before, after) for each in data["principals"]}
        self.names = {key: _names(each) for key, each in self.people.items()}
        self.excepted: dict[tuple[str, Key], str] = {}
        self.old, self.new = _by_principal(before), _by_principal(after)
        # (row is new, system, action) -> the selections that may match, so that only these are tried
        self.index: dict[tuple[bool, str, str], list[tuple[Rule, int, Selector]]] = {}
        for rule in rules:
            only_new = rule.when == NEW and rule.verb in SINGLE and not example
            for number, selector in enumerate(rule.selectors):
                for key in itertools.product(
                    (True,) if only_new else (True, False), selector.systems, selector.actions
                ):
                    self.index.setdefault(key, []).append((rule, number, selector))
        # The same by scope and resource too, with only the selections that reach it. Many rows share few resources.
        self.reaching: dict[tuple[Any, ...], list[tuple[Rule, int, Selector]]] = {}
        self.joined = any(each.get("identity") for each in self.people.values())
        self.adds = False  # the plan adds or widens something
        # Rule and principal -> selected rows: number of the selector, row, whether it is new
        self.hits: dict[tuple[Rule, Key], list[tuple[int, Row, bool]]] = {}

    def found(self) -> Iterator[Violation]:
        self._select()
        blind = dict(self._blind())
        yield from blind.values()
        of_rule: dict[Rule, dict[Key, list[tuple[int, Row, bool]]]] = {}
        for (rule, key), hits in self.hits.items():
            of_rule.setdefault(rule, {})[key] = hits
        judges = {SEPARATE: self._separate, LIMIT: self._limit}
        for rule in self.rules:
            if rule not in blind:
                yield from judges.get(rule.verb, self._single)(rule, of_rule.get(rule, {}))

    # -- what cannot be judged --

    def _blind(self) -> Iterator[tuple[Rule, Violation]]:
        """Yield the rules that cannot be judged on what was read, each with the reason."""
        whole: dict[tuple[str, str], set[str]] = {}
        for scope in self.after["scopes"]:
            if scope["complete"]:
                whole[scope["system"], scope["scope"]] = set()
        for key, names in self.names.items():
            if key[:2] in whole:
                whole[key[:2]].update(names)
        for rule in self.rules:
            text = self._unread(rule) or (None if self.example else self._unseen(rule, whole))
            if text:
                yield rule, Violation(rule, f"it cannot be judged: {text}", blind=True)

    def _unread(self, rule: Rule) -> str | None:
        if rule.when == NEW and not self.adds:
            return None
        for scope in self.after["scopes"]:
            name = f"{scope['system']} {scope['scope']}".strip()
            if scope["complete"] or not rule.concerns(scope["system"], scope["scope"]):
                continue
            if not self.partial:
                return f"{name} was not read whole: {scope['problem']}"
            if rule.needs_all(scope["system"]):
                return f"it is about all of {name}, of which only some was read"
        return None

    @staticmethod
    def _unseen(rule: Rule, whole: Mapping[tuple[str, str], set[str]]) -> str | None:
        """A problem when a rule with an exact scope names a principal that this scope does not have."""
        for selector in rule.selectors:
            if selector.scope is None:
                continue
            places = [(system, scope) for system in selector.systems for scope in selector.scope.literal]
            if (
                not places
                or any(place not in whole for place in places)
                or selector.scope.literal != set(selector.scope.texts)
            ):
                continue
            seen = set().union(*(whole[place] for place in places))
            for words in (selector.principal, rule.but):
                for name in sorted(words.literal if words else ()):
                    if name not in seen:
                        return f"nobody is named {name!r} in {', '.join(sorted(scope for _system, scope in places))}"
        return None

    # -- what is selected --

    def _select(self) -> None:
        for key, rows in self.new.items():
            fresh, kept = added(self.old.get(key, []), rows)
            names, self.adds = self.names[key], self.adds or bool(fresh)
            for group, is_new in ((fresh, True), (kept, False)):
                for row in group:
                    for rule, number, selector in self._about(key, row, is_new):
                        if selector.of(names) and self._counts(rule, key, row, names):
                            self.hits.setdefault((rule, key), []).append((number, row, is_new))

    def _about(self, key: Key, row: Row, is_new: bool) -> list[tuple[Rule, int, Selector]]:
        """The selections that ``row`` reaches; whether they are about its principal is checked elsewhere."""
        resource = row["resource"]
        shape = (
            is_new,
            key[0],
            key[1],
            row["action"],
            resource["kind"],
            resource["match"],
            resource["name"],
            resource.get("bucket"),
        )
        found = self.reaching.get(shape)
        if found is None:
            every = self.index.get((is_new, key[0], row["action"]), ())
            found = self.reaching[shape] = [each for each in every if each[2].reached(key[1], resource)]
        return found

    def _counts(self, rule: Rule, key: Key, row: Row, names: Sequence[str]) -> bool:
        """Whether ``row`` counts for the rule: it has not ended, and nobody and nothing excepts it."""
        if self._ended(row):
            return False
        if rule.verb in SINGLE:
            if rule.but is not None and any(map(rule.but.fits, names)):
                return False
            if rule.verb == REQUIRE and not any(rule.lacks(row, self.at)):
                return False
        exception = None if self.example else rule.exception(row, names)
        if exception is None or exception.lapsed(self.at):
            return True
        self.excepted[rule.id, key] = (
            f"guardrail {rule.id}: {self._who(key)} is an exception until {exception.until}, by {exception.by}: "
            f"{exception.reason}"
        )
        return False

    def _ended(self, row: Row) -> bool:
        return bool(row["condition"].get("until", "~") <= self.now)

    # -- the verbs --

    def _single(self, rule: Rule, hits: Mapping[Key, list[tuple[int, Row, bool]]]) -> Iterator[Violation]:
        for key, found in hits.items():
            rows = [row for _number, row, _new in found]
            if rule.verb == REQUIRE:
                why = "; ".join(dict.fromkeys(text for row in rows for text in rule.lacks(row, self.at)))
            elif rule.verb == ONLY:
                why = f"only {rule.but} may have that"
            else:
                why = f"it denies {rule.selectors[0]}" + (f", except for {rule.but}" if rule.but else "")
            yield self._violation(rule, key, found, why)

    def _limit(self, rule: Rule, hits: Mapping[Key, list[tuple[int, Row, bool]]]) -> Iterator[Violation]:
        (selector,) = rule.selectors
        scopes: dict[tuple[str, str], dict[Any, Key]] = {}
        for key in hits:
            scopes.setdefault(key[:2], {}).setdefault(self._person(key), key)
        for (system, scope), people in scopes.items():
            if len(people) <= rule.at_most:
                continue
            before = self._held_before(selector) if rule.when == NEW else ()
            coming = {person: key for person, key in people.items() if person not in before}
            if rule.when == NEW and not self.example and not coming:
                continue
            first = list(coming.values() if rule.when == NEW and coming else people.values())
            key = next((each for each in first if any(hit[2] for hit in hits[each])), first[0])
            everybody = ", ".join(sorted(self._name(each) for each in people.values()))
            why = (
                f"at most {rule.at_most} may {selector} in {f'{system} {scope}'.strip()}, and these would: {everybody}"
            )
            yield self._violation(rule, key, hits[key], why)

    def _held_before(self, selector: Selector) -> set[Any]:
        """The persons that had what ``selector`` selects."""
        return {
            self._person(key)
            for key, rows in self.old.items()
            if key[0] in selector.systems
            and selector.of(self.names[key])
            and any(
                row["action"] in selector.actions and not self._ended(row) and selector.reached(key[1], row["resource"])
                for row in rows
            )
        }

    def _separate(self, rule: Rule, hits: Mapping[Key, list[tuple[int, Row, bool]]]) -> Iterator[Violation]:
        people: dict[Any, list[tuple[Key, tuple[int, Row, bool]]]] = {}
        for key, found in hits.items():
            people.setdefault(self._person(key), []).extend((key, hit) for hit in found)
        read = {scope["system"] for scope in self.after["scopes"]}
        for own in people.values():
            if rule.when == NEW and not self.example and not any(hit[2] for _key, hit in own):
                continue
            numbers = {hit[0] for _key, hit in own}
            if len(numbers) > 1:
                parts = [_numbered_first(own, number) for number in sorted(numbers)[:2]]
                parts.sort(key=lambda pair: not pair[1][2])
                both = " and also ".join(str(rule.selectors[number]) for number in sorted(numbers)[:2])
                text = f"nobody may {both}"
                if parts[0][0] != parts[1][0]:
                    text += f", and {self._who(parts[1][0])} is the same person"
                yield self._violation(rule, parts[0][0], [hit for _key, hit in parts], text)
                continue
            (number,) = numbers
            if self.example:
                continue
            for other, selector in enumerate(rule.selectors):
                apart = not set(selector.systems) & set(rule.selectors[number].systems)
                if other != number and (not set(selector.systems) & read or (apart and not self.joined)):
                    why = (
                        f"whether the same person may {selector} is not known: it needs {', '.join(selector.systems)} in the "
                        "same task of permissions, and identities there that join its principals"
                    )
                    yield self._violation(rule, own[0][0], [hit for _key, hit in own], why)
                    break

    # -- texts --

    def _person(self, key: Key) -> Any:
        return self.people[key].get("identity") or key

    def _name(self, key: Key) -> str:
        return str(self.people[key]["name"] or key[2])

    def _who(self, key: Key) -> str:
        return f"{self._name(key)} ({f'{key[0]} {key[1]}'.strip()})"

    def _violation(self, rule: Rule, key: Key, hits: Sequence[tuple[int, Row, bool]], why: str) -> Violation:
        shown = [_access_text(row, is_new) for _number, row, is_new in hits[:SHOWN]]
        if len(hits) > SHOWN:
            shown.append(f"and {len(hits) - SHOWN} more")
        text = f"{self._who(key)} {'; '.join(shown)}: {why}"
        lapsed = rule.exception(hits[0][1], self.names[key]) if not self.example else None
        if lapsed is not None and lapsed.lapsed(self.at):
            text += f". Its exception, by {lapsed.by}, ended with {lapsed.until}"
        return Violation(rule, text)


def _numbered_first(own: Sequence[tuple[Key, tuple[int, Row, bool]]], number: int) -> tuple[Key, tuple[int, Row, bool]]:
    """The first hit of the selector of this number."""
    return next(pair for pair in own if pair[1][0] == number)


def _names(principal: Mapping[str, Any]) -> tuple[str, ...]:
    found = (principal["id"], principal["name"], principal.get("identity"))
    return tuple(dict.fromkeys(str(name) for name in found if name))


def _by_principal(data: Data) -> dict[Key, list[Row]]:
    found: dict[Key, list[Row]] = {}
    for row in data["access"]:
        found.setdefault(key_of(row), []).append(row)
    return found


def _access_text(row: Row, is_new: bool) -> str:
    """`would publish on topic orders because topic_perms orders=PUB (grants.yml, grant 3, line 12)`."""
    verb = (
        ("would" if is_new else "still may") if row["certainty"] != access_rules.UNKNOWN else "may, which is not clear,"
    )
    reasons = ", ".join(f"{each['field']} {_short(each['value'])}{_grant(each['grant'])}" for each in row["because"])
    return f"{verb} {row['action']} {_resource(row['resource'])}" + (f" because of {reasons}" if reasons else "")


def _short(value: Any) -> str:
    text = errors.printable("(not shown)" if value is None else str(value))
    return text if len(text) <= 60 else text[:57] + "..."


def _grant(grant: Mapping[str, Any] | None) -> str:
    if not grant:
        return ""
    parts = [grant.get("file"), _numbered("grant", grant.get("number")), _numbered("line", grant.get("line"))]
    known = [str(part) for part in parts if part]
    return f" ({', '.join(known)})" if known else ""


def _numbered(word: str, number: Any) -> str | None:
    return None if number is None else f"{word} {number}"


def _resource(resource: Mapping[str, str]) -> str:
    name = errors.printable(resource["name"])
    if resource["kind"] == "instance":
        return "the instance"
    if resource["kind"] == "topic":
        return "on every topic" if resource["match"] == access_rules.ALL else f"on topic {name}"
    bucket = (
        "every bucket" if resource["bucket"] == access_rules.EVERY else f"bucket {errors.printable(resource['bucket'])}"
    )
    return (
        f"every object of {bucket}" if resource["match"] == access_rules.ALL else f"what begins with {name} in {bucket}"
    )
