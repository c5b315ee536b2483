"""What tests of an installation share: the wheel, installed into an environment of its own."""

import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

from corepath.warehouse.settings import ROOT
from tests.conftest import Once


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel; what the wheel needs is found in the tests' own."""

    wheel: Path
    bin: Path
    site: Path

    def run(self, program: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run one of its programs in a folder, for a user who has set nothing."""
        return subprocess.run(
            [str(self.bin / program), *arguments],
            cwd=cwd,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def environment(self) -> dict[str, str]:
        """Nothing of it leads to the checkout."""
        ours = ("COREPATH", "PREFECT", "PYTHON")
        others = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return others | {"PATH": f"{self.bin}:{os.environ['PATH']}"}


def copy_tree(tree: Path) -> None:
    """Copy what a wheel is made of: the package, what its links lead to, and what says how."""
    tree.mkdir()
    shutil.copytree(
        ROOT / "corepath", tree / "corepath", symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
    )
    for link in (ROOT / "corepath").iterdir():
        target = ROOT / link.name
        if link.is_symlink() and target.is_dir():
            shutil.copytree(target, tree / link.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif link.is_symlink():
            shutil.copyfile(target, tree / link.name)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, tree / name)


def _install(folder: Path) -> Installed:
    copy_tree(folder / "tree")
    # As `make dist` does it.
    build = "from setuptools import build_meta; build_meta.build_wheel('..')"
    subprocess.run([sys.executable, "-c", build], cwd=folder / "tree", capture_output=True, check=True)
    (wheel,) = folder.glob("corepath-*.whl")
    environment = folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    bin = environment / "bin"
    pip = [str(bin / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-index", "--no-deps", str(wheel)], check=True)
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "requirements.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    # What pip would write of a requirement.
    prefect = bin / "prefect"
    prefect.write_text(f"#!{bin / 'python'}\nfrom prefect.cli import app\n\napp()\n")
    prefect.chmod(0o755)
    return Installed(wheel, bin, site)


@pytest.fixture(scope="session")
def installed(once: Once) -> Installed:
    """The wheel, built of a copy of the tree and installed; for reading only."""
    return once("installed", _install)
