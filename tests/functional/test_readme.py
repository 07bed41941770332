# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the README prints is what happens: its playbook, its diff, its ad-hoc lines, and the demo."""

from __future__ import annotations

import json
import pathlib
import re
import shlex
import subprocess
import sys

import harness
import prefork
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    """The README's blocks of code in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def environment(sim, tmp_path):
    return harness.environment(tmp_path, **{**sim.environment(), "UCLOUD_API_BASE_URL": sim.url})


def ansible(arguments, env):
    process = prefork.run(arguments, env["HOME"], env)
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


def twice(playbook, env, *options):
    """How many tasks of a play changed something, and how many did when it ran again."""
    _head, *plays = ansible(["playbook", str(playbook), str(playbook), *options], env).split("\nPLAY [")
    return [play.partition("\nPLAY RECAP")[0].count("\nchanged: [") for play in plays]


def test_the_first_playbook_stands_on_the_first_screen_and_is_that_of_the_picture(sim, tmp_path):
    assert len(README.partition("```yaml")[0].splitlines()) + len(blocks("yaml")[0].splitlines()) < 45
    playbook = tmp_path / "shop.yml"
    playbook.write_text(blocks("yaml")[0], encoding="utf-8")
    assert twice(playbook, environment(sim, tmp_path)) == [2, 0]


def test_every_link_of_the_readme_leads_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_grants_show_what_they_change_and_their_second_run_changes_nothing(sim, tmp_path):
    playbook = tmp_path / "billing.yml"
    playbook.write_text(blocks("yaml")[2], encoding="utf-8")
    command, env = ["playbook", str(playbook)], environment(sim, tmp_path)
    (screen,) = blocks("text")
    assert screen in ansible([*command, "--check"], env)
    assert sim.counters["write"] == 0
    assert twice(playbook, env) == [1, 0]
    assert sim.counters["write"] > 0


def test_the_playbook_runs_and_its_second_run_changes_nothing(sim, tmp_path):
    text = blocks("yaml")[1]
    playbook = tmp_path / "shop.yml"
    playbook.write_text(text, encoding="utf-8")
    ucloud, huaweicloud = sim.credentials["ucloud"]["admin"], sim.credentials["huaweicloud"]["admin"]
    keys = {
        "ucloud_public_key": ucloud["public_key"],
        "ucloud_private_key": ucloud["private_key"],
        "huaweicloud_ak": huaweicloud["ak"],
        "huaweicloud_sk": huaweicloud["sk"],
    }
    env = environment(sim, tmp_path)
    for name in ("UCLOUD_PUBLIC_KEY", "UCLOUD_PRIVATE_KEY", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"):
        del env[name]
    command = ["playbook", str(playbook), "-e", json.dumps(keys)]

    checked = ansible([*command, "--check", "--diff"], env)
    assert "changed=4" in checked
    assert sim.counters["write"] == 0
    (diff,) = blocks("diff")
    assert diff in checked
    assert twice(playbook, env, *command[2:]) == [4, 0]


@pytest.mark.parametrize("line", [line for block in blocks("shell") for line in block.splitlines()])
def test_every_ad_hoc_line_runs(sim, tmp_path, line):
    program, *arguments = shlex.split(line)
    assert program == "ansible"
    output = ansible(["adhoc", *arguments], environment(sim, tmp_path))
    assert ("CHANGED" in output) is ("-CD" in arguments)
    assert sim.counters["write"] == 0
    assert sim.counters["read"] > 0


def test_there_is_an_ad_hoc_line_for_each_module():
    named = set(re.findall(r"grantops\.cloud\.(\w+)", "".join(blocks("shell"))))
    assert named == {*harness.MODULES, *harness.INFOS}


def test_the_demo_shows_what_it_promises(tmp_path):
    command = [sys.executable, str(ROOT / "examples" / "demo" / "run.py")]
    env = harness.environment(tmp_path, PATH=prefork.first_on_path())
    process = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stdout + process.stderr
    recaps = [int(number) for number in re.findall(r"changed=(\d+)", process.stdout)]
    assert recaps[:2] == [1, 1]
    assert recaps[-1] == 0
