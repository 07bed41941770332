# Copyright: (c) 2026, grantops.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a service and its IAM are: other clouds run the same software, and each has credentials of its own."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .. import _errors as errors
from .._transport import http

OWN = ("myhuaweicloud.com", "myhuaweicloud.eu")
REGION = r"^[a-z]{2}(-[a-z0-9]+)+\Z"  # the form of its name in a host name: eu-de, cn-north-4, my-kualalumpur-1


def endpoint(host, region, cloud=None):
    """The public address of a service; ``cloud`` is the domain of another cloud."""
    # The rule for Europe is the official Terraform provider's.
    return "https://{}.{}.{}".format(host, region, cloud or OWN[region.startswith("eu-west-1")])


def base_url(url, version):
    """An address without the version, which other tools want at its end."""
    url = url.rstrip("/")
    return url[: -len(version) - 1].rstrip("/") if url.endswith("/" + version) else url


class Addresses:
    """A service's address and its IAM's, of which no credential ever goes to another cloud than the service's."""

    def __init__(self, url, iam_url=None, region=None, cloud=None, names=("api_url", "iam_url")):
        self.url = url
        self.iam_url = iam_url  # None: the one of the service's cloud
        self.region = region
        self.names = names  # what the two are called where they come from; the first is None when nobody gave it
        self._domains = ((cloud,) if cloud else ()) + OWN

    def iam(self):
        """IAM's address; ConfigurationError when it is in another cloud, or not known."""
        if self.iam_url:
            self.check()
            return self.iam_url
        if not self.region:
            raise errors.ConfigurationError("iam_url is needed, or region to know it.")
        host = _host(self.url)
        domain = self._domain(self.url)
        if domain in self._domains:
            return endpoint("iam", self.region, None if domain in OWN else domain)
        if domain and host.partition(".")[2] == f"{self.region.lower()}.{domain}":
            return endpoint("iam", self.region.lower(), domain)
        raise errors.ConfigurationError(
            f"Where IAM is does not follow from {self.names[0]}, {host}.",
            hint="Set iam_url; or project_id, with ak and sk or auth_token, which needs no IAM.",
        )

    def check(self, known_only=False):
        """Refuse an IAM of another cloud than the service's: it would learn a password, or the service a token.

        With ``known_only``, only where the names of both tell that they are in two clouds.
        """
        host, iam_host, domain = _host(self.url), _host(self.iam_url), self._domain(self.url)
        url_name, iam_name = self.names
        if iam_host == host or http.is_loopback(iam_host) or self._inside(iam_host, domain):
            return
        known = domain and self._domain(self.iam_url)
        # What the task itself says is right for a gateway of its own; a variable or file may be meant for elsewhere.
        elsewhere = iam_name != "iam_url" and (domain or url_name == "api_url")
        if known or (elsewhere and not known_only):
            raise errors.ConfigurationError(
                f"Refusing to send credentials to {iam_host} ({iam_name}), which does not belong to the cloud of {host}"
                f" ({url_name or 'the address of the region'}) by its name.",
                hint="Set iam_url in the task to the IAM of the same cloud. Another cloud than Huawei's own needs api_url"
                " or HW_CLOUD.",
            )

    def _domain(self, url):
        """The domain of the cloud that an address is in, or ``None`` where its name does not tell."""
        host = _host(url)
        for domain in self._domains:
            if _below(host, domain):
                return domain
        unused, region, domain = (host.split(".", 2) + ["", ""])[:3]
        return domain if re.match(REGION, region) and "." in domain else None

    def _inside(self, host, domain):
        return any(_below(host, one) for one in (OWN if domain in OWN else [domain] if domain else []))


def _host(url):
    return urlsplit(url).hostname.lower().rstrip(".")


def _below(host, domain):
    return host == domain or host.endswith("." + domain)
