# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.grantops.cloud.plugins.module_utils import _errors as errors
from ansible_collections.grantops.cloud.plugins.module_utils._probe import findings
from ansible_collections.grantops.cloud.tests.unit.scripted import Clock

from .doubles import refusal


def test_what_nothing_was_told_of_says_why_it_was_not_seen():
    for writes, text in ((False, "only a probe that writes tells"), (True, "the writes did not come so far")):
        rows = {row["number"]: row for row in findings.Findings(writes).rows()}
        assert {row["verdict"] for row in rows.values()} == {findings.NOT_SEEN}
        assert rows["A109"]["seen"] == text
        assert rows["A104"]["seen"] == "it was not read"
        assert rows["A315"]["seen"] == "nothing that the API shows tells"


def test_a_verdict_replaces_only_not_seen():
    found = findings.Findings(False)
    found.tell("A104", None, "first")
    found.tell("A104", False, "{} of {:.1f}", 1, 2.0)
    found.tell("A104", True, "later")
    (row,) = [row for row in found.rows() if row["number"] == "A104"]
    assert (row["verdict"], row["seen"]) == ("does not hold", "1 of 2.0")


def test_a_finding_takes_numbers_and_codes_only():
    with pytest.raises(TypeError, match="numbers and error codes only"):
        findings.Findings(False).tell("A104", True, "{}", "org-demo")


@pytest.mark.parametrize(
    "code, status, text",
    [
        (15040, 200, "15040 (HTTP 200)"),
        ("DMS.00500972", 400, "DMS.00500972 (HTTP 400)"),
        ("user-alpha", 404, "no known code (HTTP 404)"),
        ("A1", None, "no known code"),
        (None, 404, "no known code (HTTP 404)"),
    ],
)
def test_a_code_that_could_be_a_name_is_not_shown(code, status, text):
    assert str(findings.Code(refusal(code=code, status=status))) == text


def test_a_scratch_name_is_known_exactly():
    name = findings.scratch_name()
    assert findings.is_scratch(name) and name != findings.scratch_name()
    for other in (name + "0", name[:-1], name.upper(), " " + name, name + "\n", "x" + name, None, 5):
        assert not findings.is_scratch(other)


@pytest.mark.parametrize("responses, found, reads", [([1], 1, 1), ([None, 0, 1], 1, 3), ([0] * 9, None, 5)])
def test_a_write_is_waited_for(responses, found, reads, monkeypatch):
    clock, left = Clock(), iter(responses)
    monkeypatch.setattr(findings.time, "monotonic", clock)
    value, elapsed, count = findings.until(lambda: next(left), lambda value: value == 1, 4.0, clock.sleep)
    assert (value, count) == (found, reads) and elapsed <= 4.0


class Kept(findings.Probe):
    """A system whose removals are answered in turn."""

    def __init__(self, there, responses=()):
        super().__init__(None, findings.Findings(True), "n", 0.0, sleep=lambda seconds: None)
        self.there, self.responses = there, list(responses)

    def scratch(self):
        return dict.fromkeys(self.there)

    def remove(self, key, row):
        if self.responses:
            raise self.responses.pop(0)
        if key in self.there:
            self.there.remove(key)


def test_what_is_gone_already_is_no_failure():
    probe = Kept(["a", "b"], [refusal(errors.NOT_FOUND)])
    probe.made = ["gone"]
    assert probe.clean_up() == 0 and probe.removed == {"a", "b"}


def test_what_shows_late_is_told():
    probe, reads = Kept([]), iter([None, 1])
    probe.wait = 4.0
    assert probe.shows("A113", lambda: next(reads), bool) == 1
    (seen,) = [row["seen"] for row in probe.findings.rows() if row["verdict"] == "does not hold"]
    assert seen.startswith("it showed after 0.0 s, in read 2")


def test_what_stays_is_counted_and_what_fails_is_raised():
    probe = Kept(["a"], [refusal()] * 9)
    assert probe.clean_up() == 1
    with pytest.raises(errors.RequestError):
        Kept(["a"], [refusal(errors.PERMISSION)]).clean_up()
