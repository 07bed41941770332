# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From grants and what a system holds to what its module is to be asked: a pure function.

Only principals that differ are in the module's list, so that a converged run is reads alone.
"""

from __future__ import annotations

from .. import _text as texts
from .._schema.resource import CREATE, NONE, UPDATE
from .grants import contradictions
from .permission_set import FieldError

OWN = ("access_policy", "tag", "owner")


class Subject:
    """One principal and all its grants."""

    def __init__(self, grants):
        self.grants = grants
        self.system = grants[0].system
        self.scope = grants[0].scope
        self.shown = None  # as the service shows it
        self.before = self.after = None
        self.action = NONE
        self.entries = {}  # topic or '' -> position in the module's list

    @property
    def presents(self):
        return [grant for grant in self.grants if not grant.absent and not grant.lockdown]

    @property
    def positions(self):
        return " and ".join(grant.position for grant in self.grants)

    def settle(self, exact):
        """Work out what it is to hold; ValueError or FieldError when that is not to be had."""
        system, exists = self.system, self.shown is not None
        held = system.existing(self.shown) if exists else system.nothing()
        for grant in self.presents:
            try:
                system.refuse(grant, held)
            except FieldError as error:
                raise ValueError(f"{error.field} must be {error}") from None
        self.before = base = held
        if exact and exists:
            base = system.baseline(held, self.shown, [grant.permission for grant in self.grants])
        for grant in self.grants:
            if grant.lockdown:
                base = system.lock(base, grant.permission)
            elif grant.absent and not exact:
                base = system.remove(base, grant.permission)
        self.after = system.add(base, [grant.permission for grant in self.presents])

    def options(self):
        """The module's options, or nothing when there is nothing to do; sets the action."""
        if self.shown is None:
            if not self.presents:
                return {}
            self.action = CREATE
            return self.system.options(None, self.before, self.after)
        if any(grant.lockdown for grant in self.grants):
            found = self.system.locked(self.shown)
        elif self.system.same(self.before, self.after):
            found = {}
        else:
            found = self.system.options(self.shown, self.before, self.after)
        self.action = UPDATE if found else NONE
        return found

    def check_new(self, found):
        """Raise Refused for a name in the options ``found`` that is new and that nobody can mean, as the module would."""
        for option, value in found.items():
            kind = self.system.fields[option].type
            if kind.adds:
                held = (self.shown or {}).get(option) or ()
                kind.check_new(kind.names(held), kind.names(value), option)

    def record(self):
        """What the result is made from later; plain data."""
        return {
            "grants": [grant.index for grant in self.grants],
            "before": self._before(),
            "action": self.action,
            "entries": self.entries,
            "app": self.grants[0].names.get("app_name"),
        }

    def _before(self):
        if self.shown is None or self.system.name == "huaweicloud_roma":
            return self.shown
        return {option: self.shown[option] for option in self.system.fields if option in self.shown}


def plan(system, grants, rows, exact=False):
    """What to ask the module of ``system`` for: ``{"entries", "kept", "subjects", "problems"}``, plain data.

    ``kept`` names the principals that are as their grants say, for a list that is to be exclusive.

    ``rows`` are the system's resources as its module shows them; ``grants`` may be of other systems too.
    """
    grants = [grant for grant in grants if grant.system is system]
    work = _Topics if system.name == "huaweicloud_roma" else _Principals
    work = work(system, rows)
    problems = []
    subjects = work.subjects(grants, problems)
    for subject in subjects:
        problems.extend(contradictions(subject.grants))
    if not problems:
        for subject in subjects:
            try:
                subject.settle(exact)
                work.ask(subject)
            except ValueError as error:
                who = "{} {}".format(system.resource.label, ", ".join(sorted(subject.grants[0].names.values())))
                problems.append(f"{subject.positions}: {who}: {error}")
    return {
        "entries": work.entries,
        "kept": work.kept,
        "subjects": [subject.record() for subject in subjects],
        "created": [subject.entries[""] for subject in subjects if subject.action == CREATE and subject.entries],
        "problems": problems,
    }


class _Principals:
    """Systems with one resource a principal."""

    def __init__(self, system, rows):
        self.system = system
        self.entries = []
        self.kept = []
        self.index = {}
        names = {}  # by scope: what plain text may mean
        for row in rows:
            scope = row.get(system.scope) if system.scope else None
            for key in system.principals:
                self.index.setdefault((scope, key, row.get(key)), []).append(row)
            if row.get(system.principals[0]):
                names.setdefault(scope, []).append(row[system.principals[0]])
        self.forms = {scope: texts.by_form(found) for scope, found in names.items()}

    def subjects(self, grants, problems):
        groups, found = {}, {}
        for grant in grants:
            ((key, name),) = grant.names.items()
            rows = self.index.get((grant.scope, key, name), ())
            if len(rows) > 1:
                ids = ", ".join(sorted(row["token_id"] for row in rows))
                text = (
                    f"the id of the one that is meant, such as {{token_id: …}}, since {len(rows)} have this name: {ids}"
                )
                problems.append(f"{grant.position}.principal: got {name!r}; right would be {text}")
            elif not rows and (key == "token_id" or grant.lockdown):
                problems.append(f"{grant.position}.principal: got {name!r}; right would be one that exists")
            else:
                identity = id(rows[0]) if rows else (grant.scope, name)
                groups.setdefault(identity, []).append(grant)
                found[identity] = rows[0] if rows else None
        subjects = []
        for identity, group in groups.items():
            subject = Subject(group)
            subject.shown = found[identity]
            subjects.append(subject)
        return subjects

    def ask(self, subject):
        options = subject.options()
        names = dict(subject.grants[0].names)
        subject.check_new(options)
        if subject.shown is None:
            for key, name in names.items():
                if subject.action == CREATE:
                    texts.new_name(name, key)
                text = texts.other_form(name, self.forms.get(subject.scope, {}))
                if text:
                    raise texts.Refused(f"{text}. Give it as it stands there")
        else:
            key = self.system.resource.identity[0].option
            names = {key: subject.shown[key]}
        if not options and subject.action == NONE:
            if subject.shown is not None:
                self.kept.append(dict(names, **({self.system.scope: subject.scope} if self.system.scope else {})))
            return
        new_user = subject.shown is None and self.system.name == "huaweicloud_rocketmq"
        if new_user and not any(grant.secret for grant in subject.presents):
            raise ValueError(
                "it does not exist yet; secret_key: got nothing; right would be the key of the new user, from a vault"
            )
        if self.system.scope:
            names[self.system.scope] = subject.scope
        subject.entries[""] = len(self.entries)
        self.entries.append(dict(names, **options))


class _Topics:
    """ROMA Connect, where a principal's permissions are rows of many topics."""

    def __init__(self, system, rows):
        self.system = system
        self.topics = {(row["instance_id"], row["name"]): row for row in rows}
        self.entries = []
        self.kept = []  # topics are not deleted here, so none has to be kept
        self.positions = {}

    def subjects(self, grants, problems):
        groups = {}
        for grant in grants:
            groups.setdefault((grant.scope, grant.names["app_name"]), []).append(grant)
            missing = sorted(topic for topic in grant.permission if (grant.scope, topic) not in self.topics)
            if missing:
                text = f"topics that instance {grant.scope} has; it has no {', '.join(missing)}"
                problems.append(f"{grant.position}.topics: got {grant.raw.get('topics')!r}; right would be {text}")
        subjects = []
        for (scope, app), group in groups.items():
            ids = {grant.names["app_id"] for grant in group if "app_id" in grant.names}
            subject = Subject(group)
            if len(ids) > 1:
                problems.append(f"{subject.positions}: application {app} has {len(ids)} different values of app_id")
            subject.shown = {
                name: {key: row[key] for key in OWN}
                for (instance, name), topic in self.topics.items()
                if instance == scope
                for row in topic["policies"]
                if row["app_name"] == app
            }
            subjects.append(subject)
        return subjects

    def ask(self, subject):
        found = self.system.options(subject.shown, subject.before, subject.after)
        subject.action = UPDATE if found else NONE
        ids = [{"app_id": grant.names["app_id"]} for grant in subject.grants if "app_id" in grant.names]
        app = dict({"app_name": subject.grants[0].names["app_name"]}, **(ids or [{}])[0])
        (policies,) = (field for field in self.system.resource.fields if field.option == "policies")
        for topic, row in found.items():
            key = (subject.scope, topic)
            if row:
                there = policies.type.names(self.topics[key]["policies"])
                texts.new_names([app["app_name"]], there, topic, "app_name", policies.type.check_key)
            if key not in self.positions:
                self.positions[key] = len(self.entries)
                self.entries.append({"instance_id": subject.scope, "name": topic, "policies": [], "purge": False})
            self.entries[self.positions[key]]["policies"].append(
                dict(app, **row) if row else {"app_name": app["app_name"], "state": "absent"}
            )
            subject.entries[topic] = self.positions[key]
        # Of topics that no grant names only what changes is of interest.
        named = set(subject.entries).union(*(grant.permission for grant in subject.grants))
        subject.shown = {topic: subject.shown.get(topic) for topic in sorted(named)}
