"""An export folder: what lies in it, and the fingerprints by which anybody can tell that nothing was changed.

    manifest.json        every other file with its SHA-256, and how many rows each table has
    README.txt           what this is, in plain words
    tables/NAME.csv      one table: UTF-8, a header row, rows in the order of their key, NULL as nothing
    blobs/SHA256         one document, named by the SHA-256 of its bytes

Nothing in it depends on when or where it was written: the same rows give the same bytes.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from kernel.errors import Conflict, Invalid, NotFound, Problem

FORMAT = "achievement-fund-export/1"
MANIFEST = "manifest.json"
README = "README.txt"
PIECE = 1 << 20

# Tables that are not exported, and why; the reasons stand in the manifest.
LEFT_OUT: Mapping[str, str] = {
    "web_session": "signed-in browsers; everybody signs in again",
    "setup_code": "codes of the first start; an export has users, so there is nothing to begin",
    "answered_request": "answers kept for repeated requests; each is readable by the one who asked only",
    "played_clock": "whether time is played is said of a database by its owner, not carried into another one",
    "handed_in": "lists looked at and not imported; hand them in again",
}

_NAMES = re.compile(r"README\.txt|tables/[a-z_]+\.csv|blobs/[0-9a-f]{64}")

TEXT = """\
An export of a fund
===================

Everything that the application may read, in open formats, written by `afund export` and read back by
`afund restore` into an empty database.

tables/NAME.csv   One file for each table. UTF-8, comma separated, the first row holds the names of the columns,
                  rows stand in the order of their key. Nothing between two commas is "no value", "" is an empty
                  text. Amounts are whole fen (1/100 CNY), exact fractions are written n/d, instants are UTC.
blobs/SHA256      The documents. Each is named by the SHA-256 of its bytes; tables/blob.csv says what kind it is.
manifest.json     The SHA-256 of every file and the number of rows of every table.

To check it without any software of ours: `sha256sum` each file and compare with manifest.json. The audit trail in
tables/audit_event.csv is a chain: the hash of each event covers the hash of the one before it.

Not in here: sealed ballots of motions whose vote has not been closed (nobody but the voter may read them),
signed-in sessions, kept answers to repeated requests, and work that was waiting to be done.

Keep this folder as safe as the database itself: it holds everybody's accounts, and hashes of passwords.
"""


class FolderInUse(Conflict):
    code = "export_folder_in_use"
    says = "{folder} is not an empty folder; name a new one, so that nothing old is taken for part of the export."


class FolderUnwritable(Conflict):
    code = "export_folder_unwritable"
    says = "{folder} cannot be written: {why}."


class NotAnExport(NotFound):
    code = "not_an_export"
    says = "{folder} is not an export: it has no readable manifest.json of the form {form}."


class ExportDamaged(Invalid):
    code = "export_damaged"
    says = "{folder} is not what its manifest says ({count} differences); nothing was restored."


class Kept(BaseModel):
    """What the manifest says of one file; `rows` only of a table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    size: int
    rows: int | None = None


class Manifest(BaseModel):
    """The manifest: files by their path within the folder, and what was left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str
    files: dict[str, Kept]
    left_out: dict[str, str]

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(kept.rows or 0 for kept in self.files.values())

    def under(self, folder: str) -> int:
        """How many files lie in `folder`."""
        return sum(path.startswith(f"{folder}/") for path in self.files)


@dataclass(frozen=True)
class Folder:
    """An export folder on disk."""

    path: Path

    def begin(self) -> None:
        """Make the folder and its parts. Refused: a folder that holds something, or that cannot be written."""
        try:
            if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
                raise FolderInUse(folder=self.path)
            (self.path / "tables").mkdir(parents=True)
            (self.path / "blobs").mkdir()
        except OSError as fault:
            raise FolderUnwritable(folder=self.path, why=fault.strerror) from fault

    def finish(self, files: Mapping[str, Kept]) -> Manifest:
        """Write the README and, last of all, the manifest: a folder without one is not an export."""
        every = {**files, README: self.write(README, [TEXT.encode()])}
        manifest = Manifest(format=FORMAT, files=dict(sorted(every.items())), left_out=dict(LEFT_OUT))
        body = manifest.model_dump(exclude_none=True)
        text = json.dumps(body, indent=2, ensure_ascii=False)
        (self.path / MANIFEST).write_bytes(f"{text}\n".encode())
        return manifest

    def write(self, name: str, pieces: Iterator[bytes] | list[bytes], *, rows: int | None = None) -> Kept:
        """Write one file piece by piece and say what the manifest keeps of it."""
        digest, size = hashlib.sha256(), 0
        with (self.path / name).open("wb") as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                size += len(piece)
        return Kept(sha256=digest.hexdigest(), size=size, rows=rows)

    def checked(self) -> Manifest:
        """The manifest, once every file was found to be what it says. Refused: each difference by its file."""
        manifest = self._manifest()
        problems = [
            Problem(name, fault)
            for name in sorted(manifest.files.keys() | self._present())
            if (fault := self._fault(name, manifest.files.get(name)))
        ]
        if problems:
            raise ExportDamaged(folder=self.path, count=len(problems), problems=problems)
        return manifest

    def _manifest(self) -> Manifest:
        try:
            manifest = Manifest.model_validate_json((self.path / MANIFEST).read_bytes())
        except (OSError, ValidationError) as fault:
            raise NotAnExport(folder=self.path, form=FORMAT) from fault
        if manifest.format != FORMAT:
            raise NotAnExport(folder=self.path, form=FORMAT)
        return manifest

    def _present(self) -> set[str]:
        files = (file for file in self.path.rglob("*") if not file.is_dir())
        return {file.relative_to(self.path).as_posix() for file in files} - {MANIFEST}

    def _fault(self, name: str, kept: Kept | None) -> str:
        """What is wrong with one file, or nothing."""
        if kept is None:
            return "is in the folder and not in the manifest"
        if not _NAMES.fullmatch(name):
            return "is no name of a file in an export"
        file = self.path / name
        if not file.is_file():
            return "is in the manifest and not in the folder"
        if fingerprint(file) != kept.sha256:
            return "its SHA-256 is not that of the manifest"
        if name.startswith("blobs/") and name != f"blobs/{kept.sha256}":
            return "its name is not the SHA-256 of its bytes"
        return ""


def fingerprint(file: Path) -> str:
    """The SHA-256 of a file, read piece by piece."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
