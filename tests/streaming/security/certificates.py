"""Certificates for one test run: two authorities, and what each has signed, as PEM files."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM
KEY_PASSWORD = "of the key"


class Authority:
    """Signs certificates; its own lies in `file`."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self._name = _named(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        own = _builder(self._name, self._name, self._key, expired=False)
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.file = directory / f"{name}.pem"
        self.file.write_bytes(self._signed(own))

    def issue(self, name: str, *, host: str = "127.0.0.1", expired: bool = False) -> Path:
        """A certificate for that name: `<name>.pem`, with its sealed key beside it in `.key`."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _builder(_named(name), self._name, key, expired=expired)
        try:
            at: x509.GeneralName = x509.IPAddress(ip_address(host))
        except ValueError:
            at = x509.DNSName(host)
        made = made.add_extension(x509.SubjectAlternativeName([at]), critical=False)
        file = self._directory / f"{name}.pem"
        file.write_bytes(self._signed(made))
        sealed = serialization.BestAvailableEncryption(KEY_PASSWORD.encode())
        file.with_suffix(".key").write_bytes(
            key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, sealed)
        )
        return file

    def _signed(self, made: x509.CertificateBuilder) -> bytes:
        return made.sign(self._key, hashes.SHA256()).public_bytes(PEM)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, expired: bool
) -> x509.CertificateBuilder:
    begins = datetime.now(UTC) - timedelta(days=10)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=9 if expired else 30))
    )
