# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Grants from lists, texts and files: what Ansible attaches to them goes, and a mistake names its file and quotes nothing."""

from __future__ import annotations

import datetime
from unittest import mock

import pytest

pytest.importorskip("yaml")

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader

from ansible_collections.grantops.cloud.plugins.plugin_utils import _grants_files as files

KEY = "Fresh-Key-0001"
LISTED = "- {system: a, expires: 2027-01-01}"
GRANT = {"system": "a", "expires": "2027-01-01"}


class Templar:
    @staticmethod
    def template(value):
        return value


class Vault:
    """As ansible-core 2.17 has an inline vault, until it is made a text."""

    _ciphertext = b"$ANSIBLE_VAULT"

    def __init__(self, text):
        self.text = text

    def __str__(self):
        if self.text is None:
            raise AnsibleError(f"cannot decrypt, {KEY}")
        return self.text


class OmitType:
    """As ansible-core has `omit` since 2.19."""


def collect(task_vars=None, **args):
    """What is found, and told as problems, and the options beside."""
    found, options = files.collect(args, DataLoader(), Templar(), task_vars or {})
    assert args == {}, "what is about grants is taken out of the options"
    problems = [str(problem) for problem in found.problems]
    assert KEY not in "".join(problems)
    return found, problems, options


@pytest.mark.parametrize(
    "given, rows",
    [
        ([GRANT], [GRANT]),
        (LISTED, [GRANT]),
        ("permissions_grants:\n" + LISTED, [GRANT]),
        ([{"expires": datetime.date(2027, 1, 1), "topics": ("a",)}], [{"expires": "2027-01-01", "topics": ["a"]}]),
        ([{"a": 1, "tag": "left-out"}, "left-out"], [{"a": 1}]),
        ([{"a": 1, "tag": OmitType()}, OmitType()], [{"a": 1}]),
        ([{"a": 1, "secret_key": Vault(KEY)}], [{"a": 1, "secret_key": KEY}]),
        ([{"secret_key": Vault("[" + KEY)}], [{"secret_key": "[" + KEY}]),
        (Vault(LISTED), [GRANT]),
        (None, []),
    ],
)
def test_rows_are_plain_values(given, rows):
    found, problems, _options = collect({"omit": "left-out"}, grants=given)
    assert (found.rows, problems) == (rows, [])


def test_what_a_vault_held_is_to_be_hidden():
    found, *_rest = collect(grants=[{"secret_key": Vault(KEY)}, {"reason": "plain"}])
    assert found.hidden == [KEY]


def test_what_a_vault_held_is_to_be_hidden_as_the_newer_ansible_has_it(monkeypatch):
    class Vaults:
        @staticmethod
        def get_ciphertext(value, with_tags):
            return "$ANSIBLE_VAULT" if value == KEY else None

    monkeypatch.setattr(files, "VAULTS", Vaults)
    found, *_rest = collect(grants=[{"setup": KEY, "reason": "plain"}])
    assert (found.rows, set(found.hidden)) == ([{"setup": KEY, "reason": "plain"}], {KEY})


@pytest.mark.parametrize(
    "given, said",
    [
        ({"system": KEY}, "grants must be a list of grants; got a mapping"),
        (7, "grants must be a list of grants; got a single value"),
        ([{"secret_key": Vault(None)}], "grants holds a vault that cannot be decrypted"),
        (Vault(f"- {KEY}: ["), "the text is not YAML"),
    ],
)
def test_what_is_no_list_of_grants_is_a_problem(given, said):
    found, (problem,), _options = collect(grants=given)
    assert said in problem
    assert found.rows == []


def write(folder, **named):
    for name, text in named.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return str(folder)


def test_a_directory_stands_for_its_files_and_each_grant_knows_where_it_stands(tmp_path):
    write(tmp_path, b="permissions_grants: [{principal: y}]", a="permissions_grants: [{a: 1}, {principal: x}]")
    (tmp_path / ".hidden.yml").write_text("x")
    (tmp_path / "notes.txt").write_text("x")
    found, problems, _options = collect(grants=[{"a": 0}], grants_file=str(tmp_path))
    assert problems == []
    places = ["permissions_grants[0]", "a.yml: permissions_grants[0]", "a.yml: permissions_grants[1] (x)"]
    ends = [*places, "b.yml: permissions_grants[0] (y)"]
    assert all(str(source).endswith(end) for source, end in zip(found.sources, ends))
    assert [source.index for source in found.sources] == [0, 1, 2, 3]


@pytest.mark.parametrize("how", [lambda *paths: ",".join(paths), lambda *paths: list(paths)])
def test_several_files_are_named_by_a_list_or_with_commas(tmp_path, how):
    write(tmp_path, a="permissions_grants: [{a: 1}]\npermissions_scope: exact", b="permissions_grants: [{a: 2}]")
    found, problems, options = collect(grants_file=how(f"{tmp_path}/a.yml", f"{tmp_path}/b.yml"))
    assert (found.rows, options, problems) == ([{"a": 1}, {"a": 2}], {"scope": "exact"}, [])


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "must hold permissions_grants: and a list of grants; got nothing"),
        (f"[{KEY}]", "must hold permissions_grants: and a list of grants; got something else"),
        ("permissions_scope: exact", "must hold permissions_grants; got a file without it"),
        (f"permissions_grants: {KEY}", "the text must be a list of grants"),
        ("permissions_grants: []\npermissions_scop: exact", "permissions_scop is not a variable of the role (did you mean"),
        (f"permissions_grants: [\n{KEY}: '", "it is not YAML: "),
        ("$ANSIBLE_VAULT;1.1;AES256\n3637", "cannot be read: it is a vault that cannot be decrypted: give the password with"),
        ("permissions_grants: [{expires: 2027-02-30}]", "it holds a date that does not exist: day "),
        ("permissions_grants: [{expires: 2027-02-03T25:00:00Z}]", "it holds a date that does not exist: hour must be in 0..23"),
        ("permissions_grants: []\npermissions_grants : []", "permissions_grants must stand in a file once; with several"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file_names_the_file(tmp_path, text, said):
    _found, problems, _options = collect(permissions_file=write(tmp_path, a=text) + "/a.yml")
    assert [problem for problem in problems if said in problem and "a.yml" in problem], problems


def failing(text):
    def fail(*_arguments, **_keywords):
        raise AnsibleError(text)

    return fail


def test_a_file_that_is_not_utf_8_is_told_as_such(tmp_path, monkeypatch):
    """ansible-core before 2.23 reads it all the same, with a warning."""
    (tmp_path / "a.yml").write_bytes("permissions_grants: [{principal: caf\xe9}]".encode("latin-1"))
    monkeypatch.setattr(DataLoader, "load_from_file", failing(KEY))
    _found, (problem,), _options = collect(grants_file=f"{tmp_path}/a.yml")
    assert problem.endswith("a.yml cannot be read: it is not text in UTF-8")


@pytest.mark.parametrize(
    "error, said",
    [
        ("Error rendering template: 'team' is undefined", "since 'team' is undefined"),
        ("object of type 'dict' has no attribute 'team'", "since object of type 'dict' has no attribute 'team'"),
        ("Syntax error in template: No filter named 'x'.", "since No filter named 'x'"),
        (
            f"no vault secrets for {KEY}",
            "or a vault in it cannot be decrypted: give the password with --vault-password-file",
        ),
        (f"'{KEY}' is undefined", "or a vault in it cannot be decrypted"),
    ],
)
def test_a_file_whose_values_cannot_be_had_is_named(tmp_path, monkeypatch, error, said):
    monkeypatch.setattr(Templar, "template", failing(error))
    path = write(tmp_path, a="permissions_grants: [{principal: '{{ team }}'}]") + "/a.yml"
    _found, (problem,), _options = collect(grants_file=path)
    assert "a.yml cannot be used: a template in it cannot be filled in, " + said in problem


@pytest.mark.parametrize(
    "given, said",
    [
        ("none.yml", "none.yml cannot be read: it does not exist"),
        ([7], "grants_file must be the path of a file or directory"),
        (7, "grants_file must be the path of a file or directory"),
        ("", "grants_file must be the path of a file or directory"),
    ],
)
def test_a_path_must_be_one(given, said):
    _found, (problem,), _options = collect(grants_file=given)
    assert said in problem


def test_a_directory_without_files_and_one_that_cannot_be_read_are_no_empty_lists(tmp_path, monkeypatch):
    _found, (problem,), _options = collect(grants_file=str(tmp_path))
    assert "got a directory without any" in problem
    monkeypatch.setattr(files.os, "listdir", mock.Mock(side_effect=PermissionError(13, "Permission denied")))
    _found, (problem,), _options = collect(grants_file=str(tmp_path))
    assert problem.endswith("cannot be read: Permission denied")


def test_files_that_say_different_things_are_refused(tmp_path):
    texts = {name: f"permissions_grants: []\npermissions_scope: {name}" for name in ("additive", "exact")}
    write(tmp_path, **texts)
    _found, (problem,), options = collect(grants_file=str(tmp_path))
    assert "permissions_scope must be the same in all files" in problem
    assert options == {"scope": "additive"}


def test_what_a_file_holds_is_not_copied(tmp_path, monkeypatch):
    """Ansible's copy of thousands of grants takes longer than to read them."""
    write(tmp_path, grants=f"permissions_grants: [{LISTED[2:]}]")
    monkeypatch.setattr("copy.deepcopy", lambda value: pytest.fail("copied"))
    found, problems, _options = collect(grants_file=str(tmp_path / "grants.yml"))
    assert (found.rows, problems) == ([GRANT], [])
