# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The addresses of a service and its IAM. Other clouds run the same software, and each has credentials of its own.

Source: Huawei's list of regions and endpoints, and the official Terraform provider for the other clouds.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .. import _errors as errors
from .._transport import http

OWN = ("myhuaweicloud.com", "myhuaweicloud.eu")
REGION = r"^[a-z]{2}(-[a-z0-9]+)+\Z"  # the form of its name in a host name: eu-de, cn-north-4, my-kualalumpur-1


def endpoint(host: str, region: str, cloud: str | None = None) -> str:
    """The public address of a service, such as "dms", in a region; ``cloud`` is the domain of another cloud."""
    # The rule for Europe is the official Terraform provider's.
    return "https://{}.{}.{}".format(host, region, cloud or OWN[region.startswith("eu-west-1")])


def base_url(url: str, version: str) -> str:
    """An address without the version at its end, such as "v3", which other tools need there."""
    url = url.rstrip("/")
    return url[: -len(version) - 1].rstrip("/") if url.endswith("/" + version) else url


class Addresses:
    """The addresses of a service and of its IAM. No credential goes to an IAM of another cloud than the service's."""

    def __init__(
        self,
        url: str,
        iam_url: str | None = None,
        region: str | None = None,
        cloud: str | None = None,
        names: tuple[str | None, str] = ("api_url", "iam_url"),
    ) -> None:
        self.url = url
        self.iam_url = iam_url  # None: the IAM of the service's cloud
        self.region = region
        self.names = names  # of the two settings, for messages; the first is None when the region gave the address
        self._domains = ((cloud,) if cloud else ()) + OWN

    def iam(self) -> str:
        """The address of IAM; ConfigurationError when it is in another cloud than the service, or not known."""
        if self.iam_url:
            self.check(self.iam_url)
            return self.iam_url
        if not self.region:
            raise errors.ConfigurationError("Set iam_url, or region, from which it follows.")
        host = _host(self.url)
        domain = self._domain(self.url)
        if domain in self._domains:
            return endpoint("iam", self.region, None if domain in OWN else domain)
        if domain and host.partition(".")[2] == f"{self.region.lower()}.{domain}":
            return endpoint("iam", self.region.lower(), domain)
        raise errors.ConfigurationError(
            f"The address of IAM does not follow from {self.names[0]}, which is at {host}.",
            hint="Set iam_url; or project_id, with ak and sk or auth_token, which needs no IAM.",
        )

    def check(self, iam_url: str, known_only: bool = False) -> None:
        """ConfigurationError for an ``iam_url`` that is in another cloud than the service.

        That IAM would be sent a password that is not its own, or the service a token. With ``known_only``, only where
        the host names of both tell that they are in different clouds.
        """
        host, iam_host, domain = _host(self.url), _host(iam_url), self._domain(self.url)
        url_name, iam_name = self.names
        if iam_host == host or http.is_loopback(iam_host) or self._inside(iam_host, domain):
            return
        known = domain and self._domain(iam_url)
        # A task may name a gateway of its own as iam_url. A variable or file may be meant for another cloud.
        elsewhere = iam_name != "iam_url" and (domain or url_name == "api_url")
        if known or (elsewhere and not known_only):
            raise errors.ConfigurationError(
                f"Refusing to send credentials to {iam_host} ({iam_name}): its name does not belong to the cloud of {host}"
                f" ({url_name or 'the address of the region'}).",
                hint="Set iam_url in the task to the IAM of the same cloud. For another cloud than Huawei's own, set api_url"
                " or HW_CLOUD too.",
            )

    def _domain(self, url: str) -> str | None:
        """The domain of the cloud that an address is in, or ``None`` where the host name does not tell."""
        host = _host(url)
        for domain in self._domains:
            if _below(host, domain):
                return domain
        region, _dot, domain = host.partition(".")[2].partition(".")
        return domain if re.match(REGION, region) and "." in domain else None

    @staticmethod
    def _inside(host: str, domain: str | None) -> bool:
        domains = OWN if domain in OWN else (domain,) if domain else ()
        return any(_below(host, each) for each in domains)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")


def _below(host: str, domain: str) -> bool:
    return host == domain or host.endswith("." + domain)
