# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two ways to run a module against the simulator: in this process (milliseconds) and as a playbook."""

from __future__ import annotations

import copy
import importlib
import json
import os
import pathlib
import shutil
import time

import prefork
import systems
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.grantops.cloud.plugins.module_utils import _task
from ansible_collections.grantops.cloud.plugins.module_utils._engine import lock

NAMESPACE = "grantops.cloud."
UTILS = "ansible_collections.grantops.cloud.plugins.module_utils"
PAIRS = {module: (system.one, system.many) for module, system in systems.BY_MODULE.items()}
MODULES = tuple(PAIRS)
INFOS = tuple(name + "_info" for name in MODULES)
COLLECTIONS = pathlib.Path()  # set by conftest


def reset(sim):
    """An empty estate, to which nobody has written before: a task waits where an older state shows than was written."""
    sim.reset("empty")
    for notes in pathlib.Path.home().glob(f".ansible/{lock.NAME}-*"):
        shutil.rmtree(notes)


def resource_of(module):
    provider, _unused, name = module.removesuffix("_info").partition("_")
    return importlib.import_module(f"{UTILS}._{provider}.{name}").RESOURCE


def spec_of(module):
    """The argument spec, suboptions included."""
    return _task.argument_spec(resource_of(module), module.endswith("_info"))["argument_spec"]


def connection(sim, module, credential="admin"):
    """The connection options that point a module at the simulator."""
    if module.startswith("ucloud"):
        entry = sim.credentials["ucloud"][credential]
        options = {"api_url": sim.url, "project_id": "org-demo", "region": "cn-bj2"}
    else:
        entry = sim.credentials["huaweicloud"][credential]
        options = {"api_url": sim.url, "iam_url": sim.url, "region": "eu-west-101", "project_id": "project-demo"}
    known = ("public_key", "private_key", "security_token", "ak", "sk", "auth_token")
    known += ("iam_user", "iam_password", "iam_domain")
    options.update((name, entry[name]) for name in known if name in entry)
    return options


class Runner:
    """``run(module, **params)``: the result of a task, as the collection's own code makes it.

    Waits between tries are not slept through but kept in ``waits``, and in ``widths`` how many calls were
    allowed at once then. ``patient`` does wait.
    """

    def __init__(self, sim, patient=False):
        self.sim = sim
        self.patient = patient
        self.waits = []
        self.widths = []

    def __call__(self, module, check_mode=False, diff=True, credential="admin", **params):
        resource, info = resource_of(module), module.endswith("_info")
        self.waits, self.widths = [], []
        # The whole result of a list is looked at, except where a test asks for the default.
        given = {"verify_timeout": 0.1, "return_unchanged": True} if not info else {}
        given.update(connection(self.sim, module, credential), **params)
        given = {name: value for name, value in given.items() if value is not None}
        return self.run_task(_task.ResourceTask(resource, info), given, check_mode, diff)

    def run_task(self, task, given, check_mode=False, diff=True):
        """The result of a task, from its options as a playbook has them."""
        given, mistaken = task.checked(given)
        validated = ArgumentSpecValidator(**task.spec).validate(copy.deepcopy(given))
        if validated.error_messages:
            return {"failed": True, "changed": False, "msg": "; ".join(validated.error_messages)}
        return mistaken or task.execute(validated.validated_parameters, _task.How(check_mode, diff, self._connect))

    def _connect(self, resource, params, secrets):
        client = resource.provider.connect(params, secrets, resource.service)

        def sleep(seconds):
            self.waits.append(seconds)
            self.widths.append(client.transport.concurrency_limit.allowed())
            if self.patient:
                time.sleep(seconds)

        client.transport._sleep = sleep
        return client

    def ok(self, module, **params):
        result = self(module, **params)
        assert not result.get("failed"), result["msg"]
        return result

    def failed(self, module, **params):
        result = self(module, **params)
        assert result.get("failed") is True, result
        return result


class Played:
    """What a playbook did: the recorded results in order, and all that it printed."""

    def __init__(self, process, recorded, folder):
        self.code = process.returncode
        self.output = process.stdout + process.stderr
        self.recorded = recorded
        self.folder = folder  # everything the run may have left on disk

    @property
    def results(self):
        return [entry["result"] for entry in self.recorded]


def environment(home, **more):
    """What Ansible's commands find: the collection, a home, nothing of a developer's settings, and no more to say than is asked for."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    quiet = dict.fromkeys(("ANSIBLE_LOCALHOST_WARNING", "ANSIBLE_INVENTORY_UNPARSED_WARNING"), "false")
    own = {"HOME": str(home), "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "ANSIBLE_NOCOLOR": "true"}
    return {**kept, **quiet, **own, **more}


class Player:
    """``play(tasks)``: runs them with ansible-playbook in a process and home of their own."""

    def __init__(self, sim, folder):
        self.sim = sim
        self.folder = folder
        self._runs = 0

    def __call__(
        self, tasks, check=False, verbosity=0, way="worker", diff=True, credential="admin", environment=None, **keys
    ):
        self._runs += 1
        folder = self.folder / f"run-{self._runs}"
        (folder / "home").mkdir(parents=True)
        play = {"hosts": "localhost", "gather_facts": False, "ignore_errors": True, "tasks": named(tasks)}
        play["module_defaults"] = {
            f"group/{NAMESPACE}{provider}": connection(self.sim, provider, credential)
            for provider in ("ucloud", "huaweicloud")
            if credential in self.sim.credentials[provider]
        }
        if way == "module":
            # A task with an environment is handed over to the module.
            play["environment"] = {"GRANTOPS_TEST": "module"}
        play.update(keys)
        (folder / "play.yml").write_text(json.dumps([play]), encoding="utf-8")
        arguments = [option for option, desired in (("--check", check), ("--diff", diff)) if desired]
        if verbosity:
            arguments.append("-" + "v" * verbosity)
        process = prefork.run(
            ["playbook", "play.yml", *arguments], folder, self._environment(folder, environment or {})
        )
        # The input holds the credentials; only what the run made is of interest.
        (folder / "play.yml").unlink()
        record = folder / "recorded"
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
        recorded = [json.loads(line) for line in lines]
        assert recorded, process.stdout + process.stderr
        return Played(process, recorded, folder)

    @staticmethod
    def _environment(folder, more):
        (folder / "ansible.cfg").write_text("", encoding="utf-8")
        given = {
            "PYTHONHASHSEED": "0",  # Ansible puts sets into messages
            "TMPDIR": str(folder / "home"),
            "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
            "ANSIBLE_REMOTE_TEMP": str(folder / "home" / "remote"),
            "ANSIBLE_ASYNC_DIR": str(folder / "home" / "async"),
            # From ansible-core 2.21 on the invocation, which tells a module's run, is left out by default.
            "ANSIBLE_INJECT_INVOCATION": "true",
            "ANSIBLE_CALLBACK_PLUGINS": str(pathlib.Path(__file__).parent / "callbacks"),
            "ANSIBLE_CALLBACKS_ENABLED": "recorder",
            "RECORDER_FILE": str(folder / "recorded"),
        }
        return environment(folder / "home", **{**given, **more})


def named(tasks):
    """The tasks with the collection's modules under their full names."""
    return [
        {(NAMESPACE + key if key in MODULES + INFOS else key): item for key, item in task.items()} for task in tasks
    ]


def add(sim, system, scope, **fields):
    """A resource of the estate, by its fields on the wire."""
    return getattr(sim, f"add_{system.service}_{system.one}")(**scope, **fields)


def records(sim, system, place):
    """The service's own records of a system's resources, by their ids."""
    estate = sim.estate[system.cloud]
    return estate[system.service][place][system.many] if system.place else estate["ufile_tokens"]


def record(sim, module, key):
    """The service's own record of a resource: ``key`` is its id, after the id of its service or instance."""
    place, name = (None, key) if isinstance(key, str) else key
    return records(sim, systems.BY_MODULE[module], place)[name]


def dump(sim):
    """All resources of both clouds, without the times that a write changes."""
    estate = copy.deepcopy(sim.estate)
    tokens = list(estate["ucloud"]["ufile_tokens"].values())
    for service in estate["ucloud"]["urocketmq"].values():
        tokens.extend(service["tokens"].values())
    for token in tokens:
        token.pop("ModifyTime")
    return estate


def timeless(result):
    """A result without what differs from run to run: times of the service, request ids, the invocation."""
    if isinstance(result, dict):
        gone = ("invocation", "modify_time", "request_id", "exception", "_ansible_verbose_always")
        return {
            key: timeless(value) for key, value in result.items() if key not in gone and not key.startswith("_ansible")
        }
    return [timeless(item) for item in result] if isinstance(result, list) else result
