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
MODULES = {case.system.module: case for case in cases.ALL}


UFILE = cases.ALL[0]
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


def left(name, arguments):
    """The exit status of a module that is given these."""
    module = importlib.import_module(f"{PLUGINS}.modules.{name}")
    with module_arguments(arguments), pytest.raises(SystemExit) as left:
        module.main()
    return left.value.code


def with_connection(case, options):
    return dict(CONNECTION[case.resource.provider.name], **options)


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs a module's main(); its exit status and what it printed."""

    def run_main(name, case, options, calls, check_mode=False):
        session, execute = Session(*calls), _task.execute

        def scripted(resource, params, info, how):
            return execute(resource, params, info, how._replace(connect=connector(session)))

        monkeypatch.setattr(_task, "execute", scripted)
        how = {"retries": 0, "concurrency": 1, "_ansible_check_mode": check_mode, "_ansible_diff": True}
        status = left(name, {**with_connection(case, options), **how})
        session.finish()
        return status, json.loads(capsys.readouterr().out)

    return run_main


@each_module
@pytest.mark.parametrize("check_mode", [False, True])
def test_a_change_ends_well(run, name, case, check_mode):
    options, after, calls = case.planned()
    calls += [] if check_mode else case.write(after) + case.look(after, options)
    status, result = run(name, case, case.task(options), calls, check_mode)
    assert (status, result["changed"], len(result["diff"])) == (0, True, 1)
    assert case.resource.name in result


@each_module
def test_an_error_ends_badly(run, name, case):
    status, result = run(name, case, case.task({}), case.absent())
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
    options, after, calls = case.planned()
    response = Session.request

    def request(session, *arguments, **keywords):
        found = response(session, *arguments, **keywords)
        if not session.calls:  # written, and not answered yet
            os.kill(os.getpid(), number)
        return found

    monkeypatch.setattr(Session, "request", request)
    # A shell has what it runs in the background ignore the one, and nohup the other.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    before = [signal.getsignal(each) for each in ENDS]
    status, result = run(name, case, case.task(options), calls + case.write(after))
    assert (status, result["failed"], result["changed"]) == (1, True, True)
    error = result["error"]
    assert (error["kind"], error["code"], error["written"], error["pending"]) == ("interrupted", "Signal", [], [])
    assert number.name in error["message"]
    assert error["failed"][0] == dict(case.scope, **dict(error["failed"][0], **case.names()))
    assert [signal.getsignal(each) for each in ENDS] == before


def test_a_signal_before_a_write_says_that_nothing_was_written(run, monkeypatch):
    monkeypatch.setattr(Session, "request", lambda *arguments, **keywords: os.kill(os.getpid(), signal.SIGTERM))
    status, result = run("ucloud_ufile_token", UFILE, UFILE.task({}), [])
    assert (status, result["changed"], result["error"]["kind"]) == (1, False, "interrupted")
    assert "Nothing was written." in result["msg"]


def test_a_signal_once_the_result_stands_does_not_lose_it(run, monkeypatch):
    monkeypatch.setattr(basic.AnsibleModule, "warn", lambda module, text: os.kill(os.getpid(), signal.SIGTERM))
    before = UFILE.row(ExpireTime=1500000000)
    after = dict(before, AllowedOps=["TOKEN_ALLOW_NONE"])
    calls = UFILE.read(before) + UFILE.write(after) + UFILE.read(after)
    status, result = run("ucloud_ufile_token", UFILE, UFILE.task({"allowed_ops": []}), calls)
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
    for name in ("freeze", "enable"):
        monkeypatch.setattr(_entrypoint.gc, name, lambda name=name: called.append(name))
    run("ucloud_ufile_token_info", UFILE, {}, UFILE.read_all(UFILE.row()))
    assert called == ["freeze", "enable"]


def test_warnings_are_shown_by_ansible(run, monkeypatch):
    shown = []
    monkeypatch.setattr(basic.AnsibleModule, "warn", lambda self, text: shown.append(text))
    calls = UFILE.read(UFILE.row(ExpireTime=1000000000))
    status, result = run("ucloud_ufile_token", UFILE, UFILE.task({"expire_time": "1000000000"}), calls)
    assert (status, result["changed"], "warnings" in result) == (0, False, False)
    (text,) = shown
    assert "has passed" in text


def with_secrets(count, **more):
    return [dict({"user_name": f"user-{n}", "secret_key": f"New-Secret-{n:06d}"}, **more) for n in range(count)]


@pytest.fixture
def ended(monkeypatch, capsys):
    """What the module of RocketMQ users prints, and what it gives the engine, which returns ``outcome``."""

    def ended(users, outcome):
        given = []
        monkeypatch.setattr(_task, "execute", lambda resource, params, *how: given.append(params) or dict(outcome))
        arguments = dict(CONNECTION["huaweicloud"], instance_id="i-1", users=users)
        if "inject_invocation" in PASS_VARS:  # before ansible-core 2.20 an invocation is always there
            arguments["_ansible_inject_invocation"] = True
        left("huaweicloud_rocketmq_user", arguments)
        return capsys.readouterr().out, given

    return ended


@pytest.mark.parametrize("failed", [False, True])
@pytest.mark.parametrize("secret", ["New-Secret-000001", "short"])
def test_a_secret_of_a_row_reaches_the_engine_and_no_result(ended, secret, failed):
    users = [*with_secrets(1), {"user_name": "user-1", "secret_key": secret}]
    shown = [{"user_name": secret, "n": [f"a{secret}b", "\x1b"]}]
    printed, given = ended(users, {"failed": failed, "msg": f"it was {secret}.", "users": shown})
    assert [user["secret_key"] for user in given[0]["users"]] == ["New-Secret-000000", secret]
    assert given[0]["instance_id"] == "i-1"
    assert secret not in printed and "New-Secret" not in printed
    result = json.loads(printed)
    if not failed:
        assert result["users"][0]["n"][1] == "\x1b"
    rows = result["invocation"]["module_args"]["users"]
    assert [(user["user_name"], bool(user["secret_key"])) for user in rows] == [("user-0", True), ("user-1", True)]


def test_a_row_that_is_no_mapping_is_refused(ended):
    printed, given = ended([*with_secrets(1), "New-Secret-000001"], {})
    assert "users[1]: it must be a mapping, such as {user_name: …}; got text" in json.loads(printed)["msg"]
    assert not given and "New-Secret" not in printed


def test_what_ansible_searches_results_for_does_not_grow_with_the_list(ended, monkeypatch):
    """It searches every text for every value: for 4,000 users that once took 27 s."""
    searched, remove = [], basic.remove_values
    monkeypatch.setattr(
        basic, "remove_values", lambda value, strings: searched.append(len(strings)) or remove(value, strings)
    )
    ended(with_secrets(2), {"changed": True})
    few = max(searched)
    for more in ({}, {"topic_perms": "wrong"}):
        ended(with_secrets(200, **more), {"changed": True})
        assert max(searched) == few


@pytest.mark.parametrize("info", ["", "_info"])
@each_module
def test_without_requests_the_module_says_what_is_missing(monkeypatch, capsys, name, case, info):
    monkeypatch.setattr(http, "REQUESTS_ERROR", "Traceback: no requests")
    left(name + info, with_connection(case, case.task({})))
    message = json.loads(capsys.readouterr().out)["msg"]
    assert message.startswith("Failed to import the required Python library (requests)")


def test_why_requests_cannot_be_imported_is_shown_where_tracebacks_are(monkeypatch):
    def fail_json(self, **result):
        raise SystemExit(result["exception"])

    monkeypatch.setattr(http, "REQUESTS_ERROR", "Traceback: no requests")
    monkeypatch.setattr(basic.AnsibleModule, "fail_json", fail_json)
    assert left("ucloud_ufile_token", with_connection(UFILE, UFILE.task({}))) == "Traceback: no requests"


def test_without_a_connection_given_the_provider_makes_one(monkeypatch):
    case = cases.ALL[2]
    provider, made = case.resource.provider, []
    real = provider.connect

    def connect(params, secrets, service):
        made.append(service)
        monkeypatch.setattr(provider, "connect", real)
        return connector(Session(*case.read(case.row())))(case.resource, params, secrets)

    monkeypatch.setattr(provider, "connect", connect)
    assert _task.execute(case.resource, validated(case.resource, case.task({})))["changed"] is False
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
