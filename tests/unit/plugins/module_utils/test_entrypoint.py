# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each module from its options to its exit, in this process."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pathlib
import signal
import subprocess
import sys

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common.parameters import PASS_VARS

from ansible_collections.grantops.cloud.plugins.module_utils import _entrypoint, _task
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import CONNECTION, Session, connector, validated

PLUGINS = "ansible_collections.grantops.cloud.plugins"
MODULES = {
    "ucloud_ufile_token": cases.ALL[0],
    "ucloud_urocketmq_token": cases.ALL[1],
    "huaweicloud_rocketmq_user": cases.ALL[2],
    "huaweicloud_roma_topic_policy": cases.ALL[3],
}
each_module = pytest.mark.parametrize(("name", "case"), MODULES.items(), ids=list(MODULES))


@contextlib.contextmanager
def module_arguments(arguments):
    try:
        from ansible.module_utils.testing import patch_module_args
    except ImportError:  # before ansible-core 2.19
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode("utf-8")
        yield
        basic._ANSIBLE_ARGS = None
    else:
        with patch_module_args(arguments):
            yield


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a module's main(); its exit status and what it printed."""

    def run_main(name, case, options, calls, check_mode=False):
        session = Session(*calls)
        execute = _task.execute

        def scripted(resource, params, info, how):
            return execute(resource, params, info, how._replace(connect=connector(session)))

        monkeypatch.setattr(_task, "execute", scripted)
        arguments = dict(CONNECTION[case.resource.provider.name], retries=0, concurrency=1, **options)
        arguments.update(_ansible_check_mode=check_mode, _ansible_diff=True)
        module = importlib.import_module(f"{PLUGINS}.modules.{name}")
        with module_arguments(arguments), pytest.raises(SystemExit) as left:
            module.main()
        session.finish()
        return left.value.code, json.loads(capsys.readouterr().out)

    return run_main


def options_of(case, **more):
    return dict(case.scope, **dict(case.names(), **more))


@each_module
def test_a_change_ends_well(run, name, case):
    options, changes = case.scalar
    after = case.row(**changes)
    calls = case.look(case.row(), options) + case.prepare(case.row(), options=options)
    calls += case.write(after) + case.look(after, options)
    status, result = run(name, case, options_of(case, **options), calls)
    assert (status, result["changed"]) == (0, True)
    assert len(result["diff"]) == 1
    assert case.resource.name in result


@each_module
def test_check_mode_is_seen(run, name, case):
    options, changes = case.scalar
    calls = case.look(case.row(), options) + case.prepare(case.row(), options=options)
    status, result = run(name, case, options_of(case, **options), calls, check_mode=True)
    assert (status, result["changed"]) == (0, True)


@each_module
def test_an_error_ends_badly(run, name, case):
    status, result = run(name, case, options_of(case), case.absent())
    assert (status, result["failed"], result["changed"]) == (1, True, False)
    assert result["error"]["provider"] == case.resource.provider.title
    assert "does not exist" in result["msg"]


@each_module
def test_the_info_twin_ends_well(run, name, case):
    status, result = run(name + "_info", case, dict(case.scope), case.read_all(case.row()))
    assert (status, result["changed"], len(result[case.plural])) == (0, False, 1)


@each_module
def test_wrong_options_are_refused_by_ansible(run, name, case):
    status, result = run(name, case, dict(case.scope), [])
    assert status == 1
    assert "one of the following is required" in result["msg"] or "missing required" in result["msg"]


ENDS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]


@pytest.mark.parametrize("number", ENDS, ids=lambda number: number.name)
@each_module
def test_a_signal_during_a_write_ends_with_what_was_written(run, monkeypatch, name, case, number):
    options, changes = case.scalar
    after = case.row(**changes)
    calls = case.look(case.row(), options) + case.prepare(case.row(), options=options) + case.write(after)
    answer = Session.request

    def request(session, *arguments, **keywords):
        found = answer(session, *arguments, **keywords)
        if not session.calls:  # written, and not answered yet
            os.kill(os.getpid(), number)
        return found

    monkeypatch.setattr(Session, "request", request)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it runs in the background ignore it
    before = [signal.getsignal(each) for each in ENDS]
    status, result = run(name, case, options_of(case, **options), calls)
    assert (status, result["failed"], result["changed"]) == (1, True, True)
    error = result["error"]
    assert (error["kind"], error["code"]) == ("interrupted", "Signal")
    assert number.name in error["message"]
    assert [error[key] for key in ("written", "pending")] == [[], []]
    assert error["failed"][0] == dict(case.scope, **dict(error["failed"][0], **case.names()))
    assert [signal.getsignal(each) for each in ENDS] == before


def test_a_signal_before_a_write_says_that_nothing_was_written(run, monkeypatch):
    case = cases.ALL[0]
    monkeypatch.setattr(Session, "request", lambda *arguments, **keywords: os.kill(os.getpid(), signal.SIGTERM))
    status, result = run("ucloud_ufile_token", case, options_of(case), [])
    assert (status, result["changed"], result["error"]["kind"]) == (1, False, "interrupted")
    assert "Nothing was written." in result["msg"]


def test_a_signal_once_the_result_stands_does_not_lose_it(run, monkeypatch):
    monkeypatch.setattr(basic.AnsibleModule, "warn", lambda module, text: os.kill(os.getpid(), signal.SIGTERM))
    case = cases.ALL[0]
    before, after = case.row(ExpireTime=1500000000), case.row(ExpireTime=1500000000, AllowedOps=["TOKEN_ALLOW_NONE"])
    calls = case.read(before) + case.write(after) + case.read(after)
    status, result = run("ucloud_ufile_token", case, options_of(case, allowed_ops=[]), calls)
    assert (status, result["changed"]) == (0, True)


def test_a_signal_that_is_ignored_stays_so():
    old = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with _entrypoint.Signals():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, old)


def test_garbage_is_looked_for_among_what_the_run_makes_and_nowhere_else(run, monkeypatch):
    called = []
    monkeypatch.setattr(_entrypoint.gc, "freeze", lambda: called.append("freeze"))
    monkeypatch.setattr(_entrypoint.gc, "enable", lambda: called.append("enable"))
    case = cases.ALL[0]
    run("ucloud_ufile_token_info", case, dict(case.scope), case.read_all(case.row()))
    assert called == ["freeze", "enable"]


def test_warnings_are_shown_by_ansible(run, monkeypatch):
    shown = []
    monkeypatch.setattr(basic.AnsibleModule, "warn", lambda self, text: shown.append(text))
    status, result = run("ucloud_ufile_token", cases.ALL[0], {"token_id": "t-1", "expire_time": "1000000000"},
                         cases.ALL[0].read(cases.ALL[0].row(ExpireTime=1000000000)))  # fmt: skip
    assert (status, result["changed"]) == (0, False)
    assert "has passed" in shown[0]
    assert len(shown) == 1
    assert "warnings" not in result


def with_secrets(count, **more):
    return [dict({"user_name": f"user-{n}", "secret_key": f"New-Secret-{n:06d}"}, **more) for n in range(count)]


def ended(users, monkeypatch, capsys, outcome):
    """What the module of RocketMQ users prints, and what it gave the engine, which returns ``outcome``."""
    given = []
    monkeypatch.setattr(_task, "execute", lambda resource, params, *how: given.append(params) or dict(outcome))
    arguments = dict(CONNECTION["huaweicloud"], instance_id="i-1", users=users)
    if "inject_invocation" in PASS_VARS:  # before ansible-core 2.20 an invocation is always there
        arguments["_ansible_inject_invocation"] = True
    with module_arguments(arguments), pytest.raises(SystemExit):
        importlib.import_module(f"{PLUGINS}.modules.huaweicloud_rocketmq_user").main()
    return capsys.readouterr().out, given


@pytest.mark.parametrize("failed", [False, True])
@pytest.mark.parametrize("secret", ["New-Secret-000001", "short"])
def test_a_secret_of_a_row_reaches_the_engine_and_no_result(monkeypatch, capsys, secret, failed):
    users = [*with_secrets(1), {"user_name": "user-1", "secret_key": secret}]
    texts = {
        "failed": failed,
        "msg": f"it was {secret}.",
        "users": [{"user_name": secret, "n": [f"a{secret}b", "\x1b"]}],
    }
    printed, given = ended(users, monkeypatch, capsys, texts)
    assert [user["secret_key"] for user in given[0]["users"]] == ["New-Secret-000000", secret]
    assert secret not in printed
    assert "New-Secret" not in printed
    result = json.loads(printed)
    if not failed:
        assert result["users"][0]["n"][1] == "\x1b"
    assert [user["user_name"] for user in result["invocation"]["module_args"]["users"]] == ["user-0", "user-1"]


def test_what_ansible_searches_results_for_does_not_grow_with_the_list(monkeypatch, capsys):
    """It searches every text for every value: for 4,000 users that once took 27 s."""
    searched = []
    remove = basic.remove_values

    def counting(value, strings):
        searched.append(len(strings))
        return remove(value, strings)

    monkeypatch.setattr(basic, "remove_values", counting)
    ended(with_secrets(2), monkeypatch, capsys, {"changed": True})
    few = max(searched)
    for more in ({}, {"topic_perms": "wrong"}):
        ended(with_secrets(200, **more), monkeypatch, capsys, {"changed": True})
        assert max(searched) == few


@pytest.mark.parametrize("name", list(MODULES) + [name + "_info" for name in MODULES])
def test_without_requests_the_module_says_what_is_missing(monkeypatch, capsys, name):
    monkeypatch.setattr(http, "REQUESTS_ERROR", "Traceback: no requests")
    case = MODULES[name[: -len("_info")] if name.endswith("_info") else name]
    arguments = dict(CONNECTION[case.resource.provider.name], **options_of(case))
    module = importlib.import_module(f"{PLUGINS}.modules.{name}")
    with module_arguments(arguments), pytest.raises(SystemExit):
        module.main()
    result = json.loads(capsys.readouterr().out)
    assert result["msg"].startswith("Failed to import the required Python library (requests)")


def test_why_requests_cannot_be_imported_is_shown_where_tracebacks_are(monkeypatch):
    monkeypatch.setattr(http, "REQUESTS_ERROR", "Traceback: no requests")
    shown = []

    def fail_json(self, **result):
        shown.append(result["exception"])
        raise SystemExit(1)

    monkeypatch.setattr(basic.AnsibleModule, "fail_json", fail_json)
    arguments = dict(CONNECTION[cases.ALL[0].resource.provider.name], **options_of(cases.ALL[0]))
    with module_arguments(arguments), pytest.raises(SystemExit):
        importlib.import_module(f"{PLUGINS}.modules.ucloud_ufile_token").main()
    assert shown == ["Traceback: no requests"]


def test_without_a_connection_given_the_provider_makes_one(monkeypatch):
    case = cases.ALL[2]
    provider = case.resource.provider
    real, made = provider.connect, []

    def connect(params, secrets, service):
        made.append(service)
        monkeypatch.setattr(provider, "connect", real)
        return connector(Session(*case.read(case.row())))(case.resource, params, secrets)

    monkeypatch.setattr(provider, "connect", connect)
    options = validated(case.resource, dict(case.scope, **case.names()))
    assert _task.execute(case.resource, options)["changed"] is False
    assert made == ["rocketmq"]


WITHOUT_REQUESTS = """
import importlib, sys
sys.modules["requests"] = None
for name in sys.argv[1:]:
    importlib.import_module(name)
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http
assert http.requests is None and http.REQUESTS_ERROR
"""


def names_of_all():
    root = pathlib.Path(_task.__file__).resolve().parents[1]
    for folder in ("module_utils", "modules"):
        for path in sorted((root / folder).rglob("*.py")):
            if path.name != "__init__.py":
                yield ".".join((PLUGINS,) + path.relative_to(root).with_suffix("").parts)


def test_everything_can_be_imported_without_requests():
    """In a process of its own: here everything is imported already."""
    names = list(names_of_all())
    assert len(names) > 20
    paths = [path for path in sys.path if path]
    root = pathlib.Path(_task.__file__).absolute().parents[5]
    script = f"import sys; sys.path[:0] = {[str(root)] + paths!r}\n{WITHOUT_REQUESTS}"
    done = subprocess.run(
        [sys.executable, "-c", script] + names, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    assert done.returncode == 0, done.stdout.decode()


def test_importing_http_anew_without_requests(monkeypatch):
    """The same in this process, for the one place that notices."""
    source = pathlib.Path(http.__file__).read_text(encoding="utf-8")
    monkeypatch.setitem(sys.modules, "requests", None)
    names = {"__name__": http.__name__, "__package__": http.__package__, "__file__": http.__file__}
    exec(compile(source, http.__file__, "exec"), names)
    assert names["requests"] is None
    assert names["AuthBase"] is object
    assert names["REQUESTS_ERROR"]
