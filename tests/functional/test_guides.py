# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every block of code of every guide is run, in the order in which it stands; see doc_blocks.py."""

from __future__ import annotations

import datetime
import pathlib
import re

import doc_blocks
import harness
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
RST = ROOT / "docs" / "docsite" / "rst"
# Another test builds a module of its blocks.
OTHERWISE = {"fifth_operation": "test_fifth_operation.py"}
GUIDES = sorted(path.stem for path in RST.glob("*.rst") if path.stem not in OTHERWISE)

# What cannot be run here, and why. All else is run, or is an error.
NOT_RUN = {
    "git clone https://github.com/grantops/cloud\ncd cloud\nmake simulator\n": (
        "this repository is there already, and so is a simulator"
    ),
    ". .nox/simulator.env\n": "the terminal of this test has the same variables; test_sim_control.py sources such a file",
    "ansible-galaxy collection install grantops.cloud\npip install requests\n": (
        "needs Galaxy and the package index; the session build-import-check installs the artifact"
    ),
    "ansible-galaxy collection install -r collections/requirements.yml\n": "needs Galaxy",
    (
        "cd examples/awx\n"
        "ansible-galaxy collection install awx.awx\n"
        "export CONTROLLER_HOST=https://awx.example.com CONTROLLER_OAUTH_TOKEN=...\n"
        "ansible-playbook setup.yml -e @vault.yml\n"
    ): "needs a controller, and Galaxy",
    (
        "- name: Put the keys into the secret store\n"
        "  community.hashi_vault.vault_kv2_write:\n"
        '    path: "access/{{ item.system }}/{{ item.token_name | default(item.name) }}"\n'
        '    data: "{{ item }}"\n'
        '  loop: "{{ permissions_credentials }}"\n'
        "  no_log: true\n"
    ): "needs a secret store",
    "terraform state rm huaweicloud_dms_rocketmq_user.analytics\n": "Terraform is not installed here",
}
LANGUAGES_NOT_RUN = {"hcl": "Terraform is not installed here; the block shows what is left behind", "none": "a drawing"}


def filled(sim):
    """What a reader puts in the place of the guides' placeholders."""
    ucloud, huaweicloud = sim.credentials["ucloud"], sim.credentials["huaweicloud"]
    return {
        "PLAN-PUBLIC-KEY": ucloud["readonly"]["public_key"],
        "PLAN-PRIVATE-KEY": ucloud["readonly"]["private_key"],
        "YOUR-PUBLIC-KEY": ucloud["admin"]["public_key"],
        "YOUR-PRIVATE-KEY": ucloud["admin"]["private_key"],
        "PLAN-AK": huaweicloud["readonly"]["ak"],
        "PLAN-SK": huaweicloud["readonly"]["sk"],
        "YOUR-AK": huaweicloud["admin"]["ak"],
        "YOUR-SK": huaweicloud["admin"]["sk"],
        "YOUR-IAM-USER": huaweicloud["iam_user"]["iam_user"],
        "YOUR-PASSWORD": huaweicloud["iam_user"]["iam_password"],
        "YOUR-ACCOUNT": huaweicloud["iam_user"]["iam_domain"],
        "UNTIL": str(datetime.date.today() + datetime.timedelta(days=30)),
    }


def is_run(block):
    return block.language not in LANGUAGES_NOT_RUN and block.text not in NOT_RUN


@pytest.mark.parametrize(
    "guide",
    [pytest.param(guide, marks=[] if guide == "guide_getting_started" else [pytest.mark.long]) for guide in GUIDES],
)
def test_every_block_of_a_guide_does_what_it_says(guide, sim, tmp_path):
    reader = doc_blocks.Reader(sim, tmp_path, filled(sim))
    for block in doc_blocks.blocks(RST / f"{guide}.rst"):
        if is_run(block):
            reader.follow(block)
        else:
            reader.use(block.text)
    assert not reader.unused, f"nothing uses {', '.join(f'{name} ({block})' for name, block in reader.unused.items())}"


def test_what_is_not_run_is_there():
    every = [block for path in RST.glob("*.rst") for block in doc_blocks.blocks(path)]
    assert set(NOT_RUN) <= {block.text for block in every}
    assert set(LANGUAGES_NOT_RUN) <= {block.language for block in every}


def test_no_command_is_hidden_in_a_sentence():
    """A literal in a sentence is not run, so a whole command must stand in a block."""
    for path in RST.glob("*.rst"):
        for literal in re.findall(r"``(ansible(?:-playbook)? [^`]+)``", path.read_text(encoding="utf-8")):
            raise AssertionError(f"{path.name}: {literal}")


def test_every_guide_is_listed_and_every_module_is_used_ad_hoc():
    sections = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    assert sorted(name for section in sections for name in section["toctree"]) == sorted([*GUIDES, *OTHERWISE])
    text = "".join(block.text for block in doc_blocks.blocks(RST / "guide_ad_hoc.rst") if block.language == "shell")
    assert set(re.findall(r"-m grantops\.cloud\.(\w+)", text)) == {*harness.MODULES, *harness.INFOS}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (".. code-block:: shell\n\n   false\n", "exit status 1"),
        (".. code-block:: go\n\n   x\n", "no way to be run"),
        (".. code-block:: shell\n\n   echo a\n\n.. code-block:: text\n\n   b\n", "'b' is not next"),
        (".. code-block:: text\n\n   b\n", "nothing was printed"),
        (
            ".. code-block:: shell\n\n   printf 'a\\nb\\nc\\n'\n\n.. code-block:: text\n\n   a\n   c\n",
            "'c' is not next",
        ),
        (".. code-block:: hcl\n   :caption: x\n\n   b\n", "a file of hcl"),
        (
            (
                ".. code-block:: shell\n\n   ansible localhost -m grantops.cloud.huaweicloud_rocketmq_user"
                " -a 'instance_id=rocketmq-demo user_name=mq-admin admin=false' # --check\n"
            ),
            "has written",
        ),
    ],
)
def test_the_runner_notices(sim, tmp_path, text, what):
    guide = tmp_path / "guide.rst"
    guide.write_text(text, encoding="utf-8")
    reader = doc_blocks.Reader(sim, tmp_path, {})
    with pytest.raises(AssertionError, match=what):
        for block in doc_blocks.blocks(guide):
            reader.follow(block)


def test_a_file_that_nothing_uses_is_noticed(sim, tmp_path):
    guide = tmp_path / "guide.rst"
    guide.write_text(".. code-block:: yaml\n   :caption: a.yml\n\n   a: 1\n", encoding="utf-8")
    reader = doc_blocks.Reader(sim, tmp_path, {})
    for block in doc_blocks.blocks(guide):
        reader.follow(block)
    assert list(reader.unused) == ["a.yml"]
