"""What is committed names no download host and no path of one machine, and the top level stays as decided."""

import subprocess

from tests.house.tree import TOP

# Spelt in two halves, so that this file does not break its own rule.
HOSTS = ["pypi" + ".org", "pythonhosted" + ".org", "registry.npmjs" + ".org", "deb.debian" + ".org"]
PATHS = ["/" + "work/", "/" + "root/"]
ALLOWED_AT_TOP = {
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "Dockerfile",
    "compose.yaml",
    "requirements.lock",
    "package.json",
    "package-lock.json",
    "fund",
    "pipeline",
    "valuation",
    "lp_reports",
    "fixtures",
    "tests",
    "kernel",
    "app",
    "docs",
}


def _committed() -> list[str]:
    listing = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=True)
    return listing.stdout.splitlines()


def test_no_download_host_and_no_machine_path_is_named() -> None:
    found = []
    for path in _committed():
        file = TOP / path
        if not file.is_file() or file.suffix in {".png", ".xlsx", ".jpg", ".pdf", ".ico", ".woff2"}:
            continue
        text = file.read_bytes().decode("utf-8", errors="replace")
        found += [f"{path} names {word}" for word in HOSTS + PATHS if word in text]
    assert found == []


def test_the_top_level_is_as_decided() -> None:
    tops = {path.split("/")[0] for path in _committed()}
    assert {top for top in tops if not top.startswith(".")} <= ALLOWED_AT_TOP
