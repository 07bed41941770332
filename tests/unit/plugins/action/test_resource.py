# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin: when it hands over to the module, and how it runs the engine otherwise."""

from __future__ import annotations

import pathlib
import signal
import sys
from types import SimpleNamespace
from unittest import mock

import pytest

from ansible_collections.grantops.cloud.plugins.action import resource as action
from ansible_collections.grantops.cloud.plugins.module_utils._transport import http
from ansible_collections.grantops.cloud.tests.unit import cases
from ansible_collections.grantops.cloud.tests.unit.scripted import CONNECTION, SECRETS, Session, connector, run

UFILE, UROCKETMQ, ROCKETMQ, ROMA = cases.ALL
NAMES = {
    "ucloud_ufile_token": UFILE, "ucloud_urocketmq_token": UROCKETMQ, "huaweicloud_rocketmq_user": ROCKETMQ,
    "huaweicloud_roma_topic_policy": ROMA,
}  # fmt: skip
each_module = pytest.mark.parametrize(("name", "case"), NAMES.items(), ids=list(NAMES))
OTHER = "/opt/other/bin/python3"


class Templar:
    @staticmethod
    def template(value):
        return sys.executable if value == "{{ ansible_playbook_python }}" else value


class Plugin(action.ActionModule):
    """The plugin for one task, without a connection behind it; a module run is only noted."""

    def __init__(self, name="ucloud_ufile_token", args=None, transport="local", become=None, **task):
        usual = {"async_val": 0, "environment": [], "delegate_to": None, "timeout": None}
        task = {**usual, "check_mode": False, "diff": True, **task}
        play_become = task.pop("play_become", False)
        super().__init__(
            mock.Mock(args=args or {}, action=name, resolved_action="grantops.cloud." + name, **task),
            mock.Mock(transport=transport, become=become),
            SimpleNamespace(become=play_become, check_mode=task["check_mode"], diff=task["diff"]),
            loader=mock.Mock(),
            templar=Templar(),
            shared_loader_obj=mock.Mock(),
        )
        self.handed_over = None

    def _execute_module(self, **how):
        self.handed_over = how
        return {"changed": "by the module"}


@pytest.fixture(autouse=True)
def no_clients(monkeypatch):
    monkeypatch.setattr(action, "CLIENTS", {})


@pytest.fixture
def wired(monkeypatch):
    """Make the providers' clients talk to a script; the sessions that were made."""
    sessions = []

    def wire(case, *scripts):
        scripts = list(scripts)
        real = case.resource.provider.connect

        def connect(params, secrets, service):
            sessions.append(Session(*scripts.pop(0)))
            with monkeypatch.context() as inner:
                inner.setattr(case.resource.provider, "connect", real)
                return connector(sessions[-1])(case.resource, params, secrets)

        monkeypatch.setattr(case.resource.provider, "connect", connect)
        return sessions

    return wire


def args_of(case, **options):
    common = dict(CONNECTION[case.resource.provider.name], retries=0, concurrency=1, verify_timeout=0)
    return dict(common, **dict(case.scope, **dict(case.names(), **options)))


# -- handing over ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "task_vars"),
    [
        ({"transport": "ssh"}, {}),
        ({"transport": "docker"}, {}),
        ({"play_become": True}, {}),
        ({"become": mock.Mock()}, {}),
        ({"async_val": 30}, {}),
        ({"environment": [{}, {"HTTPS_PROXY": "http://p"}]}, {}),
        ({}, {"ansible_python_interpreter": OTHER}),
        ({}, {"ansible_python_interpreter": "python3"}),
        ({"delegate_to": "h"}, {"ansible_delegated_vars": {"h": {"ansible_python_interpreter": OTHER}}}),
    ],
    ids=["ssh", "container", "play become", "become", "async", "environment", "interpreter", "relative", "delegated"],
)
def test_where_a_module_could_differ_it_runs(task, task_vars):
    plugin = Plugin(**task)
    assert plugin.run(task_vars=task_vars) == {"changed": "by the module"}
    assert plugin.handed_over["module_name"] == "grantops.cloud.ucloud_ufile_token"
    assert plugin.handed_over["task_vars"] == task_vars
    assert plugin.handed_over["wrap_async"] is bool(task.get("async_val"))


@pytest.mark.parametrize(
    ("task", "task_vars"),
    [
        ({}, None),
        ({"transport": "ansible.builtin.local"}, {}),
        ({"environment": [{}]}, {}),
        ({"environment": None}, {}),
        ({}, {"ansible_python_interpreter": sys.executable}),
        ({}, {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}),
        ({}, {"ansible_python_interpreter": "auto_silent"}),
        ({"delegate_to": "localhost"}, {"ansible_python_interpreter": OTHER}),
        ({"delegate_to": "h"}, {"ansible_delegated_vars": {"h": {}}, "ansible_python_interpreter": OTHER}),
    ],
)
def test_elsewhere_it_runs_in_the_worker(task, task_vars):
    plugin = Plugin(**task)
    assert plugin.run(task_vars=task_vars)["failed"] is True  # since it has no arguments
    assert plugin.handed_over is None


@pytest.mark.parametrize(
    ("place", "name", "value"), [(http, "REQUESTS_ERROR", "Traceback"), (sys, "platform", "darwin")]
)
def test_without_requests_and_on_macos_the_module_runs(monkeypatch, place, name, value):
    monkeypatch.setattr(place, name, value)
    assert Plugin().run(task_vars={}) == {"changed": "by the module"}


@pytest.mark.parametrize(("python", "same"), [("python", True), ("env/python3", False), ("none", False)])
def test_a_link_beside_the_interpreter_is_the_same(tmp_path, monkeypatch, python, same):
    (tmp_path / "python3").write_text("")
    (tmp_path / "python").symlink_to("python3")
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "python3").symlink_to("../python3")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python3"))
    plugin = Plugin()
    plugin.run(task_vars={"ansible_python_interpreter": str(tmp_path / python)})
    assert (plugin.handed_over is None) is same


# -- running in the worker -------------------------------------------------------------------------


@each_module
def test_the_result_is_that_of_the_engine(wired, name, case):
    options, changes = case.scalar
    after = case.row(**changes)

    def calls():
        before = case.look(case.row(), options) + case.prepare(case.row(), options=options)
        return before + case.write(after) + case.look(after, options)

    expected = run(case.resource, dict(case.scope, **dict(case.names(), **options)), calls())
    sessions = wired(case, calls())
    assert Plugin(name, args_of(case, **options)).run(task_vars={}) == expected
    sessions[0].finish()


@each_module
def test_check_mode_and_diff_are_those_of_the_task(wired, name, case):
    options, changes = case.scalar
    sessions = wired(case, case.look(case.row(), options) + case.prepare(case.row(), options=options))
    result = Plugin(name, args_of(case, **options), check_mode=True, diff=False).run(task_vars={})
    sessions[0].finish()
    assert result["changed"] is True
    assert "diff" not in result


@each_module
def test_the_info_twin_is_run(wired, name, case):
    wired(case, case.read_all(case.row()))
    args = dict(CONNECTION[case.resource.provider.name], concurrency=1, **case.scope)
    assert len(Plugin(name + "_info", args).run(task_vars={})[case.plural]) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "one of the following is required"),
        ({"token_id": "t-1", "tokn": "x"}, "is not an option of this module (did you mean 'tokens'?)"),
        ({"token_id": "t-1", "allowed_ops": ["READ"]}, "Got no match for: READ"),
    ],
)  # fmt: skip
def test_wrong_options_are_a_result_and_no_error_that_ansible_prints_all_options_with(options, message):
    result = Plugin(args=dict(CONNECTION["ucloud"], **options)).run(task_vars={})
    assert (result["failed"], result["changed"], sorted(result)) == (True, False, ["changed", "error", "failed", "msg"])
    assert message in result["msg"]
    assert (result["error"]["kind"], result["error"]["written"]) == ("task", [])
    assert message in result["error"]["problems"][0]["message"]
    assert not [secret for secret in SECRETS if secret in str(result)]


def test_a_short_action_name_is_found(wired):
    wired(UFILE, UFILE.read(UFILE.row()))
    plugin = Plugin(args=args_of(UFILE))
    plugin._task.resolved_action = None
    assert plugin.run(task_vars={})["changed"] is False


# -- ended from outside ------------------------------------------------------------------------------


class TaskTimeoutError(BaseException):
    """As ansible-core raises it in a worker, by the alarm of the task's time."""


@pytest.fixture
def time_is_up(monkeypatch):
    """Ends a task in the request after so many."""

    def after(count):
        response = Session.request

        def request(session, *arguments, **keywords):
            if len(session.sent) == count:
                raise TaskTimeoutError
            return response(session, *arguments, **keywords)

        monkeypatch.setattr(Session, "request", request)

    return after


def test_the_end_of_a_tasks_time_says_what_was_written(wired, time_is_up):
    after = [UFILE.row(number, ExpireTime=1800000000) for number in (1, 2, 3)]
    calls = UFILE.read(*[UFILE.row(number) for number in (1, 2, 3)])
    wired(UFILE, calls + UFILE.write(after[0]))
    tokens = [{"token_id": f"t-{number}", "expire_time": "1800000000"} for number in (1, 2, 3)]
    args = dict(args_of(UFILE), tokens=tokens)
    del args["token_id"]
    time_is_up(2)
    result = Plugin(args=args, timeout=3).run(task_vars={})
    assert (result["failed"], result["changed"], result["timedout"]) == (True, True, {"period": 3})
    error = result["error"]
    assert [error[key][0]["token_id"] for key in ("written", "failed", "pending")] == ["t-1", "t-2", "t-3"]
    assert [len(error[key]) for key in ("written", "failed", "pending")] == [1, 1, 1]
    assert (error["kind"], error["code"]) == ("interrupted", "TaskTimeoutError")


def test_the_end_of_a_tasks_time_before_a_write_says_so(wired, time_is_up):
    wired(UFILE, [])
    time_is_up(0)
    result = Plugin(args=args_of(UFILE), timeout=3).run(task_vars={})
    assert (result["failed"], result["changed"], result["timedout"]) == (True, False, {"period": 3})
    assert "Nothing was written." in result["msg"]


def test_a_client_that_was_stopped_is_not_used_again(wired, time_is_up, monkeypatch):
    sessions = wired(UFILE, [], UFILE.read(UFILE.row()))
    with monkeypatch.context() as inner:
        inner.setattr(Session, "request", mock.Mock(side_effect=TaskTimeoutError))
        Plugin(args=args_of(UFILE), timeout=3).run(task_vars={})
    assert Plugin(args=args_of(UFILE), timeout=3).run(task_vars={})["changed"] is False
    assert len(sessions) == 2


@pytest.mark.parametrize(("timeout", "left"), [(30, 0), (None, 50)])
def test_no_alarm_comes_once_the_result_stands(wired, timeout, left):
    wired(UFILE, UFILE.read(UFILE.row()))
    signal.alarm(50)
    try:
        Plugin(args=args_of(UFILE), timeout=timeout).run(task_vars={})
        assert (signal.alarm(0) > 0) is bool(left)
    finally:
        signal.alarm(0)


# -- clients ---------------------------------------------------------------------------------------


def test_the_items_of_a_loop_share_a_client_of_which_no_secret_is_the_key(wired):
    sessions = wired(UFILE, UFILE.read(UFILE.row(1)) + UFILE.read(UFILE.row(2)))
    for number in (1, 2):
        Plugin(args=dict(args_of(UFILE), token_id=f"t-{number}")).run(task_vars={})
    (session,), (key,) = sessions, action.CLIENTS
    session.finish()
    assert not [secret for secret in SECRETS if secret in key]


@pytest.mark.parametrize("other", [{"private_key": "another-key"}, {"timeout": 5}, {"concurrency": 2}])
def test_other_connection_options_are_another_client(wired, other):
    sessions = wired(UFILE, UFILE.read(UFILE.row()), UFILE.read(UFILE.row()))
    Plugin(args=args_of(UFILE)).run(task_vars={})
    Plugin(args=dict(args_of(UFILE), **other)).run(task_vars={})
    assert len(sessions) == 2


def test_two_services_of_a_provider_are_two_clients(wired):
    sessions = wired(ROCKETMQ, ROCKETMQ.read(ROCKETMQ.row()), ROMA.read(ROMA.row()))
    Plugin("huaweicloud_rocketmq_user", args_of(ROCKETMQ)).run(task_vars={})
    Plugin("huaweicloud_roma_topic_policy", args_of(ROMA)).run(task_vars={})
    assert len(sessions) == 2


def test_after_a_refusal_no_item_of_the_loop_tries_again(wired):
    sessions = wired(UFILE, UFILE.read(UFILE.row(), code=171))
    for _unused in range(3):
        result = Plugin(args=args_of(UFILE)).run(task_vars={})
        assert result["error"]["kind"] == "authentication"
    assert len(sessions) == 1


@pytest.mark.parametrize(("name", "case"), list(NAMES.items())[::2], ids=list(NAMES)[::2])
@pytest.mark.parametrize("attempts", [2, 8])
def test_each_attempt_of_a_task_asks_once_again(wired, name, case, attempts):
    """`until` makes another plugin for the same task; the items of a loop are copies of it."""
    refused = {"code": 171} if name.startswith("ucloud") else {"status": 401, "code": "APIGW.0301"}
    sessions = wired(case, *[case.read(case.row(), **refused)] * attempts)
    plugin = Plugin(name, args_of(case))
    task = plugin._task
    for _unused in range(attempts):
        plugin._task = task
        assert plugin.run(task_vars={})["error"]["kind"] == "authentication"
        plugin = Plugin(name, args_of(case))
    assert [len(session.sent) for session in sessions] == [1] * attempts


@pytest.mark.parametrize("before", [0, 1])
def test_the_attempts_of_an_item_go_on_after_a_refusal_of_it_or_of_an_earlier_one(wired, before):
    sessions = wired(UFILE, UFILE.read(UFILE.row(), code=171), UFILE.read(UFILE.row()))
    for _unused in range(before):
        Plugin(args=args_of(UFILE)).run(task_vars={})
    item, again = Plugin(args=args_of(UFILE)), Plugin(args=args_of(UFILE))
    again._task = item._task
    assert item.run(task_vars={})["failed"] is True
    assert len(sessions) == 1
    assert again.run(task_vars={})["changed"] is False


# -- progress --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terminal", "callback", "shown"),
    [
        (True, "default", True), (True, "community.general.yaml", True), (False, "default", False),
        (True, "ansible.posix.json", False), (True, "ansible.posix.jsonl", False), (True, "awx_display", False),
    ],
)  # fmt: skip
def test_progress_is_shown_where_somebody_watches(monkeypatch, terminal, callback, shown):
    lines = []
    monkeypatch.setattr(action, "ON_TERMINAL", terminal)
    monkeypatch.setattr(action.C, "DEFAULT_STDOUT_CALLBACK", callback)
    monkeypatch.setattr(action.display, "display", lambda text, **how: lines.append((text, how["screen_only"])))
    show = action.progress_on_terminal("web1") or (lambda text: None)
    show("written 300 of 1,000")
    assert lines == [("web1: written 300 of 1,000", True)] * shown


@pytest.mark.parametrize("no_log", [True, False])
def test_a_task_that_is_not_logged_shows_no_progress(monkeypatch, no_log):
    given = []
    monkeypatch.setattr(action, "progress_on_terminal", lambda host: host)
    monkeypatch.setattr(action._task, "execute", lambda resource, params, info, how: given.append(how.show) or {})
    Plugin(args=args_of(cases.ALL[0]), no_log=no_log).run(task_vars={"inventory_hostname": "web1"})
    assert given == [None if no_log else "web1"]


# -- names -----------------------------------------------------------------------------------------


@each_module
def test_each_name_has_its_resource(name, case):
    assert action.find_resource(name)[:2] == (case.resource, False)
    assert action.find_resource(name + "_info")[:2] == (case.resource, True)


def test_every_module_has_its_resource():
    folder = pathlib.Path(action.__file__).resolve().parents[1] / "modules"
    names = {path.stem for path in folder.glob("*cloud_*.py")}
    assert names == {name + twin for name in NAMES for twin in ("", "_info")}


class Noted(str):
    """A text with a note on it, as ansible-core makes them since 2.19."""


def test_arguments_lose_the_notes_on_them_and_nothing_else():
    noted = {Noted("tokens"): [{Noted("token_id"): Noted("a"), "purge": True, "n": 1, "x": None, "f": 1.5}]}
    found = action.plain(noted)
    assert found == noted
    assert found is not noted
    texts = [*found, *found["tokens"][0], found["tokens"][0]["token_id"]]
    assert {text.__class__ for text in texts} == {str}
