"""go.py: when it sets up again, how it would install, and whom it turns away."""

from __future__ import annotations

import ast
import importlib.util
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PIP = "pip 23.0.1 from /usr/lib/python3/dist-packages/pip (python 3.11)"


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return go.py as a module that works on a small project, in a folder with a space."""
    spec = importlib.util.spec_from_file_location("go", ROOT / "go.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    root = tmp_path / "a project"
    root.mkdir()
    (root / "requirements.lock").write_text("simpy==4.1.2\n")
    (root / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(module, "ROOT", root)
    monkeypatch.setattr(module, "VENV", root / ".venv")
    monkeypatch.setattr(module, "STAMP", root / ".venv" / "stamp")
    return module


@pytest.fixture
def machine(go: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[list[str]]]:
    """Return a function that says what the machine has and returns the list of calls it gets."""

    def has(uv: str | None, pip: str, broken: str = "") -> list[list[str]]:
        calls: list[list[str]] = []

        def step(command: list[str]) -> int:
            calls.append(command)
            assert not go.STAMP.exists()
            return int(command[0] == broken)

        monkeypatch.setattr(go, "_found", lambda: (uv, pip, False))
        monkeypatch.setattr(go, "_step", step)
        return calls

    return has


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 10)])
def test_an_old_python_is_refused_in_one_sentence(go: ModuleType, version: tuple[int, int]) -> None:
    needed, found = "Python 3.11 or later", f"Python {version[0]}.{version[1]}."
    assert go.refusal(*version) == f"go.py: trsim needs {needed}, and this is {found}"


@pytest.mark.parametrize("version", [(3, 11), (3, 14), (4, 0)])
def test_a_python_from_3_11_on_is_accepted(go: ModuleType, version: tuple[int, int]) -> None:
    assert go.refusal(*version) == ""


def test_an_old_python_can_read_as_far_as_the_refusal() -> None:
    tree = ast.parse((ROOT / "go.py").read_text(), feature_version=(3, 7))
    asked = next(place for place, node in enumerate(tree.body) if isinstance(node, ast.If))
    (before,) = (node for node in tree.body[:asked] if isinstance(node, ast.FunctionDef))
    assert before.name == "refusal"


def test_the_stamp_stays_while_nothing_changes(go: ModuleType) -> None:
    assert go.fingerprint(go.ROOT, "3.11.7 /usr") == go.fingerprint(go.ROOT, "3.11.7 /usr")


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_the_stamp_changes_with_each_file(go: ModuleType, name: str) -> None:
    before = go.fingerprint(go.ROOT, "3.11.7 /usr")
    (go.ROOT / name).write_text("# changed\n")
    assert go.fingerprint(go.ROOT, "3.11.7 /usr") != before


def test_the_stamp_changes_with_the_interpreter(go: ModuleType) -> None:
    assert go.fingerprint(go.ROOT, "3.11.7 /usr") != go.fingerprint(go.ROOT, "3.12.1 /usr")


def test_the_stamp_changes_with_the_folder(go: ModuleType) -> None:
    other = go.ROOT.rename(go.ROOT.with_name("moved"))
    moved = go.fingerprint(other, "3.11.7 /usr")
    other.rename(go.ROOT)
    assert go.fingerprint(go.ROOT, "3.11.7 /usr") != moved


def test_uv_comes_first_and_pip_second(go: ModuleType) -> None:
    ways = go.installers("/opt/uv", PIP, True)
    assert list(ways) == ["uv", "pip"]
    assert ways["uv"][0][:5] == ["/opt/uv", "pip", "install", "--python", go.program("python")]
    pip = [go.sys.executable, "-m", "pip", "--python", go.program("python"), "install"]
    assert ways["pip"][0][:6] == pip


@pytest.mark.parametrize("pip", ["", "pip 22.2.2 from somewhere (python 3.11)"])
def test_ensurepip_stands_in_for_a_missing_or_old_pip(go: ModuleType, pip: str) -> None:
    ways = go.installers(None, pip, True)
    assert list(ways) == ["ensurepip"]
    assert ways["ensurepip"][0] == [go.program("python"), "-m", "ensurepip"]
    assert go.installers(None, pip, False) == {}


def test_each_way_installs_hashed_wheels_and_then_the_project_alone(go: ModuleType) -> None:
    ways = go.installers("/opt/uv", PIP, False) | go.installers(None, "", True)
    assert list(ways) == ["uv", "pip", "ensurepip"]
    for commands in ways.values():
        *_, locked, project = commands
        assert {"--require-hashes", "--only-binary"} < set(locked)
        assert locked[-2:] == ["--requirement", str(go.ROOT / "requirements.lock")]
        assert {"--no-deps", "--no-build-isolation"} < set(project)
        assert project[-2:] == ["--editable", str(go.ROOT)]


def test_what_leads_an_installer_astray_is_cleared(go: ModuleType) -> None:
    environment = {"PATH": "/bin", "PIP_USER": "1", "PYTHONPATH": "/other", "PIP_TARGET": "/other"}
    cleaned = go.clean(environment)
    assert cleaned["PATH"] == "/bin"
    assert cleaned["PIP_USER"] == "0"
    assert cleaned["UV_SYSTEM_CERTS"] == "1"
    assert not {"PYTHONPATH", "PIP_TARGET"} & set(cleaned)


def test_a_second_set_up_has_nothing_to_do(
    go: ModuleType, machine: Callable[..., list[list[str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    calls = machine("/opt/uv", PIP)
    go.set_up()
    assert [command[0] for command in calls] == ["/opt/uv", "/opt/uv"]
    capsys.readouterr()
    go.set_up()
    assert len(calls) == 2
    assert capsys.readouterr() == ("", "")


def test_pip_takes_over_when_uv_fails(
    go: ModuleType, machine: Callable[..., list[list[str]]]
) -> None:
    calls = machine("/opt/uv", PIP, broken="/opt/uv")
    go.set_up()
    assert [command[0] for command in calls] == ["/opt/uv", go.sys.executable, go.sys.executable]


def test_a_failed_set_up_leaves_no_stamp(
    go: ModuleType, machine: Callable[..., list[list[str]]]
) -> None:
    machine("/opt/uv", "", broken="/opt/uv")
    with pytest.raises(go.SetupError, match="the next call starts it again"):
        go.set_up()
    assert not go.STAMP.exists()


def test_a_machine_without_installer_is_told_the_package(
    go: ModuleType, machine: Callable[..., list[list[str]]]
) -> None:
    machine(None, "")
    with pytest.raises(go.SetupError, match=r"apt install python3\.\d+-venv$"):
        go.set_up()


def test_help_goes_to_stdout_and_misuse_to_stderr(
    go: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert go.main(["--help"]) == 0
    assert capsys.readouterr() == (go.USAGE, "")
    assert go.main([]) == 2
    assert capsys.readouterr() == ("", go.USAGE)


def test_the_lock_meets_what_the_project_asks_for_and_names_no_address() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())
    text = (ROOT / "requirements.lock").read_text()
    pins = [Requirement(line.rstrip("\\ ")) for line in text.splitlines() if line[0].isalpha()]
    for line in asked["project"]["dependencies"] + asked["dependency-groups"]["dev"]:
        wanted = Requirement(line)
        found = [pin for pin in pins if pin.name == canonicalize_name(wanted.name)]
        assert found, f"{wanted.name} is not in the lock"
        for pin in found:
            (version,) = pin.specifier
            assert wanted.specifier.contains(version.version), f"{pin} does not meet {wanted}"
    assert "://" not in text
