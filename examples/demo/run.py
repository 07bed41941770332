# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo: one playbook with nine grants, three times, against a simulated estate of both clouds.

Plans, applies, plans again, and reports who can do what. Fails when one of the four runs does not end as it says.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

import simulator

PLAYBOOK = HERE / "permissions.yml"
# `make demo` runs in a copy that is gone afterwards, so it names another place.
PAGE = Path(os.environ.get("DEMO_PAGE") or HERE.parents[1] / "build" / "access.html")
SERVICES = {"urocketmq_services": "urmq-demo", "rocketmq_instances": "rocketmq-demo", "roma_instances": "roma-demo"}
NEXT = """
That was the whole job: four systems, one file, a diff to read before anything is written.

Try next:
  make simulator                      keeps the two simulated clouds running; in another terminal,
                                      `. .nox/simulator.env` makes them known, and there try the rest
  ansible-playbook examples/demo/permissions.yml --check --diff
                                      after a change of yours to that file
  ansible-doc grantops.cloud.permissions
                                      every field of a grant; roles/permissions/README.md has the set-ups
  ansible-playbook grantops.cloud.export -e permissions_file=grants.yml
                                      your own estate as a file of grants
  ansible-doc grantops.cloud.ucloud_ufile_token
                                      every option of a module, with examples
  README.md                           the same with real credentials, and as one-line ad-hoc commands
"""


def say(text: str) -> None:
    print(text, flush=True)


def heading(text: str) -> None:
    line = "=" * 88
    say(f"\n{line}\n{text}\n{line}")


def environment(sim: simulator.Simulator, home: str) -> dict[str, str]:
    """The simulated clouds' credentials, as a user of the real ones has them in the environment."""
    ucloud, huaweicloud = sim.credentials["ucloud"]["admin"], sim.credentials["huaweicloud"]["admin"]
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("UCLOUD_", "HUAWEICLOUD_", "HW_"))}
    region = "eu-west-101"
    return dict(
        kept,
        HOME=home,
        ANSIBLE_LOCALHOST_WARNING="False",
        ANSIBLE_INVENTORY_UNPARSED_WARNING="False",
        ANSIBLE_DISPLAY_SKIPPED_HOSTS="False",
        ANSIBLE_FORCE_COLOR=str(sys.stdout.isatty()),
        UCLOUD_PUBLIC_KEY=ucloud["public_key"],
        UCLOUD_PRIVATE_KEY=ucloud["private_key"],
        UCLOUD_PROJECT_ID="org-demo",
        UCLOUD_REGION="cn-bj2",
        UCLOUD_API_BASE_URL=sim.url,
        HUAWEICLOUD_SDK_AK=huaweicloud["ak"],
        HUAWEICLOUD_SDK_SK=huaweicloud["sk"],
        HUAWEICLOUD_SDK_PROJECT_ID="project-demo",
        HUAWEICLOUD_SDK_REGION_ROCKETMQ_EU_WEST_101=sim.url,
        HUAWEICLOUD_SDK_REGION_ROMA_EU_WEST_101=sim.url,
        HW_REGION_NAME=region,
    )


def play(env: dict[str, str], *options: str) -> int:
    """Run the playbook, passing its output on; the number of changed tasks."""
    command = ["ansible-playbook", str(PLAYBOOK), *options]
    changed = None
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            found = re.search(r"changed=(\d+)", re.sub(r"\x1b\[[0-9;]*m", "", line))
            changed = int(found[1]) if found else changed
    if process.returncode or changed is None:
        sys.exit(f"The playbook failed with exit status {process.returncode}.")
    return changed


def report(env: dict[str, str], variables: dict[str, str]) -> list[str]:
    """Run the playbook `report`, which tells much, and has it all on the page: of what it says, the counts alone."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    options = [part for name, value in variables.items() for part in ("-e", f"{name}={value}")]
    command = ["ansible-playbook", "grantops.cloud.report", *options]
    done = subprocess.run(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=env["HOME"], check=False
    )
    expect(done.returncode == 0 and PAGE.is_file(), f"no page was written:\n{done.stdout}")
    return re.findall(r"\d+ rows of access; findings: [^\"]*", done.stdout)


def expect(condition: bool, text: str) -> None:
    if not condition:
        sys.exit(f"This is not what the demo promises: {text}")


def main() -> None:
    with tempfile.TemporaryDirectory() as home, simulator.running(estate="demo") as sim:
        env = environment(sim, home)
        say(f"Two simulated clouds are at {sim.url}; nothing leaves this machine.")

        heading("1 of 4   What would change?   ansible-playbook permissions.yml --check")
        say(
            "Nine grants on four systems: what each of them changes, before anything is written. --diff shows every field."
        )
        expect(play(env, "--check") > 0, "the estate already was as declared")
        expect(sim.counters["write"] == 0, "check mode wrote something")
        say(f"Requests: {sim.counters['read']} reads, {sim.counters['write']} writes.")

        heading("2 of 4   Make it so.          ansible-playbook permissions.yml")
        say("The same plan, written and then read again until the services show it.")
        expect(play(env, "-e", "permissions_show=none") > 0, "nothing was changed")
        written = sim.counters["write"]
        say(f"Requests so far: {sim.counters['read']} reads, {written} writes.")

        heading("3 of 4   Plan again.          ansible-playbook permissions.yml --check")
        say("Nothing differs, so nothing would be written: a credential that may only read is enough.")
        expect(play(env, "--check") == 0, "something is left to change")
        expect(sim.counters["write"] == written, "the last run wrote something")
        say(f"Nothing differs: the only writes were the {written} of the second run.")

        heading("4 of 4   Who can do what?     ansible-playbook grantops.cloud.report")
        say("\n".join(report(env, {**SERVICES, "ufile": "true", "permissions_page": str(PAGE)})))
        expect(sim.counters["write"] == written, "the report wrote something")
        say(f"Open the page in a browser, without a network: {PAGE}")
    say(NEXT)


if __name__ == "__main__":
    main()
