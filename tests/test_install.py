"""The wheel that is built, installed in an environment of its own: everything the program needs is in it."""

import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from lcs_cli import __version__

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the sources, so that nothing is left in them."""
    folder = tmp_path_factory.mktemp("built")
    kept = [ROOT / name for name in ("pyproject.toml", "README.md", "lcs_cli")]
    subprocess.run(["cp", "-r", *kept, folder], check=True)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "."]
    subprocess.run(build, cwd=folder, check=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def lcs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in an environment that has nothing else of ours; other packages are those of the tests."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True)
    paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    (Path(paths["purelib"]) / "others.pth").write_text(f"{sysconfig.get_paths()['purelib']}\n")
    return folder / "bin" / "lcs"


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """Every file of it that the program reads, no test, and no compiled file."""
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "lcs_cli").rglob("*") if path.is_file()}
    there = {name for name in there if "__pycache__" not in name}
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == there


def test_it_runs_from_an_empty_folder(lcs: Path, tmp_path: Path) -> None:
    """The whole job on an invented vault, with rules, migrations and texts that are in the wheel."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LCS_STATE": str(tmp_path / "state")}

    def said(program: Path, *argv: str) -> str:
        done = subprocess.run([str(program), *argv], env=env, cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout

    assert said(lcs, "--version") == f"lcs {__version__}\n"
    where = said(lcs.with_name("python"), "-c", "import lcs_cli; print(lcs_cli.__file__)")
    assert where.startswith(str(lcs.parents[1]))
    assert "Registered as EX-000001-R" in said(lcs, "demo", "--into", "demo")


def test_what_is_locked_is_what_the_project_asks_for() -> None:
    """Each package that it names, in a version that it takes, with the digests that pip checks."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    pinned = {}
    for line in lines:
        if line and not line.startswith((" ", "#")):
            named, _, digests = line.partition(" --hash=")
            one = Requirement(named.split(" --hash")[0].strip())
            pinned[one.name.lower().replace("_", "-")] = one
            assert "sha256:" in digests, line
    extras = {name: wanted for name, wanted in PROJECT["optional-dependencies"].items() if name != "test"}
    for text in [*PROJECT["dependencies"], *(one for wanted in extras.values() for one in wanted)]:
        wanted = Requirement(text)
        (version,) = pinned[wanted.name.lower().replace("_", "-")].specifier
        assert wanted.specifier.contains(version.version), text
