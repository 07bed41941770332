# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Grants on UFile: a token allows each of its operations on each of its buckets below each of its prefixes.

It is a product, so two grants add up only where their sum is a product as well. Reading bucket a and writing bucket b is
not: one token for both could also write bucket a.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._schema import fields as field_types
from .._schema.fields import Time
from .._ucloud.ufile_renewal import LATEST, renewed
from .._ucloud.ufile_token import AT_CREATION, RESOURCE
from .._ucloud.ufile_token import NO_OPERATIONS as NONE
from .permission_set import FieldError, PermissionSet, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .._schema.resource import Field
    from .permission_set import Permission, Shown

EVERYTHING = frozenset("*")
DENY = "TOKEN_DENY_UPDATE"  # takes away: nothing may be overwritten
SIDES = {"ops": "allowed_ops", "buckets": "allowed_buckets", "prefixes": "allowed_prefixes"}


def _covers(side: str, larger: str, smaller: str) -> bool:
    """Whether one entry includes another."""
    if larger == smaller or (larger == "*" and side != "ops"):  # no operation is known to mean all
        return True
    return side == "prefixes" and smaller != "*" and smaller.startswith(larger)


def _within(side: str, entry: str, entries: Iterable[str]) -> bool:
    return any(_covers(side, other, entry) for other in entries)


def _tidy(side: str, entries: Iterable[str]) -> frozenset[str]:
    """Without entries that others include."""
    return frozenset(
        entry for entry in entries if not any(other != entry and _covers(side, other, entry) for other in entries)
    )


class UFile(PermissionSet):
    name = "ucloud_ufile"
    keys_by = "DescribeUFileToken"
    resource = RESOURCE
    principals = ("token_name", "token_id")
    product = True
    custom = {"expire_time": "$expires?"}

    @property
    def fields(self) -> dict[str, Field]:
        """Without the fields that only a new token can have."""
        return {option: field for option, field in super().fields.items() if option not in AT_CREATION}

    def existing(self, shown: Shown) -> Permission:
        needed = {"allowed_ops"}
        if set(shown.get("allowed_ops") or ()) - {NONE}:
            needed = set(SIDES.values())
        for option in sorted(needed):
            if not shown.get(option):
                raise ValueError(f"the service did not show {option}")
        return self._permission(shown)

    def from_options(self, values: Mapping[str, Any], verbatim: bool = False) -> Permission:
        if "allowed_ops" not in values:
            raise FieldError("allowed_ops", "a list of operations")
        if set(values["allowed_ops"]) - {NONE, DENY} and "allowed_buckets" not in values:
            raise FieldError("allowed_buckets", "a list of buckets; ['*'] is all of them")
        return self._permission(values)

    def _permission(self, values: Mapping[str, Any]) -> Permission:
        ops = frozenset(values["allowed_ops"])
        return {
            "ops": ops - {NONE, DENY},
            "deny": DENY in ops,
            "buckets": frozenset(values.get("allowed_buckets") or EVERYTHING),
            "prefixes": frozenset(values.get("allowed_prefixes") or EVERYTHING),
            "expires": values.get("expire_time"),
        }

    def grant_fields(self, existing: Permission, shown: Shown) -> dict[str, Any]:
        fields: dict[str, Any] = {"buckets": sorted(existing["buckets"])}
        if existing["prefixes"] != EVERYTHING:
            fields["prefixes"] = sorted(existing["prefixes"])
        if existing["expires"] is not None and 0 < existing["expires"] <= LATEST:
            fields["expires"] = Time.iso(existing["expires"])
        return fields

    def by_name(self, existing: Permission, fields: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        names = {field: dict.fromkeys(fields.get(field, ())) for field in ("buckets", "prefixes")}
        return [existing["ops"], existing["deny"]], names

    def nothing(self) -> Permission:
        return {"ops": frozenset(), "deny": False, "buckets": EVERYTHING, "prefixes": EVERYTHING, "expires": None}

    def baseline(self, existing: Permission, shown: Shown, named: Sequence[Permission]) -> Permission:
        return dict(self.nothing(), expires=existing["expires"])  # only a grant that names an end changes it

    def same(self, one: Permission, other: Permission) -> bool:
        """Buckets and prefixes of a token that may do nothing have no meaning."""
        if one["deny"] != other["deny"] or one["expires"] != other["expires"]:
            return False
        if not one["ops"] and not other["ops"]:
            return True
        return all(_tidy(side, one[side]) == _tidy(side, other[side]) for side in SIDES)

    def add(self, existing: Permission, granted: Sequence[Permission]) -> Permission:
        expires = {part["expires"] for part in granted} - {None}
        if len(expires) > 1:
            times = " and ".join(Time.iso(moment) for moment in sorted(expires))
            raise ValueError(f"a token has one expiry, and these grants say {times}")
        boxes = [part for part in [existing, *granted] if part["ops"]]
        renewals = {part["renewal"] for part in granted if part.get("renewal")}
        if len(renewals) > 1 or (renewals and expires):
            raise ValueError("a token has one end, and these grants give different ones")
        if renewals:
            expires_in, renew_before = renewals.pop()
            expires.add(renewed(existing["expires"], expires_in, renew_before, now=field_types.now()))
        result = dict(existing, expires=expires.pop() if expires else existing["expires"])
        result["deny"] = self._denied(existing, granted)
        if not boxes:
            return result
        for side in SIDES:
            total = _tidy(side, frozenset().union(*(part[side] for part in boxes)))
            # An existing side that means the same is not rewritten, however redundant it is.
            same = existing["ops"] and total == _tidy(side, existing[side])
            result[side] = existing[side] if same else total
        _refuse_more(boxes, result)
        return result

    @staticmethod
    def _denied(existing: Permission, granted: Sequence[Permission]) -> bool:
        """Whether overwriting is forbidden. A grant can neither lift that, nor forbid it to a token that may overwrite."""
        if existing["deny"]:
            return True
        desired = {part["deny"] for part in granted if part["ops"] or part["deny"]}
        if len(desired) > 1 or (True in desired and existing["ops"]):
            raise ValueError(f"{DENY} takes something away from the token's other permissions, so it cannot be added")
        return True in desired

    def remove(self, existing: Permission, granted: Permission) -> Permission:
        if not existing["ops"] or not granted["ops"]:
            return existing
        if any(_apart(side, existing[side], granted[side]) for side in SIDES):
            return existing
        kept = {side: self._left(side, existing[side], granted[side]) for side in SIDES}
        cut = [side for side, left in kept.items() if left != frozenset()]
        if not cut:
            return dict(existing, ops=frozenset())
        side = cut[0]
        if len(cut) > 1 or kept[side] is None:
            raise ValueError(
                "what is left cannot be expressed as operations on buckets below prefixes, each with each; it holds "
                f"{_text(existing)}, and {_text(granted)} is to be taken back"
            )
        return dict(existing, **{side: kept[side]})

    @staticmethod
    def _left(side: str, existing: frozenset[str], granted: frozenset[str]) -> frozenset[str] | None:
        """The entries of one side that stay; ``None`` where only a part of an entry would stay."""
        left = frozenset(entry for entry in existing if not _within(side, entry, granted))
        if any(_within(side, entry, left) for entry in granted):
            return None
        return left

    def options(self, shown: Shown | None, before: Permission, after: Permission) -> dict[str, Any]:
        found: dict[str, Any] = {}
        ops = sorted(after["ops"] | ({DENY} if after["deny"] else set())) or [NONE]
        if shown is None or before["ops"] != after["ops"] or before["deny"] != after["deny"]:
            found["allowed_ops"] = ops
        for side in ("buckets", "prefixes"):
            if shown is None or (after["ops"] and before[side] != after[side]):  # a new token must name them
                found[SIDES[side]] = sorted(after[side])
        if after["expires"] is not None and before["expires"] != after["expires"]:
            found["expire_time"] = str(after["expires"])
        return found

    def locked(self, shown: Shown) -> dict[str, Any]:
        return {} if shown["allowed_ops"] == [NONE] else {"allowed_ops": [NONE]}

    def words(self, shown: Shown) -> str:
        if shown["allowed_ops"] == [NONE]:
            return "NONE"
        text = _words(*(shown[option] or ["?"] for option in SIDES.values()))
        if shown["expire_time"] is not None:
            text += " until " + Time.iso(shown["expire_time"])
        return text

    def words_of_new(self, shown: Shown) -> str:
        text = self.words(shown)
        # The default of CreateUFileToken's ExpireTime, by its document.
        return text if shown["expire_time"] is not None else f"{text} for 24 h, the service's default"

    def words_beyond(self, existing: Permission, declared: Permission) -> str:
        if not existing["ops"]:
            return ""
        both = existing["ops"] & declared["ops"]
        more = {
            side: [entry for entry in existing[side] if not _within(side, entry, declared[side])]
            for side in ("buckets", "prefixes")
        }
        shared = existing["buckets"].difference(more["buckets"])
        boxes = [
            (existing["ops"] - both, existing["buckets"], existing["prefixes"]),
            (both, more["buckets"], existing["prefixes"]),
            (both, shared, more["prefixes"]),
        ]
        return "; ".join(_words(*map(sorted, box)) for box in boxes if all(box))


def _words(ops: Iterable[str], buckets: Iterable[str], prefixes: Sequence[str]) -> str:
    names = (op.replace("TOKEN_ALLOW_", "").replace("TOKEN_", "") for op in ops)
    text = "{} on {}".format(" ".join(names), joined(buckets))
    return text if list(prefixes) == ["*"] else f"{text} below {joined(prefixes)}"


def _apart(side: str, one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sides have nothing in common."""
    return not any(_covers(side, a, b) or _covers(side, b, a) for a in one for b in other)


def _refuse_more(boxes: Sequence[Permission], result: Permission) -> None:
    """ValueError when the product ``result`` holds something that none of ``boxes`` holds."""
    masks = []
    for side in SIDES:
        # Entries that the same boxes hold are equivalent, so only few combinations must be checked.
        masks.append(
            {
                sum(1 << number for number, box in enumerate(boxes) if _within(side, entry, box[side]))
                for entry in result[side]
            }
        )
    if all(op & bucket & prefix for op in masks[0] for bucket in masks[1] for prefix in masks[2]):
        return
    raise ValueError(
        "one token cannot hold {}: every operation would be allowed on every bucket below every prefix, which is more "
        "than any of them gives; use a token for each".format(" and ".join(sorted({_text(box) for box in boxes})))
    )


def _text(box: Permission) -> str:
    ops = joined(op.replace("TOKEN_ALLOW_", "") for op in box["ops"])
    return "({} on {} below {})".format(ops, joined(box["buckets"]), joined(box["prefixes"]))


PERMISSION_SET = UFile()
