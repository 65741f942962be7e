"""A registry behind TLS and a login is used by the settings, and refused without them."""

from pathlib import Path

import pytest

from orchestration.stack import Stack
from orchestration.stack.errors import RegistryUnusable
from orchestration.stack.registry import require_answer
from streaming.broker import AuthenticationFailed, CertificateRefused
from streaming.broker.registry import Registry
from streaming.codec import Codec
from streaming.settings import GivenSettings
from tests.streaming.security.certificates import Authority
from tests.streaming.security.proxies import LOGIN, guarded_registry


def test_schemas_are_registered_by_a_login_over_tls(stack: Stack, tmp_path: Path) -> None:
    authority = Authority(tmp_path, "authority")
    behind = str(stack.settings.schema_registry_url)
    with guarded_registry(behind, authority.issue("registry")) as url:
        right = GivenSettings(
            schema_registry_url=url,
            schema_registry_username=LOGIN[0],
            schema_registry_password=LOGIN[1],
            schema_registry_tls_ca=authority.file,
        )
        require_answer(url, right.registry_access())
        known = Codec(Registry(behind)).register("flight.events")
        assert Codec(Registry(url, right.registry_access())).register("flight.events") == known

        nobody = {"schema_registry_username": None, "schema_registry_password": None}
        for wrong, refused in (
            (nobody, AuthenticationFailed),
            ({"schema_registry_tls_ca": None}, CertificateRefused),
        ):
            access = right.model_copy(update=wrong).registry_access()
            with pytest.raises(RegistryUnusable, match=r"HTTP 401|CERTIFICATE_VERIFY_FAILED"):
                require_answer(url, access)
            with pytest.raises(refused, match="KNOCKON_SCHEMA_REGISTRY_"):
                Registry(url, access).register("flight.events-value", '"string"')
