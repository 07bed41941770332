# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX does with a credential and with a job, by its own code where that is on the package index.

The injector is AWX's (awx-plugins-interfaces), the job is ansible-runner's. The rules for a new credential type are not
on the index; check_type has them as AWX's documentation of its API states them.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import jinja2
import jinja2.sandbox
import prefork
import yaml
from awx_plugins.interfaces._temporary_private_api import ManagedCredentialType
from awx_plugins.interfaces._temporary_private_inject_api import (
    ENV_BLOCKLIST,
    HIDDEN_PASSWORD,
    build_safe_env,
    inject_credential,
)

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLLECTIONS = ROOT.parents[2]
DOCS = ROOT / "examples" / "awx"
NAME = re.compile(r"[a-zA-Z_]+[a-zA-Z0-9_]*\Z")
HIDDEN = HIDDEN_PASSWORD


class Loader(yaml.SafeLoader):
    """Reads Ansible's variables; what is not to be templated stays as it is."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def variables(name):
    return yaml.load((DOCS / name).read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506


def types():
    """The credential types by the provider that they are for."""
    return {
        entry["name"].split()[0].lower(): entry
        for entry in variables("credential_types.yml")["controller_credential_types"]
    }


def check_type(entry):
    """AssertionError for what AWX would not take as a credential type."""
    inputs, injectors = entry["inputs"], entry["injectors"]
    assert entry["kind"] in ("cloud", "net")
    assert set(inputs) <= {"fields", "required"} and set(injectors) <= {"env", "file", "extra_vars"}
    ids = [field["id"] for field in inputs["fields"]]
    assert len(ids) == len(set(ids)) and "tower" not in ids and set(inputs["required"]) <= set(ids)
    for field in inputs["fields"]:
        assert NAME.match(field["id"]) and field["label"]
        assert set(field) <= {"id", "type", "label", "help_text", "secret", "multiline", "format", "choices", "default"}
        assert field["type"] == "string" or (field["type"] == "boolean" and "secret" not in field)
    strict = jinja2.sandbox.ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
    for name, template in injectors["env"].items():
        assert NAME.match(name) and name not in ENV_BLOCKLIST and not name.startswith("ANSIBLE_")
        assert template.isascii()
        strict.from_string(template).render(dict.fromkeys(ids, "EXAMPLE"))


class Credential:
    """A credential's inputs as AWX's injector asks for them."""

    def __init__(self, inputs):
        self.inputs = inputs

    def get_input_keys(self):
        return list(self.inputs)

    def get_input(self, name):
        return self.inputs[name]

    def has_input(self, name):
        return self.inputs.get(name) not in (None, "")


def inject(provider, inputs, env, safe_env, place):
    """Add what a credential of a type of this provider puts into a job's environment, and what AWX keeps of it."""
    entry, arguments = types()[provider], []
    kind = ManagedCredentialType(provider, entry["name"], entry["kind"], entry["inputs"], entry["injectors"])
    inject_credential(kind, Credential(inputs), env, safe_env, arguments, str(place))
    assert arguments == [], "a credential in extra variables would be kept with the job"


class Jobs:
    """``run(playbook, …)``: a job in a private data directory of its own, as a Job."""

    def __init__(self, folder):
        self.folder = folder
        self._runs = 0

    def __call__(self, playbook, credentials=(), extra_vars=None, inventory="", task_env=None, options=""):
        self._runs += 1
        place = self.folder / f"job-{self._runs}"
        for name in ("env", "inventory"):
            (place / name).mkdir(parents=True)
        shutil.copytree(DOCS / "project", place / "project")
        if isinstance(playbook, list):
            (place / "project" / "play.yml").write_text(json.dumps(playbook), encoding="utf-8")
            playbook = "play.yml"
        env, safe_env = self.environment(place, task_env or {})
        for provider, inputs in credentials:
            inject(provider, inputs, env, safe_env, place)
        files = {
            "env/envvars": json.dumps(env),
            "env/extravars": json.dumps(extra_vars or {}),
            "env/settings": json.dumps({"idle_timeout": 120, "job_timeout": 180}),
            "env/cmdline": options,
            "inventory/hosts": inventory,
            "project/ansible.cfg": "",
        }
        for name, text in files.items():
            (place / name).write_text(text, encoding="utf-8")
        if inventory.startswith("#!"):
            (place / "inventory" / "hosts").chmod(0o700)
        return Job(place, playbook, env, safe_env)

    def environment(self, place, more):
        env = {
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_CONFIG": str(place / "project" / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "HOME": str(place),
            # Whoever started the controller's service was somewhere else.
            "PWD": "/",
            **more,
        }
        return env, build_safe_env(env)


class Job:
    """A job that has ended: its status, its events, its artifacts, and the environment as AWX keeps it."""

    def __init__(self, place, playbook, env, safe_env):
        command = [sys.executable, "-m", "ansible_runner", "run", str(place), "-p", playbook, "--ident", "1", "--quiet"]
        # Its own exit status, not what it writes down, is what a controller or a pipeline sees.
        started = {**os.environ, "PATH": prefork.first_on_path()}
        self.rc = subprocess.run(command, env=started, stdin=subprocess.DEVNULL, timeout=200, check=False).returncode
        self.place, self.env = place, env
        made = place / "artifacts" / "1"
        self.status = (made / "status").read_text(encoding="utf-8")
        events = [json.loads(path.read_text(encoding="utf-8")) for path in (made / "job_events").glob("*.json")]
        self.events = sorted(events, key=lambda event: event["counter"])
        command = json.loads((made / "command").read_text(encoding="utf-8"))
        # As AWX's callback does it before it stores the job.
        self.kept_env = {**build_safe_env(command.pop("env")), **safe_env}
        # What was handed over is in these files, and is not what the job has left.
        (made / "command").write_text(json.dumps(command), encoding="utf-8")
        for name in ("envvars", "extravars"):
            (place / "env" / name).unlink()

    @property
    def output(self):
        return "\n".join(event["stdout"] for event in self.events)

    @property
    def left(self):
        """All that the job has left, and that AWX keeps: files, events, the environment."""
        texts = [json.dumps(self.events), json.dumps(self.kept_env)]
        for path in sorted(self.place.rglob("*")):
            if path.is_file():
                texts.append(path.read_text(encoding="utf-8", errors="replace"))
        return "\n".join(texts)

    def results(self, name):
        """The results of the task of this name, by host."""
        return {
            event["event_data"]["host"]: event["event_data"]["res"]
            for event in self.events
            if event["event"].startswith("runner_on_")
            and event["event_data"].get("task") == name
            and "res" in event["event_data"]
        }

    @property
    def messages(self):
        return [
            str(event["event_data"]["res"].get("msg")) for event in self.events if event["event"] == "runner_on_failed"
        ]

    @property
    def artifacts(self):
        (stats,) = [event for event in self.events if event["event"] == "playbook_on_stats"]
        return stats["event_data"].get("artifact_data", {})
