# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to the grantops.cloud collection: it may change without notice, do not import it from elsewhere.

"""UFile (US3) tokens: who may read, write, delete or list which objects. Documents: UpdateUFileToken, both sites."""

from __future__ import annotations

import time

from .. import _errors as errors
from .. import _kinds as kinds
from .. import _reading as reading
from .._resource import Field, Name, Resource
from . import client as provider

NOTHING = "TOKEN_ALLOW_NONE"
OPS = (
    NOTHING,
    "TOKEN_ALLOW_READ",
    "TOKEN_ALLOW_WRITE",
    "TOKEN_ALLOW_DELETE",
    "TOKEN_ALLOW_LIST",
    "TOKEN_ALLOW_IOP",
    "TOKEN_ALLOW_DP",
    "TOKEN_DENY_UPDATE",  # only CreateUFileToken's document has it
)
LATEST = 4102416000
NO_EMPTY = (
    "the service cannot express an empty list: it would leave the old entries in place. Use '*' for all, or "
    "allowed_ops: [] to take every permission away"
)


def _new_prefix(value):
    instead = "a prefix includes everything below it, and '*' alone is every prefix"
    kinds.no_wildcard(value, "a prefix", instead, characters="*")  # keys of objects may hold the others


def _new_bucket(value):
    instead = "'*' alone is every bucket, else give each one; what lies below a path is for allowed_prefixes"
    kinds.no_wildcard(value, "a bucket", instead, characters="*?,;/")


class UFileToken(Resource):
    name = "token"
    plural = "tokens"
    label = "UFile token"
    provider = provider
    operation = "UpdateUFileToken"
    reading = "DescribeUFileToken"
    identity = (Name("token_id"), Name("token_name"))
    fields = (
        # One documented example answer spells it TolenName.
        Field(
            "token_name",
            kinds.Text(empty=False, check=kinds.name_text),
            "TokenName",
            read_keys=("TokenName", "TolenName"),
        ),
        Field("allowed_ops", kinds.TextSet(choices=OPS, nothing=NOTHING), "AllowedOps", initial=(NOTHING,)),
        Field(
            "allowed_prefixes",
            kinds.TextSet(everything="*", refuse_empty=NO_EMPTY, check_entry=_new_prefix, example=("in/", "out/")),
            "AllowedPrefixes",
            initial=("*",),
        ),
        Field(
            "allowed_buckets",
            kinds.TextSet(everything="*", refuse_empty=NO_EMPTY, check_entry=_new_bucket, example=("backups", "logs")),
            "AllowedBuckets",
            initial=("*",),
        ),
        Field("expire_time", kinds.Time(LATEST), "ExpireTime"),
    )
    lifecycle = True
    makes_credentials = True
    facts = {
        "public_key": "PublicKey",
        "region": "Region",
        "create_time": "CreateTime",
        "modify_time": "ModifyTime",
        "black_ip_list": "BlackIPList",
        "white_ip_list": "WhiteIPList",
    }
    missing_hint = "Check token_id or token_name, project_id, and that api_url is the site the token lives on."

    def warn(self, wanted):
        expires = wanted.values.get("expire_time")
        if expires is not None and expires < time.time():
            when = kinds.Time.iso(expires)
            yield f"{self.describe(wanted.names)}: expire_time {when} is in the past, so the token will be refused."

    def warn_create(self, names, target):
        if "expire_time" not in target:
            yield f"{self.describe(names)}: without expire_time, a new token lives for one day only."

    def covers(self, client, state):
        # The service returns the tokens of all regions of a project.
        return not client.region or _shown_region(state) in (None, client.region)

    def complete(self, client, changes):
        problems = [
            errors.Problem(change.wanted.position, "to delete a token its region is needed", "region")
            for change in changes
            if change.target is None and not _region(client, change)
        ]
        if problems:
            raise errors.TaskError(problems)

    def read_scope(self, client, wanted, full):
        parameters = {}
        if len(wanted) == 1 and wanted[0].names.get("token_id"):
            parameters["TokenId"] = wanted[0].names["token_id"]
        # Without it, the answer is every token in one piece: cheaper than two single ones.
        states = self._describe(client, parameters)
        return self.match(wanted, states, lambda state: state.names)

    def read_all(self, client, scope=None):
        return self._describe(client, {})

    def _describe(self, client, parameters):
        try:
            answer = client.call("DescribeUFileToken", parameters)
        except errors.CallError as error:
            if error.kind == errors.NOT_FOUND:
                return []
            raise
        return [self._state(client, row) for row in reading.rows(answer, "DataSet", "TokenId")]

    def _state(self, client, row):
        client.secrets.add(row.get("PrivateKey"))
        state = self.parse(row, {"token_id": row["TokenId"]})
        state.names["token_name"] = state.values.get("token_name")
        return state

    def write(self, client, changes):
        (change,) = changes
        client.call("UpdateUFileToken", dict(self.payload(change.target), TokenId=change.names["token_id"]))

    def create(self, client, change):
        answer = client.call("CreateUFileToken", self.payload(change.target), repeatable=False)
        # Newer versions answer with the whole token beside its id.
        token = answer.get("UFileTokenSet")
        token = token if isinstance(token, dict) else {}
        client.secrets.add(token.get("PrivateKey"))
        token_id = answer.get("TokenId") or token.get("TokenId")
        return {"token_id": token_id} if isinstance(token_id, str) and token_id else {}

    def delete(self, client, change):
        client.call("DeleteUFileToken", {"TokenId": change.names["token_id"], "Region": _region(client, change)})

    def credentials(self, client, names):
        for state in self._describe(client, {"TokenId": names["token_id"]}):
            pair = [state.raw.get(key) for key in ("PublicKey", "PrivateKey")]
            if state.names["token_id"] == names["token_id"] and all(isinstance(key, str) and key for key in pair):
                return dict(zip(("public_key", "private_key"), pair))
        raise errors.AnswerError("DescribeUFileToken answered without its key pair")


def _region(client, change):
    """The token's own, which its deletion has to name."""
    return _shown_region(change.current) or client.region


def _shown_region(state):
    region = state.facts.get("region")
    return region if region and isinstance(region, str) else None


RESOURCE = UFileToken()
