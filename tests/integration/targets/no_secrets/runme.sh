#!/usr/bin/env bash
# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -eu

config=../../integration_config.yml
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT

export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true
export ANSIBLE_ACTION_PLUGINS=../setup_simulator/action_plugins

run() { # name, tag, way
    ansible-playbook playbook.yml -vvvv -e "@$config" -e "way=$3" --tags "$2" \
        > "$output/$1" 2>&1 || { tail -n 40 "$output/$1"; exit 1; }
}

# The search finds what there is to find, so finding nothing means something.
run leak leak worker
python search.py "$config" "$output/leak" all

for way in worker module; do
    run "$way" modules "$way"
    # What a task sets, and how tokens begin: a reset forgets those that were issued before it.
    python search.py "$config" "$output/$way" none Quite-New-Secret-7 MIISecretIssued-
    grep -q 'Nothing was written\|Could not read' "$output/$way"
done

# A module is sent and started; nothing is for what runs in the worker.
grep -q AnsiballZ_ "$output/module"
! grep -q AnsiballZ_ "$output/worker"
