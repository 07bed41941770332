# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's commands, each in a process of its own, for half of what starting them costs.

Most of a start is imports that no setting changes. A process of this file has done them and forks for each command,
which then reads its settings, runs and ends like one that was started from nothing. What starts a command by its name,
such as a shell, finds on its path a small program that asks that process too.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time

# What ansible-playbook imports, as far as it reads no settings; each ansible-core has some of it.
IMPORTS = """
    ansible._internal._rpc_host ansible._internal._ssh._ssh_agent ansible._internal._templating._access
    ansible.config.manager ansible.context ansible.errors ansible.executor.powershell ansible.executor.process
    ansible.module_utils.common.arg_spec ansible.module_utils.common.sys_info ansible.parsing.splitter
    ansible.parsing.utils.addresses ansible.utils.helpers
    cryptography.hazmat.backends.openssl cryptography.hazmat.primitives.asymmetric.ed25519
    cryptography.hazmat.primitives.ciphers.algorithms cryptography.hazmat.primitives.hmac
    cryptography.hazmat.primitives.kdf.pbkdf2 cryptography.hazmat.primitives.padding
    argparse cmd concurrent.futures.thread ctypes.util curses difflib jinja2.nativetypes jinja2.sandbox
    multiprocessing.managers multiprocessing.queues packaging.specifiers pprint pty requests tarfile uuid
    xml.etree.ElementTree yaml zipfile
"""
READS_SETTINGS = "ansible.constants"
COMMAND = """#!{python} -IS
import json, os, socket
import sys
(what, theirs), (status, response) = os.pipe(), os.pipe()
with socket.socket(socket.AF_UNIX) as server:
    server.connect("{place}/socket")
    socket.send_fds(server, [b"x"], [what, response, 0, 1, 2])
os.close(response)
with open(theirs, "w") as request:
    json.dump([["{name}", *sys.argv[1:]], os.getcwd(), dict(os.environ), 300], request)
with open(status) as file:
    sys.exit(int(file.read()) % 256)
"""


def run(arguments, cwd, env, timeout=300):
    """The ended process of ``ansible <arguments>`` in a folder and an environment, as ``subprocess.run`` returns it."""
    with contextlib.ExitStack() as stack:
        request, out, err = (stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8")) for _file in range(3))
        null = stack.enter_context(open(os.devnull, encoding="utf-8"))
        status, theirs = os.pipe()
        json.dump([arguments, str(cwd), env, timeout], request)
        request.seek(0)
        files = [request.fileno(), theirs, null.fileno(), out.fileno(), err.fileno()]
        socket.send_fds(_started(env.get("PYTHONPATH"))[0], [b"x"], files)
        os.close(theirs)
        with open(status, encoding="utf-8") as file:
            code = int(file.read())
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(arguments, code, out.read(), err.read())


def first_on_path():
    """A search path for commands on which Ansible's are these."""
    return os.pathsep.join(
        [_started(os.environ.get("PYTHONPATH"))[1], os.path.dirname(sys.executable), os.environ["PATH"]]
    )


@functools.cache
def _started(path):
    """The end of a socket at whose other end a process takes requests, and its folder; one for each path of imports."""
    ours, theirs = socket.socketpair()
    place = tempfile.TemporaryDirectory(prefix="f")
    for command, name in (("ansible", "adhoc"), ("ansible-playbook", "playbook")):
        program = pathlib.Path(place.name) / command
        program.write_text(COMMAND.format(python=sys.executable, place=place.name, name=name), encoding="utf-8")
        program.chmod(0o755)
    env = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    env.update({"PYTHONHASHSEED": "0"}, **({"PYTHONPATH": path} if path else {}))
    process = subprocess.Popen([sys.executable, __file__, place.name], stdin=theirs, env=env)
    theirs.close()
    while not os.path.exists(os.path.join(place.name, "socket")):
        assert process.poll() is None
        time.sleep(0.01)
    atexit.register(lambda: (ours.close(), process.wait(), place.cleanup()))
    return ours, place.name


def serve():
    """Fork for each request; returns in the fork."""
    sys.path.pop(0)  # of this file, which Ansible does not know
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{sys.argv[1]}/socket")
    listener.listen()
    sys.modules[READS_SETTINGS] = None  # whoever asks for it fails, and is imported by the command
    for name in IMPORTS.split():
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    del sys.modules[READS_SETTINGS]
    gc.freeze()  # or collections in a fork touch, and so copy, what it shares with this process
    control = socket.socket(fileno=0)
    while True:
        asked = control
        if control not in select.select([control, listener], [], [])[0]:
            asked, _address = listener.accept()
        data, files, _flags, _address = socket.recv_fds(asked, 1, 5)
        if asked is not control:
            asked.close()
        elif not data:
            sys.exit()
        if not os.fork():
            return command(*files)
        for file in files:
            os.close(file)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def command(request, status, *streams):
    """Run what was asked for in a fork of this process, which tells how that ends."""
    with open(request, encoding="utf-8") as file:
        (name, *arguments), folder, env, timeout = json.load(file)
    process = os.fork()
    if process:
        signal.signal(signal.SIGALRM, lambda *_arguments: os.kill(process, signal.SIGKILL))
        signal.alarm(timeout)
        os.write(status, str(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])).encode())
        os._exit(0)
    os.close(status)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    # Python's own were opened on others, which may have been files where these are pipes.
    sys.stdin, sys.stdout = (
        os.fdopen(number, mode, encoding="utf-8", closefd=False) for number, mode in enumerate("rw")
    )
    sys.stderr = os.fdopen(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.path[:0] = [path for path in env.get("PYTHONPATH", "").split(os.pathsep) if path and path not in sys.path]
    time.tzset()
    tempfile.tempdir = None
    sys.argv = ["ansible", *arguments]
    return importlib.import_module(f"ansible.cli.{name}").main()


if __name__ == "__main__":
    sys.exit(serve())
