# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that no task may have, for each place of an argument spec; and odd ones that it may."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import Any

import cases
import harness
from hypothesis import strategies as st

SECRET = "Planted-Secret-4711"  # in what is refused, to see that it is not quoted
CREDENTIALS = {
    "auth_token": "token", "security_token": "temporary", "iam_user": "iam_user",
    "iam_password": "iam_user", "iam_domain": "iam_user",
}  # fmt: skip
TEMPLATES = ("{{ x }}", "a{{x}}b", "{{ secret }}", "{% if x %}a{% endif %}", "{{ lookup('file', '/etc/passwd') }}")
INVISIBLE = (
    "a\u200bb",
    "\ufeffa",
    "a\u202eb",
    "a\u2066b",
    "soft\u00adhyphen",
    "a\u3164",
    "a\u2800b",
    "a\ufe0f",
    "a\u061cb",
)
# Names that nothing new is meant to have, and what is said of them.
NOBODYS = [
    *((template, "a template that was not filled in") for template in TEMPLATES),
    *((text, "the invisible character") for text in (*INVISIBLE, "a\u00a0b", "a\u3000b")),
    (" a", "must not begin or end with a blank"), ("a ", "must not begin or end with a blank"),
    ("['a', 'b']", "a list or a mapping that was converted to text"), ('["a"]', "a list or a mapping that was converted to text"),
]  # fmt: skip
# Names of what a permission is for, by option: free texts such as a description may hold more.
FREE_TEXTS = {"description", "sensitive_word", "tag"}
URLS = {"api_url", "iam_url"}
# Of these an existing one may hold braces: see test_what_nobody_can_mean_is_never_granted.
NAMED = {
    *("token_name", "name", "user_name", "access_key", "app_name"),
    *("allowed_prefixes", "allowed_buckets", "white_remote_address", "black_ip_list", "white_ip_list"),
}
# Of these the service makes each itself.
IDS = {"token_id", "service_id", "instance_id", "app_id", "app_key"}


@dataclass(frozen=True)
class Slot:
    """A place of a module's options: ``('tokens', 1, 'allowed_ops')``."""

    module: str
    path: tuple[Any, ...]
    rule: Any

    def __str__(self):
        return f"{self.module}-{self.where}"

    @property
    def where(self):
        """As a message names it."""
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return text.removeprefix(".")

    @property
    def option(self):
        return next(step for step in reversed(self.path) if isinstance(step, str))

    @property
    def named(self):
        """What a message calls the option: its own name where this one is another name for it."""
        names = harness.resource_of(self.module).names
        return next((name.option for name in names if self.option in name.aliases), self.option)

    @property
    def kind(self):
        return self.rule.get("type", "str")

    @property
    def is_entry(self):
        return isinstance(self.path[-1], int)

    def put(self, params, value):
        """``params`` with ``value`` at this place; lists and objects on the way are made."""
        params = copy.deepcopy(params)
        place = params
        for step, following in zip(self.path, self.path[1:]):
            empty: Any = [] if isinstance(following, int) else {}
            if isinstance(step, int):
                while len(place) <= step:
                    place.append(copy.deepcopy(empty))
            elif not place.get(step):
                place[step] = empty
            place = place[step]
        if isinstance(self.path[-1], int):
            while len(place) <= self.path[-1]:
                place.append("x")
        place[self.path[-1]] = value
        return params


def case_of(module):
    return next(case for case in cases.CASES if case.module == module.removesuffix("_info"))


def slots(module):
    """Every option of a module, its suboptions and the entries of its lists."""
    return [Slot(module, path, rule) for path, rule in _walk(harness.spec_of(module), ())]


def _walk(spec, path):
    for option, rule in spec.items():
        for name in (option, *rule.get("aliases", ())):
            yield (*path, name), rule
            if rule.get("type") != "list":
                continue
            number = 0 if path else 1
            if rule.get("options"):
                yield from _walk(rule["options"], (*path, name, number))
            else:
                entry = {"type": rule["elements"], "choices": rule.get("choices")}
                yield (*path, name, number), {key: value for key, value in entry.items() if value}


def task(sim, slot, value):
    """A task that is right but for ``value`` at its place: (credential, options)."""
    case = case_of(slot.module)
    resource, first = harness.resource_of(slot.module), slot.path[0]
    params = dict(case.scope)
    if not slot.module.endswith("_info"):
        if first in (resource.plural, "exclusive", "exclusive_allow_empty", "exclusive_limit"):
            params = case.params("many", (case.alpha, case.full()), (case.beta, case.full()))
            if first.startswith("exclusive_"):
                params["exclusive"] = True
        else:
            params = case.on_alpha("one", **case.full())
    name = resource.identity[-1]
    if slot.option in name.aliases:  # beside its own name it would only be a second one
        row = params if len(slot.path) == 1 else params[resource.plural][slot.path[1]]
        row.pop(name.option, None)
    return CREDENTIALS.get(slot.option, "admin"), slot.put(params, value)


# -- what is bad -----------------------------------------------------------------------------------


def controls():
    """Text with one character that nothing can hold."""
    character = st.one_of(st.characters(categories=["Cc", "Zl", "Zp"]), st.just("\ud800"))
    plain = st.text(st.characters(categories=["Ll", "Nd"]), max_size=5)
    return st.builds(lambda before, bad, after: before + bad + after + SECRET, plain, character, plain)


def trees():
    """What is no single value."""
    leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.just(SECRET))
    inner = st.recursive(leaves, lambda below: st.lists(below, max_size=2), max_leaves=4)
    return st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.just(SECRET), inner, max_size=1))


def objects(least=0):
    return st.dictionaries(st.sampled_from(["a", SECRET]), st.integers(), min_size=least, max_size=2)


def no_text():
    return st.one_of(trees(), st.booleans(), st.floats())


def look_alikes(words):
    """Words that look like the right ones: another case, a blank beside, letters of another alphabet."""
    table = str.maketrans("AEOPTaeopcSD", "\u0410\u0415\u041e\u0420\u0422\u0430\u0435\u043e\u0440\u0441\u0405\uff24")
    changes = (str.swapcase, lambda word: word + " ", lambda word: " " + word, lambda word: word.translate(table))
    changes += (lambda word: word + "\u200b", lambda word: "".join(chr(ord(c) + 0xFEE0) for c in word if c > " "))
    found = {change(word) for word in words for change in changes} - set(words)
    return st.sampled_from(sorted(found))


def bad(slot):
    """A strategy of values that are refused at this place before anything is sent."""
    kind, option = slot.kind, slot.option
    if slot.rule.get("choices"):
        words = slot.rule["choices"]
        wrong = st.one_of(
            look_alikes(words), st.sampled_from(["", "NEW_VALUE", *TEMPLATES]), controls(), st.integers(), no_text()
        )
        if kind == "list":
            return st.one_of(
                st.lists(wrong.filter(lambda value: value not in ("",)), min_size=1, max_size=3), objects()
            )
        return wrong
    if kind == "bool":
        return st.one_of(
            trees(), st.sampled_from(["maybe", "", "2", "\u0442rue", *TEMPLATES]), st.integers(2), controls()
        )
    if kind == "int":
        return st.one_of(
            trees(), st.floats().filter(_no_integer), st.sampled_from(["", "x", "1.5", *TEMPLATES]), *_range(option)
        )
    if kind == "float":
        return st.one_of(trees(), st.sampled_from([math.nan, math.inf, -1.0, -math.inf, 1e308, "", "x", *TEMPLATES]))
    if kind == "list":
        return _bad_lists(slot)
    return st.one_of(no_text(), controls(), *_bad_texts(slot, option))


def _no_integer(value):
    return not math.isfinite(value) or not float(value).is_integer()


def _range(option):
    if option == "concurrency":
        return (st.integers(max_value=0), st.integers(min_value=65))
    if option == "retries":
        return (st.integers(max_value=-1), st.integers(min_value=101))
    return (st.integers(max_value=-1),)  # exclusive_limit


def _bad_lists(slot):
    if slot.rule["elements"] == "dict":
        wrong = st.one_of(st.none(), st.integers(), st.floats(), st.just(SECRET), st.lists(st.integers(), min_size=1))
        # An empty mapping is an empty list of rows.
        least = 1 if slot.rule.get("options", {}).keys() & {"perm", "access_policy"} else 0
        return st.one_of(objects(least), st.lists(wrong, min_size=1, max_size=3), st.just(SECRET), st.booleans())
    templates = [] if slot.option in NAMED else TEMPLATES
    wrong = st.one_of(no_text(), controls(), st.none(), st.sampled_from(["", " ", *templates]))
    return st.one_of(objects(), st.booleans(), st.lists(wrong, min_size=1, max_size=3))


def _bad_texts(slot, option):
    """Texts that are refused at a place that takes texts."""
    if option in FREE_TEXTS:
        return
    if option not in NAMED:
        yield st.sampled_from(TEMPLATES)
    if option in URLS:
        wrong = "ftp://127.0.0.1 127.0.0.1 https:// http://example.com https://h?x=1 https://h#x https://h:99999 https://h:x"
        yield st.sampled_from(["https://a b", *wrong.split(), f"https://user:{SECRET}@h", "//h", "https://é.example"])
        return
    if option == "ca_path":
        yield st.just("/nowhere/ca.pem")
        return
    if option == "profile":
        yield st.sampled_from(["nobody", "../x", "a/b"])
        return
    huawei = slot.module.startswith("huaweicloud")
    if huawei and option == "region":
        yield st.sampled_from(
            ["example.com/", "a/b", "a.b", "a b", "?x=1", "#", "..", "\u0435u-west-101", "x" * 65, "a:1"]
        )
        return
    if option in ("ak", "security_token", "auth_token", "project_id", "channel_key") and (
        huawei or option == "channel_key"
    ):
        yield st.sampled_from(["\u043a", "é", "令牌"])
    if huawei and option == "project_id":
        yield st.sampled_from([".", ".."])
    settings = "public_key private_key security_token channel_key project_id region ak sk auth_token iam_user iam_password iam_domain"
    if option in settings.split():
        return
    yield from _bad_names(slot, option)


def _bad_names(slot, option):
    names = {name.option: name for name in harness.resource_of(slot.module).names}
    if option == "expire_time":
        yield st.sampled_from(["", "soon", "0", "-1", "1.5", "4102416001", "9" * 30, "2030-13-01", "2030-02-30", "1e9"])
        yield st.sampled_from(["２０３０-01-01", "١٩٠٠٠٠٠٠٠٠", "2030-01-01T25:00:00Z", "2030-01-01T00:00:00+99:00"])
        return
    if option == "secret_key":
        yield st.sampled_from(
            ["", "Short1!", "x" * 33, "onlylowercase", "Abcd1234é", "Abcd 1234", "user-alpha", "ahpla-resu"]
        )
        yield st.text(st.characters(categories=["Ll"]), min_size=8, max_size=32)
        return
    if option in IDS:
        yield st.sampled_from([text for text, _said in NOBODYS])
    yield st.integers(1025, 70000).map(lambda length: "x" * length)
    if option in ("allow_produce_topic_list", "allow_consume_topic_list"):
        yield st.sampled_from(["a,b", ",", "a,", " a", "a "])
    if option != "white_remote_address" and (option not in names or not slot.module.endswith("_info")):
        yield st.sampled_from(["", " ", "\u3000"]) if slot.is_entry or option in ("name", "app_name") else st.just(" ")
    if option in names and names[option].path:
        yield st.sampled_from([".", ".."])


# -- what is odd but right -------------------------------------------------------------------------

ODD = (
    "a/b", "%2F", "%2e%2e", "?x=1", "a?b=c&d=e#f", "a;b", "a&b=c", "a+b c", "a:b", "a\\b", "a,b", "a'b\"c", "<a>",
    "...", "a/../b", "./a", "{x}", "[a]", "$HOME", "`id`", "令牌", "é", "e\u0301", "\u0430bc", "😀", "a" * 1024, "0", "null", "~", "-", "_",
    "true", "(a)", "@a", "*", "%", "%zz", "100%", "a%20b", "a=b", "|", "^",
)  # fmt: skip


SHAPELESS = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U00016fe4\U0001d159"
SHAPELESS += "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)]))


def odd_names(without=""):
    """Names that look like something else, and arbitrary ones; what no name can hold is not in them."""
    alphabet = st.characters(
        exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Zs"], exclude_characters="{}%" + SHAPELESS + without
    )
    arbitrary = st.text(alphabet, min_size=1, max_size=20)
    known = [text for text in ODD if not set(text) & set(without)]
    return st.one_of(st.sampled_from(known), arbitrary).filter(
        lambda text: text not in (".", "..") and text[0] not in "[("
    )


def plain_names():
    """Names of topics and consumer groups of RocketMQ."""
    return st.text("abcXYZ012-_%|", min_size=1, max_size=20)
