# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of a guardrail file, as `guardrails` describes them: what they select, and the mistakes in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .._schema.fields import Time
from .._text import Refused, did_you_mean
from .._ucloud import ufile_renewal
from . import rules as access_rules
from .acceptance import Acceptance, wrong_terms
from .estate import ROCKETMQ, ROMA, SYSTEMS, UFILE, UROCKETMQ
from .model import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Row = Mapping[str, Any]

DENY, ONLY, REQUIRE, SEPARATE, LIMIT = VERBS = ("deny", "only", "require", "separate", "limit")
NEW, ANY = WHEN = ("new", "any")
REFUSE, WARN = LEVELS = ("refuse", "warn")
KEYS = ("id", *VERBS, "when", "level", "exceptions", "allows", "refuses")
SELECTS = ("system", "scope", "principal", "action", "on")
REQUIREMENTS = ("expires_within", "addresses", "key")
OF_VERB: dict[str, tuple[str, ...]] = {DENY: ("except",), REQUIRE: REQUIREMENTS, LIMIT: ("at_most",)}
EXAMPLE = (*SELECTS, "ends_in", "addresses", "keyless")
EXCEPTION = ("system", "scope", "principal", "resource", "reason", "by", "until")
ACTIONS_OF = {
    UFILE: access_rules.OBJECT_ACTIONS,
    UROCKETMQ: ("publish", "consume"),
    ROCKETMQ: ("publish", "consume", "administer"),
    ROMA: ("publish", "consume"),
}


# -- what a rule selects -----------------------------------------------------------------------------------------------


class Words:
    """Texts of which one must fit."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = tuple(texts)
        self.literal = frozenset(text for text in texts if "*" not in text)
        patterns = [re.escape(text).replace(r"\*", ".*") for text in texts if "*" in text]
        self._pattern = re.compile("(?s)(?:" + "|".join(patterns) + r")\Z") if patterns else None
        self._known: dict[str, bool] = {}

    def fits(self, text: str) -> bool:
        """Whether a name is one of those that are meant."""
        if text in self.literal:
            return True
        if self._pattern is None:
            return False
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._pattern.match(text) is not None
        return found

    def __str__(self) -> str:
        return ", ".join(self.texts)


class Place:
    """One text of ``on``: a topic, or a bucket, or bucket/key. A key that ends in ``/`` includes all below it."""

    def __init__(self, text: str) -> None:
        self.topic = Words([text])
        bucket, slash, key = text.partition("/")
        self.bucket = Words([bucket])
        self._key = key if slash else "*"
        self._head = self._key.partition("*")[0]
        self._below = "*" in self._key or self._key.endswith("/") or not self._key

    def reached(self, resource: Mapping[str, str]) -> bool:
        """Whether access to ``resource`` may reach something here."""
        name = resource["name"]
        if resource["kind"] != "object":
            return resource["kind"] == "topic" and (resource["match"] == access_rules.ALL or self.topic.fits(name))
        bucket = resource["bucket"]
        if bucket != access_rules.EVERY and not self.bucket.fits(bucket):
            return False
        if resource["match"] == access_rules.ALL:
            return True
        return self._head.startswith(name) or (self._below and name.startswith(self._head))


class Selector:
    """Which access a rule is about. Keys that it does not have limit nothing."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        texts = {key: _texts(given[key]) for key in SELECTS if key in given}
        self.actions = tuple(texts.get("action") or ACTIONS)
        systems = texts.get("system") or SYSTEMS
        self.systems = tuple(system for system in systems if set(self.actions) & set(ACTIONS_OF[system]))
        self.scope = Words(texts["scope"]) if "scope" in texts else None
        self.principal = Words(texts["principal"]) if "principal" in texts else None
        self._on = [Place(text) for text in texts["on"]] if "on" in texts else None
        self._texts = texts

    def concerns(self, system: str, scope: str) -> bool:
        """Whether it may select anything of a system in one scope, a project, service or instance."""
        return system in self.systems and (self.scope is None or self.scope.fits(scope))

    def reached(self, scope: str, resource: Mapping[str, str]) -> bool:
        """Whether access to ``resource`` in ``scope`` may reach what it selects; system and action are checked elsewhere."""
        if self.scope is not None and not self.scope.fits(scope):
            return False
        return self._on is None or any(place.reached(resource) for place in self._on)

    def of(self, names: Sequence[str]) -> bool:
        """Whether it is about a principal of these ``names``."""
        return self.principal is None or any(map(self.principal.fits, names))

    def __str__(self) -> str:
        words = "/".join(self._texts.get("action", ["anything"]))
        for key, word in (("on", " on "), ("scope", " in "), ("system", " of ")):
            if key in self._texts:
                words += word + ", ".join(self._texts[key])
        return words


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


# -- rules -------------------------------------------------------------------------------------------------------------


class Rule:
    """One rule that was checked."""

    def __init__(self, position: str, raw: Mapping[str, Any]) -> None:
        self.position = position
        self.id = str(raw["id"])
        self.verb = next(verb for verb in VERBS if verb in raw)
        self.when = raw.get("when", ANY)
        self.level = raw.get("level", REFUSE)
        given = raw[self.verb]
        self.but: Words | None = None  # the principals that it does not bind
        if self.verb == ONLY:
            self.but = Words(_texts(given["principal"]))
            given = {key: value for key, value in given.items() if key != "principal"}
        elif "except" in given:
            self.but = Words(_texts(given["except"]))
        self.selectors = [Selector(each) for each in (given if self.verb == SEPARATE else [given])]
        self.at_most: int = given["at_most"] if self.verb == LIMIT else 0
        self.requires = {key: given[key] for key in REQUIREMENTS if self.verb == REQUIRE and key in given}
        self.exceptions = [Acceptance(position, dict(each, finding=self.id)) for each in raw.get("exceptions", ())]
        self.examples = [(key, each) for key in ("allows", "refuses") for each in raw.get(key, ())]

    def concerns(self, system: str, scope: str) -> bool:
        """Whether one of its selections may select anything of a system in one scope."""
        return any(selector.concerns(system, scope) for selector in self.selectors)

    def needs_all(self, system: str) -> bool:
        """Whether it is about more than single accesses, so that all of a scope must have been read."""
        if not any(system in selector.systems for selector in self.selectors):
            return False
        return self.verb == LIMIT or (self.verb == SEPARATE and system == ROMA)

    def lacks(self, row: Row, at: int) -> Iterator[str]:
        """Yield what a rule with `require` misses in ``row``."""
        condition = row["condition"]
        if "expires_within" in self.requires:
            seconds = ufile_renewal.days(self.requires["expires_within"], "expires_within")
            latest, end = Time.iso(ufile_renewal.renewed(None, seconds, 0, at)), condition.get("until")
            if end is None or end > latest:
                yield f"it must end within {self.requires['expires_within']}, by {latest}, and {f'ends {end}' if end else 'has no end'}"
        if "addresses" in self.requires and "addresses" not in condition:
            yield "it must be limited to addresses"
        if "key" in self.requires and condition.get("keyless"):
            yield "it must need a key"

    def exception(self, row: Row, names: Sequence[str]) -> Acceptance | None:
        """The exception for ``row`` that lasts longest, in force or lapsed; ``None`` without one."""
        found = [each for each in self.exceptions if _excepts(each.place, row, names)]
        return max(found, key=lambda each: each.until) if found else None


def _excepts(place: Mapping[str, Any], row: Row, names: Sequence[str]) -> bool:
    found = {
        "system": [row["system"]],
        "scope": [row["scope"]],
        "principal": names,
        "resource": [row["resource"]["name"]],
    }
    for key, values in found.items():
        entry = place[key]
        if entry is not None:
            words = Words([str(entry["like"])]) if isinstance(entry, dict) else None
            if not any(words.fits(value) if words else value == entry for value in values):
                return False
    return True


def with_on(value: Any) -> Any:
    """``value`` with ``on`` for the key true, which YAML reads it as."""
    if isinstance(value, dict):
        return {"on" if key is True or key in ("true", "True") else key: with_on(item) for key, item in value.items()}
    return [with_on(item) for item in value] if isinstance(value, (list, tuple)) else value


def got(value: Any) -> str:
    """What stands there, for a message: "nothing", "an empty list", or the value, shortened."""
    if value is None:
        return "nothing"
    return "an empty list" if value in ([], ()) else errors.brief(value)


def wrong(rule: Any, at: int) -> Iterator[tuple[str, str]]:
    """Yield each mistake in a rule: its place within the rule, and the message."""
    if not isinstance(rule, dict):
        yield "", f"it must be a mapping with id and one of {', '.join(VERBS)}; got {got(rule)}"
        return
    yield from _unknown(rule, KEYS)
    name = rule.get("id")
    if not isinstance(name, str) or not name.strip():
        yield ".id", f"it must be a text that names the rule in messages; got {got(name)}"
    for key, words in (("when", WHEN), ("level", LEVELS)):
        if key in rule and rule[key] not in words:
            yield f".{key}", f"it must be one of {', '.join(words)}; got {got(rule[key])}"
    verbs = [verb for verb in VERBS if verb in rule]
    if len(verbs) != 1:
        yield "", f"it must have exactly one of {', '.join(VERBS)}; got {' and '.join(verbs) or 'none'}"
    for verb in verbs:
        yield from _wrong_verb(verb, rule[verb], f".{verb}")
    for key, check in (("exceptions", _wrong_exception), ("allows", _wrong_example), ("refuses", _wrong_example)):
        entries = rule.get(key, ())
        if not isinstance(entries, (list, tuple)) or (key in rule and not entries):
            yield f".{key}", f"it must be a list that is not empty; got {got(entries)}"
            continue
        for index, entry in enumerate(entries):
            for place, text in check(entry, at):
                yield f".{key}[{index}]{place}", text


def _unknown(given: Mapping[Any, Any], known: Sequence[str]) -> Iterator[tuple[str, str]]:
    for key in given:
        if key not in known:
            yield "", f"it must have no keys but {', '.join(known)}; got {got(key)}{did_you_mean(key, known)}"


def _wrong_verb(verb: str, given: Any, place: str) -> Iterator[tuple[str, str]]:
    if verb != SEPARATE:
        yield from _wrong_selector(given, place, OF_VERB.get(verb, ()))
        if isinstance(given, dict):
            yield from _wrong_own(verb, given, place)
    elif not isinstance(given, (list, tuple)) or len(given) < 2:
        yield (
            place,
            f"it must be a list of two or more selections, such as [{{action: publish}}, {{action: delete}}]; got {got(given)}",
        )
    else:
        for index, each in enumerate(given):
            yield from _wrong_selector(each, f"{place}[{index}]", ())


def _wrong_own(verb: str, given: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    """Yield the mistakes in the keys that only ``verb`` has."""
    if verb == ONLY and "principal" not in given:
        yield place, "it must have principal, which names those who may"
    if "except" in given:
        yield from _wrong_texts(given["except"], f"{place}.except")
    if verb == LIMIT:
        most = given.get("at_most")
        if not isinstance(most, int) or isinstance(most, bool) or most < 0:
            yield f"{place}.at_most", f"it must be a whole number, 0 or more; got {got(most)}"
    if verb == REQUIRE:
        if not any(key in given for key in REQUIREMENTS):
            yield place, f"it must have one of {', '.join(REQUIREMENTS)}"
        for key in ("addresses", "key"):
            if key in given and given[key] is not True:
                yield f"{place}.{key}", f"it must be true, or be left out; got {got(given[key])}"
        if "expires_within" in given:
            yield from _wrong_days(given["expires_within"], f"{place}.expires_within")


def _wrong_days(value: Any, place: str) -> Iterator[tuple[str, str]]:
    try:
        ufile_renewal.days(value, "")
    except Refused as error:
        yield place, str(error)


def _wrong_texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    texts = value if isinstance(value, (list, tuple)) else [value]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        yield place, f"it must be a text or a list of texts; got {got(value)}"


def _wrong_selector(given: Any, place: str, more: Sequence[str]) -> Iterator[tuple[str, str]]:
    if not isinstance(given, dict) or not any(key in given for key in SELECTS):
        yield place, f"it must be a mapping with one of {', '.join(SELECTS)}; got {got(given)}"
        return
    for _place, text in _unknown(given, (*SELECTS, *more)):
        yield place, text
    wrong = [problem for key in SELECTS if key in given for problem in _wrong_texts(given[key], f"{place}.{key}")]
    yield from wrong
    if wrong:
        return
    for key, words in (("system", SYSTEMS), ("action", ACTIONS)):
        for text in _texts(given.get(key, ())):
            if text not in words:
                yield f"{place}.{key}", f"it must be one of {', '.join(words)}; got {got(text)}"
                return
    for action in _texts(given.get("action", ())):
        systems = _texts(given.get("system", SYSTEMS))
        if not any(action in ACTIONS_OF[system] for system in systems):
            yield f"{place}.action", f"it must be an action that {', '.join(systems)} has; got {got(action)}"
        if "on" in given and action == "administer":
            yield f"{place}.on", "it must be left out, since administer is about a whole instance"
        if action in ("publish", "consume") and any("/" in text for text in _texts(given.get("on", ()))):
            yield f"{place}.on", f"it must be a topic, since {action} is about topics; got {got(given['on'])}"


def _wrong_exception(entry: Any, at: int) -> Iterator[tuple[str, str]]:
    if not isinstance(entry, dict):
        yield "", f"it must be a mapping with {', '.join(EXCEPTION)}; got {got(entry)}"
        return
    yield from _unknown(entry, EXCEPTION)
    if entry.get("principal") is None:
        yield ".principal", "it must say for whom; got nothing"
    for place, right in wrong_terms(entry, at):
        yield place, f"it must be {right}"


def _wrong_example(example: Any, at: int) -> Iterator[tuple[str, str]]:
    for entry in together(example):
        if not isinstance(entry, dict):
            yield "", f"it must be a mapping with system, principal and action; got {got(entry)}"
            continue
        yield from _unknown(entry, EXAMPLE)
        for key in ("system", "principal", "action"):
            if not isinstance(entry.get(key), str):
                yield f".{key}", f"it must be a text; got {got(entry.get(key))}"
                return
        # With an unknown system, an action is none of that system either way.
        for key, words in (("system", SYSTEMS), ("action", ACTIONS_OF.get(entry["system"], [entry["action"]]))):
            if entry[key] not in words:
                yield f".{key}", f"it must be one of {', '.join(words)}; got {got(entry[key])}"
        for key in ("scope", "on"):
            if not isinstance(entry.get(key, ""), str):
                yield f".{key}", f"it must be a text; got {got(entry[key])}"
        if "ends_in" in entry:
            yield from _wrong_days(entry["ends_in"], ".ends_in")


def together(example: Any) -> Sequence[Any]:
    """The accesses of one example, which may be a single one."""
    return example if isinstance(example, (list, tuple)) and example else [example]
