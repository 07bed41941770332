# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UFile (US3) tokens: who may read, write, delete or list which objects.

Documents: UpdateUFileToken of the main and of the global site; CreateUFileToken, DescribeUFileToken and
DeleteUFileToken for the rest of a token's life.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any

from .. import _errors as errors
from .. import _text as texts
from .._schema import fields as field_types
from .._schema.resource import Field, Name, Others, Resource, ResourceAPI
from .._transport import pagination
from .provider import PROVIDER
from .ufile_renewal import LATEST, RENEWING, renewal, renewed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._schema.resource import Change, Desired, Found, Names, State, Values
    from .provider import UCloudClient

NO_OPERATIONS = "TOKEN_ALLOW_NONE"
OPS = (
    NO_OPERATIONS,
    "TOKEN_ALLOW_READ",
    "TOKEN_ALLOW_WRITE",
    "TOKEN_ALLOW_DELETE",
    "TOKEN_ALLOW_LIST",
    "TOKEN_ALLOW_IOP",
    "TOKEN_ALLOW_DP",
    "TOKEN_DENY_UPDATE",  # only CreateUFileToken's document has it
)
# Options that only the document of CreateUFileToken has.
AT_CREATION = ("black_ip_list", "white_ip_list")
NO_EMPTY = (
    "the service cannot express an empty list: it would leave the old entries in place. Use '*' for all, or "
    "allowed_ops: [] to take every permission away"
)


def _new_prefix(value: str) -> None:
    instead = "a prefix includes everything below it, and '*' alone is every prefix"
    texts.no_wildcard(value, "a prefix", instead, characters="*")  # `?`, `,` and `;` may stand in keys of objects


def _new_bucket(value: str) -> None:
    instead = "'*' alone is every bucket, else list each bucket; a path within a bucket belongs into allowed_prefixes"
    texts.no_wildcard(value, "a bucket", instead, characters="*?,;/")


def _expires(values: Mapping[str, Any]) -> str | None:
    """The end of a token in ISO 8601."""
    end = values.get("expire_time")
    return None if end is None else field_types.Time.iso(end)


RESOURCE = Resource(
    name="token",
    plural="tokens",
    label="UFile token",
    provider=PROVIDER,
    operation="UpdateUFileToken",
    read_operation="DescribeUFileToken",
    identity=(Name("token_id"), Name("token_name")),
    fields=(
        # One documented example response spells it TolenName.
        Field(
            "token_name",
            field_types.Text(empty=False, check=texts.name_text),
            "TokenName",
            read_keys=("TokenName", "TolenName"),
        ),
        Field(
            "allowed_ops",
            field_types.TextSet(choices=OPS, nothing=NO_OPERATIONS),
            "AllowedOps",
            initial=(NO_OPERATIONS,),
        ),
        # No initial values: a new token must name its prefixes and buckets, since the service's default is all of them.
        Field(
            "allowed_prefixes",
            field_types.TextSet(
                everything="*", refuse_empty=NO_EMPTY, check_entry=_new_prefix, example=("in/", "out/")
            ),
            "AllowedPrefixes",
        ),
        Field(
            "allowed_buckets",
            field_types.TextSet(
                everything="*", refuse_empty=NO_EMPTY, check_entry=_new_bucket, example=("backups", "logs")
            ),
            "AllowedBuckets",
        ),
        Field("expire_time", field_types.Time(LATEST), "ExpireTime"),
        Field("black_ip_list", field_types.TextSet(), "BlackIPList", fill=False),
        Field("white_ip_list", field_types.TextSet(), "WhiteIPList", fill=False),
    ),
    options={option: {"type": "str"} for option in RENEWING},
    derived={"expires": _expires},
    lifecycle=True,
    makes_credentials=True,
    facts={
        "public_key": "PublicKey",
        "region": "Region",
        "create_time": "CreateTime",
        "modify_time": "ModifyTime",
    },
    missing_hint="Check token_id or token_name, project_id, and that api_url is the site the token lives on.",
)


class UFileTokenAPI(ResourceAPI):
    """Reads and writes UFile tokens. One response of DescribeUFileToken has all tokens of a project, without pages."""

    resource = RESOURCE
    client: UCloudClient

    def check(self, desired: Desired) -> Iterator[errors.Problem]:
        if not desired.absent:
            try:
                renewal(dict(desired.options, **desired.values))
            except texts.Refused as error:
                yield errors.Problem(desired.position, str(error), error.where)

    def reconcile(self, desired: Desired, existing: State, planned: Values) -> Values:
        planned = dict(planned)
        for option in AT_CREATION:
            if option not in desired.values:
                continue
            shown = existing.values.get(option)
            # The service shows such a list only where it is not empty.
            if not desired.values[option] and shown is None:
                del planned[option]
            elif existing.names.get("token_id") and planned[option] != shown:
                raise texts.Refused(
                    f"{option} can be set only when a token is created, since the document of UpdateUFileToken does not "
                    f"have it. It is {'not shown' if shown is None else [*shown]}: leave it out, or create another token"
                )
        durations = renewal(desired.options)
        if durations:
            planned["expire_time"] = renewed(existing.values.get("expire_time"), *durations, now=field_types.now())
        return planned

    def check_create(self, desired: Desired, planned: Values, others: Others) -> None:
        missing = [option for option in ("allowed_buckets", "allowed_prefixes") if option not in planned]
        if missing:
            near = others.like(desired.names["token_name"])
            raise texts.Refused(
                f"it does not exist, and a new token must say {' and '.join(missing)}, or it would have all of them: "
                "such as allowed_buckets: [acme-data] and allowed_prefixes: ['*'], where '*' is all"
                + (f". Is one of these meant? {', '.join(near)}" if near else "")
            )

    def warn(self, desired: Desired) -> Iterator[str]:
        for prefix in desired.values.get("allowed_prefixes", ()):
            if prefix.startswith("/"):
                yield (
                    f"{self.resource.describe(desired.names)}: allowed_prefixes has {prefix}, and the keys of objects seldom begin "
                    "with a slash."
                )

    def warn_planned(self, changes: Sequence[Change]) -> Iterator[str]:
        short = []
        for change in changes:
            name, end = self.resource.describe(change.names), change.planned_values.get("expire_time")
            if end is None and change.existing is None:
                short.append(name)
            if end is not None and end <= field_types.now():
                yield (
                    f"{name}: its expire_time {field_types.Time.iso(end)} has passed, so the token is refused. Give a later one, or "
                    "delete it."
                )
        if short:
            yield f"{texts.few(short)}: without expire_time, a new token lives for one day only."

    def reached_by_exclusive(self, state: State) -> bool:
        return not self.client.region or not _elsewhere(self.client, state)

    def warn_kept(self, states: Sequence[State]) -> Iterator[str]:
        if states:
            names = "; ".join(f"{self.resource.describe(state.names)} in {_shown_region(state)}" for state in states)
            yield f"exclusive leaves the tokens of other regions than {self.client.region}: {names}."

    def prepare(self, changes: Sequence[Change]) -> None:
        text = "it must be given to delete this token, since the service does not show the token's region"
        problems = [
            errors.Problem(change.desired.position, text, "region")
            for change in changes
            if change.planned is None and not _region(self.client, change)
        ]
        if problems:
            raise errors.TaskError(problems)

    def get(self, desired: Sequence[Desired], full: bool) -> builtins.list[Found]:
        parameters = {}
        if len(desired) == 1 and desired[0].names.get("token_id"):
            parameters["TokenId"] = desired[0].names["token_id"]
        # For several tokens all are read, which is one request.
        states = self._describe(parameters)
        found = self.match_states(desired, states)
        if any(isinstance(each, Others) for each in found) and _may_lack(self.client, states):
            found = self.match_states(desired, self._with_region(parameters, states))
        return found

    def list(self, scope: Names) -> builtins.list[State]:
        states = self._describe({})
        return self._with_region({}, states) if _may_lack(self.client, states) else states

    def match_states(self, desired: Sequence[Desired], states: Sequence[State]) -> builtins.list[Found]:
        """The token that each entry means: with its name the one in the task's region, else the one in any region."""
        here = [state for state in states if not _elsewhere(self.client, state)]
        found = self.resource.match(desired, here, lambda state: state.names)
        if len(here) == len(states):
            return found
        missing = [entry for entry, state in zip(desired, found) if isinstance(state, Others)]
        elsewhere = self.resource.match(missing, states, lambda state: state.names)
        more = dict(zip(missing, elsewhere))
        return [more.get(entry, state) for entry, state in zip(desired, found)]

    def _with_region(self, parameters: Mapping[str, Any], states: builtins.list[State]) -> builtins.list[State]:
        """``states``, which were read without a region, and those that the service shows only with the region."""
        known = {state.names["token_id"] for state in states}
        more = self._describe(dict(parameters, Region=self.client.region))
        return states + [state for state in more if state.names["token_id"] not in known]

    def _describe(self, parameters: Mapping[str, Any]) -> builtins.list[State]:
        """The tokens that DescribeUFileToken returns; none where it says that a token does not exist."""
        # No region is sent: it may limit the response to its own tokens, which is not documented. A token of another
        # region exists all the same, and must be found before one of the same name is created.
        try:
            response = self.client.call("DescribeUFileToken", dict({"Region": None}, **parameters))
        except errors.RequestError as error:
            if error.kind == errors.NOT_FOUND:
                return []
            raise
        return [self._state(row) for row in pagination.rows(response, "DataSet", "TokenId")]

    def _state(self, row: Mapping[str, Any]) -> State:
        self.client.secrets.add(row.get("PrivateKey"))
        state = self.resource.parse(row, {"token_id": row["TokenId"]})
        if "token_name" in state.values:
            state.names["token_name"] = state.values["token_name"]
        return state

    def update(self, changes: Sequence[Change]) -> None:
        (change,) = changes
        planned = {option: value for option, value in change.planned_values.items() if option not in AT_CREATION}
        self.client.call(
            "UpdateUFileToken",
            dict(self.resource.payload(planned), TokenId=change.names["token_id"], Region=_region(self.client, change)),
        )

    def create(self, change: Change) -> Names:
        parameters = self.resource.payload(change.planned_values)
        if change.desired.options.get("region"):  # of the token that this one follows
            parameters["Region"] = change.desired.options["region"]
        response = self.client.call("CreateUFileToken", parameters, idempotent=False)
        # Newer versions of the service return the whole token beside its id.
        token = response.get("UFileTokenSet")
        token = token if isinstance(token, dict) else {}
        self.client.secrets.add(token.get("PrivateKey"))
        token_id = response.get("TokenId") or token.get("TokenId")
        return {"token_id": token_id} if isinstance(token_id, str) and token_id else {}

    def delete(self, change: Change) -> None:
        self.client.call(
            "DeleteUFileToken", {"TokenId": change.names["token_id"], "Region": _region(self.client, change)}
        )

    def credentials(self, names: Names) -> dict[str, str]:
        for state in self._describe({"TokenId": names["token_id"]}):
            keys = {"public_key": state.raw.get("PublicKey"), "private_key": state.raw.get("PrivateKey")}
            if state.names["token_id"] == names["token_id"] and all(
                isinstance(key, str) and key for key in keys.values()
            ):
                return keys
        raise errors.ResponseError("the response of DescribeUFileToken has no key pair of the token")


def _region(client: UCloudClient, change: Change) -> str | None:
    """The region to send with a write: the token's own, else the task's."""
    shown = _shown_region(change.existing) if change.existing else None
    return shown or client.region


def _elsewhere(client: UCloudClient, state: State) -> bool:
    """Whether a token is in another region than the task's."""
    return bool(client.region) and _shown_region(state) not in (None, client.region)


def _may_lack(client: UCloudClient, states: Sequence[State]) -> bool:
    """Whether what was read without a region may lack the tokens of the task's region, since it has none of them."""
    return bool(client.region) and client.region not in {_shown_region(state) for state in states}


def _shown_region(state: State) -> str | None:
    region = state.facts.get("region")
    return region if region and isinstance(region, str) else None
