# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret leaves in any form, nor a part of one, in any message; and nothing that a terminal obeys."""

from __future__ import annotations

import base64
import html
import json
import re
import threading
import time
from urllib.parse import quote, quote_plus

import pytest
import requests

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils import _task, _yaml
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import (
    ANY,
    PRIVATE_KEY,
    SECRETS,
    SK,
    Session,
    attempt,
    connector,
    huawei,
    validated,
)

UFILE, UROCKETMQ, ROCKETMQ, ROMA = cases.ALL


def known(*values):
    secrets = errors.Secrets()
    secrets.add(*values)
    return secrets


SECRET = "Awk\"'ward\\ é&<9>/+x=%41😀"


def go_json(text):
    return json.dumps(text)[1:-1].replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def base_64(text):
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def utf_16(text):
    pairs = text.encode("utf-16-be")
    return "".join(f"\\u{int.from_bytes(pairs[at : at + 2], 'big'):04x}" for at in range(0, len(pairs), 2))


def octal(text):
    return "".join(f"\\{b:03o}" if b > 126 or b in b"\\x=" else chr(b) for b in text.encode("utf-8"))


def lower_url(text):
    return re.sub("%..", lambda code: code.group().lower(), quote(text, safe=""))


def each_character(form):
    return lambda text: "".join(form.format(ord(character)) for character in text)


def uri_component(text):
    return quote(text, safe="!'()*~-._")


ENCODERS = {
    "as it is": str,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON that keeps letters": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON of Go": go_json,
    "JSON of Go, upper case": lambda text: go_json(text).replace("003c", "003C").replace("003e", "003E"),
    "JSON of PHP": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text))[3:-3],
    "JSON of Go in JSON, as Python shows it": lambda text: repr(json.dumps(go_json(text)))[2:-2],
    "all of it as \\u": utf_16,
    "all of it as \\u{}": each_character("\\u{{{:x}}}"),
    "all of it as \\U": each_character("\\U{:08X}"),
    "Python": lambda text: repr(text)[1:-1],
    "ASCII of Python": lambda text: ascii(text)[1:-1],
    "bytes of Python": lambda text: repr(text.encode("utf-8"))[2:-1],
    "bytes of C": octal,
    "bytes taken for letters": lambda text: text.encode("utf-8").decode("latin-1"),
    "HTML": html.escape,
    "HTML, decimal": each_character("&#{};"),
    "HTML, decimal, filled up": each_character("&#{:07d};"),
    "HTML, hexadecimal": each_character("&#x{:x};"),
    "HTML, hexadecimal, upper case": each_character("&#X{:X};"),
    "XML": lambda text: html.escape(text, quote=False).replace('"', "&quot;").replace("'", "&apos;"),
    "HTML with all names": lambda text: html.escape(text).replace("é", "&eacute;").replace("/", "&sol;").replace("+", "&plus;"),
    "HTML in JSON of Go": lambda text: go_json(html.escape(text)),
    "URL": lambda text: quote(text, safe=""),
    "URL's path": quote,
    "URL, lower case": lower_url,
    "URL, every byte": lambda text: "".join(f"%{byte:02X}" for byte in text.encode("utf-8")),
    "encodeURIComponent": uri_component,
    "encodeURI": lambda text: quote(text, safe="!'()*~-._;/?:@&=+$,#"),
    "form": quote_plus,
    "form in a form": lambda text: quote_plus(quote_plus(text)),
    "form in HTML": lambda text: html.escape(quote_plus(text)),
    "form in JSON of Go": lambda text: go_json("a&b=" + quote_plus(text))[len("a\\u0026b=") :],
    "hexadecimal": lambda text: text.encode("utf-8").hex(),
    "hexadecimal, upper case": lambda text: text.encode("utf-8").hex().upper(),
    "base64": base_64,
    "base64 for URLs": lambda text: base_64(text).replace("+", "-").replace("/", "_"),
    "base64 in a URL": lambda text: quote(base_64(text), safe=""),
}  # fmt: skip


@pytest.mark.parametrize(
    "secret", [SECRET, "Zz/tail&more+", "plain-Secret-1", "密码%2F口令/1"], ids=["awkward", "slash", "plain", "letters"]
)
@pytest.mark.parametrize("form", ENCODERS)
def test_a_secret_is_hidden_in_each_of_its_forms(form, secret):
    text = ENCODERS[form](secret)
    assert known(secret).clean(f"it is <{text}>, once more <{text}>!") == "it is <<hidden>>, once more <<hidden>>!"


def test_what_controls_a_terminal_is_escaped_and_no_other_character():
    assert errors.printable("é\x1b[0m令\u202e") == "é\\x1b[0m令\\u202e"
    assert known("shorty").clean("é\x1b shorty") == "é\\x1b <hidden>"


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "u", "us", "user:"])
def test_a_secret_is_hidden_wherever_it_begins_in_base64(before, encode):
    secret = "ü~~~???>>>-Secret"
    coded = encode(f"{before}{secret}:tail".encode()).decode("ascii")
    shown = known(secret).clean(coded)
    assert "<hidden>" in shown and len(shown) < len(coded) - 4 * len(secret.encode()) // 3 + 12


@pytest.mark.parametrize(
    ("secret", "text", "shown"),
    [
        # Each character may be escaped in its own way.
        ("a/b/c&d&e", "x a\\/b/c&amp;d&e x a%2fb/c%26d&#38;e", "x <hidden> x <hidden>"),
        (" blank-ends ", "<blank-ends>", "<<hidden>>"),  # a service may cut blanks
        *(
            (half, f"<{half}> <{json.dumps(half)}>", '<<hidden>> <"<hidden>">')
            for half in ("half \ud83d only", "\udc00-Secret-1")
        ),
        ("caf\u00e9-Secret", "caf%E9-Secret", "<hidden>"),  # percent codes of latin-1
        ("abcdef", "abcdef abcde", "<hidden> abcde"),
        ("abcde", "abcde", "abcde"),  # six characters are a secret
    ],
)
def test_a_secret_is_hidden_in_part_of_its_form_too(secret, text, shown):
    assert known(secret).clean(text) == shown


@pytest.mark.parametrize(
    "text", ["\\", "\\u12", "\\U99999999x", "%", "%zz%f", "&#;", "&#99999999;", "&nosuchname;", "a+b", "\\ud800\\u0041"]
)
def test_what_is_no_escape_stays_as_it_is(text):
    assert known("Secret-1").clean(f"{text} Secret-1 {text}") == f"{text} <hidden> {text}"


def test_lists_and_objects_are_cleaned_throughout():
    found = known("secret-1").clean({"a": ["x secret-1", ("secret-1",)], "b": {"c": "secret-1"}, "d": 5, "e": None})
    assert found == {"a": ["x <hidden>", ["<hidden>"]], "b": {"c": "<hidden>"}, "d": 5, "e": None}


def test_a_secret_that_comes_later_is_hidden_too():
    secrets = known("secret-1")
    assert secrets.clean("secret-2") == "secret-2"
    secrets.add("secret-2")
    assert secrets.clean("secret-2 secret-1") == "<hidden> <hidden>"


@pytest.mark.parametrize("value", [None, 5, "", "short", ["a-list-of-it"]])
def test_what_is_no_secret_text_is_ignored(value):
    assert known(value).clean("short 5 None") == "short 5 None"


@pytest.mark.parametrize(
    ("secrets", "text", "shown"),
    [
        (["secret", "secret-and-more"], "secret-and-more", "<hidden>"),
        (["secret", "a-secret-in-it", "in-it-"], "a-secret-in-it", "<hidden>"),
        (["zz-long", "a-zz-long-z", "zz-longer"], "zz-longer a-zz-long-z", "<hidden> <hidden>"),
        (["begin-mid", "mid-end-1"], "begin-mid-end-1", "<hidden>"),  # of two that overlap no rest stays
    ],
)
def test_a_secret_that_holds_another_is_hidden_as_a_whole(secrets, text, shown):
    assert known(*secrets).clean(text) == shown


class Adding(str):
    """A secret at whose reading another thread comes in between."""

    def encode(self, *arguments):
        self.secrets.add(*(f"meanwhile-{number}" for number in range(10)))
        return super().encode(*arguments)


def test_a_secret_may_be_added_while_texts_are_cleaned():
    secrets = errors.Secrets()
    for number in range(3):
        secret = Adding(f"secret-{number}")
        secret.secrets = secrets
        secrets.add(secret)
    assert secrets.clean("secret-0 secret-2 meanwhile-7") == "<hidden> <hidden> <hidden>"


def test_threads_add_and_clean_at_once():
    secrets, wrong = errors.Secrets(), []

    def work(thread):
        try:
            for number in range(150):
                secret = f"Secret-{number}-of-{thread}"
                secrets.add(secret)
                if secrets.clean(f"x {secret} y") != "x <hidden> y":
                    wrong.append(secret)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    "name", ["{0:x}/Secret+{0}", "Rocket&Secret+{0}", "Rocket/+&{0}/"], ids=["apart", "alike", "odd"]
)
def test_a_result_about_thousands_takes_no_longer_than_its_length(name):
    """5,000 users of which one is refused: each has a secret, and stands in the result."""
    secrets = known(*(name.format(number * 7919) for number in range(5000)))
    result = {
        "msg": "Could not write user-0",
        "pending": [{"instance_id": "i-1", "user_name": f"user-{number}"} for number in range(5000)],
        "problems": [f"users[{number}]: %2F {name.format(number * 7919)}" for number in range(5000)],
    }
    started = time.process_time()
    cleaned = secrets.clean(result)
    assert time.process_time() - started < 3, "it took 45 s once"
    assert cleaned["problems"][4999] == "users[4999]: %2F <hidden>"
    assert cleaned["pending"] == result["pending"]


# -- mask first, cut after -------------------------------------------------------------------------

KEY = "Key/of+the+Run-0123456789"


@pytest.mark.parametrize("encode", [str, go_json, uri_component, html.escape, lambda text: repr(text)[1:-1]])
def test_a_text_is_cut_after_it_is_masked(encode):
    secrets, form = known(KEY), encode(KEY)
    for length in range(100 - len(form) - 2, 102):
        text = secrets.cut("x" * length + form + "y" * 500, 100)
        assert "Key" not in text
        masked = "<hidden>" if length < 100 else ""
        kept = max(100 - length - len(form), 0)
        assert text == f"{'x' * min(length, 100)}{masked}{'y' * kept}… ({length + len(form) + 500} characters)"


def test_the_cut_itself_makes_no_secret_of_halves_and_none_of_the_rest():
    assert known("secret-1").cut("x" * 8 + "secret-1", 8) == "x" * 8 + "… (16 characters)"
    assert known("secret-1").cut("short", 8) == "short"
    assert errors.Secrets().cut("x" * 9, 8) == "x" * 8 + "… (9 characters)"


def call(*secrets):
    return http.Request("Cloud", "Op", "GET", "https://host/", None, secrets=known(*secrets))


@pytest.mark.parametrize("encode", [str, uri_component, go_json])
def test_the_message_of_a_call_is_cut_after_it_is_masked(encode):
    form = encode(KEY)
    for length in (http.LONGEST_MESSAGE - len(form), http.LONGEST_MESSAGE - 9, http.LONGEST_MESSAGE - 1):
        message = call(KEY).error(errors.INVALID, "x" * length + form + "y").message
        assert message.startswith("x" * length + "<hidden>") and "Key" not in message


@pytest.mark.parametrize("value", [
    lambda at: "x" * at + KEY + "y" * 99,
    lambda at: {"detail": "x" * at, "key": KEY, "more": "y" * 99},
    lambda at: {"error": {"detail": "x" * at, "key": [KEY]}, "more": "y" * 99},
    lambda at: ["x" * at, KEY, "y" * 99],
    lambda at: [["x"] * (at // 5), KEY] + ["y"] * 99,
    lambda at: {"x" * at: KEY, "y" * 99: 1},
    lambda at: {KEY + "x" * at: 1, "y" * 99: 1},
])  # fmt: skip
def test_a_quote_holds_no_part_of_a_text(value):
    for at in range(120):
        text = known(KEY).clean(errors.brief(value(at)))
        assert "Key" not in text and "012345" not in text
        assert len(text) < 200


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("x" * 98, repr("x" * 98)),
        ("x" * 99, "a text of 99 characters"),
        (["ab"] * 99, "[" + "'ab', " * 16 + "…] (99 entries)"),
        (["x" * 99, "y"], "a list of 2 entries"),
        ({"a": 1, "b": "x" * 99}, "{'a': 1, …} (2 keys)"),
        ({"b": "x" * 99}, "an object of 1 entries"),
        pytest.param(10**200, "a number of 201 digits", id="a number"),
        pytest.param(10**9999, "a number of", id="a number that Python does not write out"),
    ],
)
def test_a_quote_is_whole_or_a_description(value, shown):
    assert errors.brief(value).startswith(shown)
    assert len(errors.brief(value)) < errors.LONGEST_QUOTE + 20


# -- by what a service does ------------------------------------------------------------------------


def refused(response, status=403, headers=None):
    """The result of a task whose first call is answered so; no secret may be in it."""
    (read,) = ROCKETMQ.read(ROCKETMQ.row())
    read.response, read.status, read.headers = response, status, headers
    result = attempt(ROCKETMQ.resource, ROCKETMQ.task({}), [read])
    assert result["failed"] is True
    for start in range(len(SK) - 7):
        assert SK[start : start + 8] not in json.dumps(result), result
    return result


def long_object(at):
    return {"detail": "x" * at, "sk": SK, "more": "y" * 100}


@pytest.mark.parametrize("at", [*range(60, 130, 3), 95, 99, 100])
@pytest.mark.parametrize(
    ("key", "make"),
    [
        *((key, long_object) for key in ("error_msg", "message", "error_code", "code")),
        ("error_code", lambda at: "x" * at + SK),
        ("failed_topics", lambda at: ["x" * at, SK, {"sk": SK}, "x" * 50]),
    ],
    ids=["error_msg", "message", "error_code", "code", "a long code", "failed_topics"],
)
def test_an_error_is_masked_before_it_is_cut(key, make, at):
    refused({"error_code": "X.1", "error_msg": "no", key: make(at)})


@pytest.mark.parametrize("at", [1950, 1970, 1980, 1999, 2500])
@pytest.mark.parametrize("encode", [str, uri_component, lambda text: quote(text).lower()])
def test_a_redirect_is_masked_before_it_is_cut(at, encode):
    result = refused({}, 302, {"Location": "https://else/" + "x" * (at - 30) + "?sk=" + encode(SK) + "&" + "y" * 2000})
    assert "redirected to https://else/xxx" in result["msg"]


@pytest.mark.parametrize("case", cases.ALL[:2], ids=cases.NAMES[:2])
@pytest.mark.parametrize("message", [{"detail": "x" * 70, "key": PRIVATE_KEY}, ["x" * 80, PRIVATE_KEY]])
def test_a_message_of_ucloud_that_is_an_object_is_masked_before_it_is_cut(case, message):
    result = case.refused(case.names(), case.read(case.row(), code=299, message=message))
    assert "private-" not in json.dumps(result)


# -- on a terminal ---------------------------------------------------------------------------------

FORGED = "no\x1b[2K\r\nPLAY RECAP ***\x9b1m\u202eok\u2066\u200f\u2028\x7f\ufeff"
OBEYED = [character for character in FORGED if not character.isprintable()]


@pytest.mark.parametrize("character", OBEYED + ["\t", "\x00", "\u061c", "\u200b", "\U000e0041", "\ud800", "\xa0"])
def test_what_a_terminal_obeys_is_shown_escaped_and_all_else_as_it_is(character):
    shown = errors.printable(f"a{character}b")
    assert shown.isprintable() and shown == "a" + ascii(character)[1:-1] + "b"
    assert errors.Secrets().clean([character]) == [ascii(character)[1:-1]]
    for text in (shown, "plain", "Ünïcödé ✓ 拒绝", "a\\x1b", ""):
        assert errors.printable(text) == text


def texts(value):
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("key", ["error_msg", "error_code", "failed_topics"])
def test_a_message_of_a_service_reaches_no_terminal_as_it_is(key):
    body = {"error_msg": "no", "error_code": "X.1"}
    body[key] = [FORGED] if key == "failed_topics" else FORGED
    result = refused(body, headers={"X-Request-Id": FORGED})
    assert all(text.isprintable() for text in texts(result))
    assert "\\x1b[2K\\r\\nPLAY RECAP ***\\x9b1m\\u202eok" in result["msg"]


def test_a_redirect_and_a_title_reach_no_terminal_as_they_are():
    result = refused({}, 302, {"Location": f"https://else/{FORGED}"})
    assert "https://else/no\\x1b[2K\\r" in result["msg"] and result["msg"].isprintable()
    result = refused(f"<title>{FORGED}</title>".encode(), 502)
    assert "\\x1b[2K PLAY RECAP" in result["msg"] and result["msg"].isprintable()


def test_a_name_of_a_service_draws_nothing_in_a_diff():
    """Ansible prints a diff as it is: headers, and line by line what changes."""
    row = UFILE.row(TokenName=FORGED, AllowedBuckets=["b\x1b[2K", "c\u202e", "d\x85e"])
    result = attempt(UFILE.resource, UFILE.task({"allowed_buckets": ["b0"]}), UFILE.read(row), check_mode=True)
    diff = result["diff"][0]
    for text in diff.values():
        assert all(line.isprintable() for line in text.split("\n")), diff
    assert "(no\\x1b[2K\\r\\nPLAY RECAP" in diff["before_header"]
    assert '- "d\\x85e"' in diff["before"]
    assert result["changes"][0]["before"]["allowed_buckets"] == sorted(row["AllowedBuckets"])  # as they are


@pytest.mark.parametrize("name", ["t\x9b1E", "t\x85PLAY RECAP", "t\u202e"])
def test_a_name_of_a_service_draws_nothing_in_the_lists_of_an_error(name):
    """Ansible prints a failed result as JSON, which leaves these as they are."""
    row = UFILE.row(TokenId=name, TokenName="ci")
    calls = [*UFILE.read_all(row), *UFILE.write(dict(row, AllowedBuckets=["b9"]), **UFILE.write_refused)]
    result = UFILE.refused({"token_name": "ci", "allowed_buckets": ["b9"]}, calls)
    (failed,) = result["error"]["failed"]
    assert failed["token_id"] == ascii(name)[1:-1]
    assert all(text.isprintable() for text in texts(result))


def test_a_name_of_a_service_draws_nothing_in_a_message():
    rows = [UFILE.row(1, TokenName="same", TokenId="t\x1b[2K"), UFILE.row(2, TokenName="same")]
    message = UFILE.refused({"token_name": "same", "allowed_ops": []}, UFILE.read_all(*rows))["msg"]
    assert "t\\x1b[2K" in message and message.isprintable()


yaml = pytest.importorskip("yaml")


@pytest.mark.parametrize("text", ["a\x1b", "\u202ea", "\x85", "\U000e0041", "a\nb", "é ✓", "\\x1b"])
def test_the_yaml_of_a_diff_reads_as_what_it_shows(text):
    shown = _yaml.dump({text: [text]})
    assert yaml.safe_load(shown) == {text: [text]}
    assert all(line.isprintable() for line in shown.split("\n"))


def with_secrets_first(call):
    """The secrets stand where a message would quote them."""
    call.response = {"SecretKey": "TokenPrivate0", "secret_key": "Secret-Key1", **call.response}
    call.response.update(SecretKey="TokenPrivate0", secret_key="Secret-Key1")
    return call


@pytest.mark.parametrize("case", cases.ALL[:3], ids=cases.NAMES[:3])
@pytest.mark.parametrize("end", [b"", b', "a": 1, "a": 2}'], ids=["cut off", "a key twice"])
def test_a_response_that_is_damaged_is_not_quoted_with_its_secrets(case, end):
    (call,) = case.read(case.row())
    call.response = json.dumps(with_secrets_first(call).response).encode()[:-1] + end
    case.refused(case.names(), [call])


@pytest.mark.parametrize("case", cases.ALL[:2], ids=cases.NAMES[:2])
def test_a_response_without_a_code_is_not_quoted_with_its_secrets(case):
    (call,) = case.read(case.row())
    del with_secrets_first(call).response["RetCode"]
    case.refused(case.names(), [call])


def test_a_response_of_another_status_is_not_quoted_with_its_secrets():
    ROCKETMQ.refused(ROCKETMQ.names(), [ROCKETMQ.show(ROCKETMQ.row(), status=404), ROCKETMQ.list(ROCKETMQ.row())])


@cases.every
def test_a_password_in_an_address_is_not_quoted(case):
    case.refused({**case.names(), "api_url": "https://user:Secret-Key1@host"}, [])


def test_the_keys_of_the_run_are_cleaned_from_what_a_service_says():
    (call,) = UFILE.read(UFILE.row(), code=230, message=" ".join(SECRETS[:2]))
    result = UFILE.refused(dict(UFILE.names(), security_token=SECRETS[1]), [Temporary(call)])
    assert result["error"]["message"] == "<hidden> <hidden>"


class Temporary:
    """A call that carries a temporary token beside the rest."""

    def __init__(self, call):
        self.what = call.what
        self.respond = call.respond

    def check(self, request):
        assert "SecurityToken=" in request.body


@pytest.mark.parametrize("token", ["auth-token-1\n", "auth-token-\u4ee4"], ids=["line break", "no latin-1"])
def test_a_token_that_cannot_be_a_header_fails_without_being_shown(token):
    """`http.client` names a header's value in its ValueError, and `requests` lets that through."""
    params = validated(ROCKETMQ.resource, ROCKETMQ.task({"ak": None, "sk": None, "auth_token": token}))

    class Connection(Session):
        def request(self, method, url, headers, data, auth, timeout, verify, allow_redirects, stream):
            value = auth(requests.Request("GET", url).prepare()).headers["X-Auth-Token"]
            value.encode("latin-1")
            raise ValueError(f"Invalid header value {value!r}")

    result = _task.execute(ROCKETMQ.resource, params, how=_task.How(connect=connector(Connection())))
    assert "auth-token" not in json.dumps(result)


# -- what services return as a secret --------------------------------------------------------------

ECHO = "no, TokenPrivate0 Secret-Key1 AppSecret0"


@pytest.fixture
def echoed(monkeypatch):
    """The message of a write, the last of these calls, that is refused with secrets in the response."""
    # `attempt` looks for all secrets of the tests; here those of the other services would be found.
    monkeypatch.setattr("ansible_collections.grantops.cloud.tests.unit.scripted.SECRETS", ())

    def message(case, options, calls):
        if case.plural == "tokens":
            calls[-1].response.update(RetCode=220, Message=ECHO)
        else:
            calls[-1].status, calls[-1].response = 400, {"error_code": "DMS.00400001", "error_msg": ECHO}
        return attempt(case.resource, case.task(options), calls)["msg"]

    return message


@pytest.mark.parametrize(
    ("case", "shown"),
    [
        (UFILE, "no, <hidden> Secret-Key1 AppSecret0"),
        (UROCKETMQ, "no, <hidden> Secret-Key1 AppSecret0"),
        (ROCKETMQ, "no, TokenPrivate0 <hidden> AppSecret0"),
    ],
    ids=cases.NAMES[:3],
)
def test_a_secret_that_was_read_is_known_from_then_on(echoed, case, shown):
    options, after, before = case.planned()
    assert shown in echoed(case, options, before + case.write(after))


def test_the_secrets_of_applications_are_known(echoed):
    items = [ROMA.items["policies"][2]]
    calls = [*ROMA.read(ROMA.row()), *ROMA.add(ROMA.row(), "policies", items)]
    assert "no, TokenPrivate0 Secret-Key1 <hidden>" in echoed(ROMA, {"policies": items, "purge": False}, calls)


def test_a_key_that_the_task_sets_is_cleaned_from_what_the_service_says():
    refused = {"error_code": "DMS.00400001", "error_msg": "no, Key-Of-The-Task1"}
    write = huawei("PUT", "instances/i-1/users/billing-1", ANY, refused, 400)
    result = attempt(
        ROCKETMQ.resource, ROCKETMQ.task({"secret_key": "Key-Of-The-Task1"}), [*ROCKETMQ.read(ROCKETMQ.row()), write]
    )
    assert "no, <hidden>" in result["msg"] and "Key-Of-The-Task1" not in json.dumps(result)
