"""The seal: a digital signature over a published report, added behind its last byte.

A sealed file begins with the very bytes that were drawn from the frozen figures and approved, so a reprint can
still be compared with it byte for byte; what follows is an incremental update with one PAdES signature (ETSI EN
319 142, baseline B). Whoever holds the file can check it in an ordinary PDF reader, without this software and
years later. The key comes as PKCS#12: the operator's own, from a certification authority, or one made here, which
shows that all reports come from one hand but not whose it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from asn1crypto import keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from kernel.errors import Invalid, Unavailable

FIELD = "Seal"
KEY_BITS = 3072
DIGEST = "sha256"
# A certificate made here names no authority that could withdraw it, so its dates say nothing; they only have to
# hold for every day on which a report may be published.
MADE_FROM, MADE_UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)


# What a reader of PDF and CMS may stumble over in a damaged file.
_UNREADABLE = (
    PdfError,
    SignatureValidationError,
    ValueError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
)


class SealUnreadable(Invalid):
    code = "seal_unreadable"
    says = "The key for sealing reports cannot be used: {why}."


class SealFailed(Unavailable):
    code = "seal_failed"
    says = "The report could not be sealed: {why}."


@dataclass(frozen=True)
class Seal:
    """A private key, as the library of PDFs wants it and as it was read, with its certificate.

    `fingerprint` is the certificate's SHA-256 (hex).
    """

    key: keys.PrivateKeyInfo
    private: PrivateKeyTypes
    certificate: asn1.Certificate

    @property
    def fingerprint(self) -> str:
        """What a reader compares with what the manager told it."""
        return str(self.certificate.sha256.hex())

    @property
    def holder(self) -> str:
        """Whose seal it is, as the certificate says."""
        name: str = (
            self.certificate.subject.native.get("common_name") or self.certificate.subject.human_friendly
        )
        return name


def open_seal(content: bytes, passphrase: str) -> Seal:
    """The seal in a PKCS#12 file. Refused as SealUnreadable: another format, passphrase, or no key inside."""
    try:
        found = pkcs12.load_pkcs12(content, passphrase.encode())
    except ValueError as fault:
        raise SealUnreadable(why="it is no PKCS#12 file, or the passphrase is another") from fault
    if found.key is None or found.cert is None:
        raise SealUnreadable(why="the file must hold a private key and its certificate")
    key = found.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate = found.cert.certificate.public_bytes(serialization.Encoding.DER)
    return Seal(keys.PrivateKeyInfo.load(key), found.key, asn1.Certificate.load(certificate))


def make_seal(holder: str, passphrase: str) -> bytes:
    """A new key with a certificate it signs itself, as a PKCS#12 file under `passphrase`."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, holder)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(MADE_FROM)
        .not_valid_after(MADE_UNTIL)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    lock = serialization.BestAvailableEncryption(passphrase.encode())
    return pkcs12.serialize_key_and_certificates(b"seal", key, certificate, None, lock)


class _Signer(signers.SimpleSigner):
    """Signs with the key that was read and checked when the seal was opened.

    The library reads and checks it for every signature, and signs twice to learn how much room it takes: nine tenths
    of the time of a sealed file went there.
    """

    def __init__(self, seal: Seal) -> None:
        super().__init__(
            signing_cert=seal.certificate, signing_key=seal.key, cert_registry=SimpleCertificateStore()
        )
        self._private = seal.private

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        mechanism = self.get_signature_mechanism_for_digest(digest_algorithm).signature_algo
        is_usual = (mechanism, digest_algorithm) == ("rsassa_pkcs1v15", DIGEST)
        if is_usual and isinstance(self._private, rsa.RSAPrivateKey):
            return self._private.sign(data, PKCS1v15(), hashes.SHA256())
        return bytes(super().sign_raw(data, digest_algorithm))


class _TimedSigner(signers.PdfSigner):
    """Signs as of an instant it is told instead of reading the clock."""

    def __init__(
        self, meta: signers.PdfSignatureMetadata, signer: signers.SimpleSigner, at: datetime
    ) -> None:
        super().__init__(meta, signer, new_field_spec=fields.SigFieldSpec(FIELD))
        self._at = at

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session


def apply(seal: Seal, drawn: bytes, *, number: str, at: datetime) -> bytes:
    """The file with the seal behind it; `number` is written as the reason, `at` as the time of signing."""
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=number,
        name=seal.holder,
        # Nothing may be added to a sealed report; a correction is a new version.
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    try:
        writer = IncrementalPdfFileWriter(BytesIO(drawn))
        sealed: BytesIO = _TimedSigner(meta, _Signer(seal), at).sign_pdf(writer)
    except (SigningError, PdfError) as fault:
        raise SealFailed(why=str(fault)) from fault
    return sealed.getvalue()


def examine(sealed: bytes, drawn: bytes, *, fingerprint: str) -> str | None:
    """What is wrong with a sealed file, in a few words; None when it holds.

    It must begin with the drawn bytes, carry one signature over everything, by the certificate of that
    fingerprint, and not have been touched since.
    """
    if not sealed.startswith(drawn):
        return "it does not begin with the approved file"
    try:
        found = PdfFileReader(BytesIO(sealed)).embedded_signatures
        if len(found) != 1:
            return f"it carries {len(found)} signatures instead of one"
        certificate = found[0].signer_cert
        if certificate.sha256.hex() != fingerprint:
            return "it was sealed with another key"
        start, _, after, length = found[0].byte_range
        if start != 0 or after + length != len(sealed):
            return "its seal does not cover the whole file"
        # Who vouches for the certificate is for the reader to judge; here it vouches for itself.
        trust = ValidationContext(
            trust_roots=[certificate], allow_fetching=False, moment=found[0].self_reported_timestamp
        )
        status = validate_pdf_signature(found[0], trust)
    except _UNREADABLE:
        return "its seal cannot be read"
    return None if status.bottom_line else "its seal is broken"
