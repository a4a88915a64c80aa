"""Run trsim, or its checks, from a fresh copy: python3 go.py run scenarios/quickstart.yaml.

The first call makes a virtual environment in .venv and installs what requirements.lock pins; a
later call finds it up to date and goes straight to the job, without the network.  Only the
standard library is used, because nothing else is there yet.  Talk of the set-up goes to stderr.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

USAGE = """\
python3 go.py COMMAND ...                     exactly: trsim COMMAND ...
python3 go.py run scenarios/quickstart.yaml   for example
python3 go.py test [--deep] [PYTEST ...]      lint, types and tests; --deep: long campaigns too
"""
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "stamp"
CHECKS = ("ruff check .", "ruff format --check .", "mypy")


class SetupError(Exception):
    """The environment cannot be made; the message says why, and what would help."""


def refusal(major: int, minor: int) -> str:
    """Return why this Python cannot be used, or nothing when it can."""
    if (major, minor) >= (3, 11):
        return ""
    return f"go.py: trsim needs Python 3.11 or later, and this is Python {major}.{minor}."


# Asked here, because an older Python stops at the annotations below without saying why.
if refusal(*sys.version_info[:2]):
    sys.exit(refusal(*sys.version_info[:2]))


def fingerprint(root: Path, interpreter: str) -> str:
    """Return a hash of all that makes an environment; its folder too, as scripts name it."""
    digest = hashlib.sha256(f"{root}\n{interpreter}\n".encode())
    for name in ("requirements.lock", "pyproject.toml"):
        digest.update(hashlib.sha256((root / name).read_bytes()).digest())
    return digest.hexdigest()


def program(name: str) -> str:
    """Return the path of a program inside the environment."""
    windows = sys.platform == "win32"
    return str(VENV / ("Scripts" if windows else "bin") / (f"{name}.exe" if windows else name))


def clean(environment: dict[str, str]) -> dict[str, str]:
    """Return the environment variables without those that lead installs or imports astray."""
    astray = {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"}
    kept = {name: value for name, value in environment.items() if name.upper() not in astray}
    kept |= {"PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    # A company's proxy is known to the system's certificates only; older uv has the second name.
    return kept | {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}


def installers(uv: str | None, pip: str, ensurepip: bool) -> dict[str, list[list[str]]]:
    """Return the ways to install, best first: a name and its commands.

    The arguments say what the machine has: where uv is, what pip answers to --version, and
    whether there is ensurepip.
    """
    python = program("python")
    ways = {}
    if uv:
        ways["uv"] = _installation([uv, "pip", "install", "--python", python])
    version = re.match(r"pip (\d+)\.(\d+)", pip)
    if version and (int(version[1]), int(version[2])) >= (22, 3):  # the first with --python
        ways["pip"] = _installation([sys.executable, "-m", "pip", "--python", python, "install"])
    elif ensurepip:
        install = [python, "-m", "pip", "install"]
        ways["ensurepip"] = [[python, "-m", "ensurepip"], *_installation(install)]
    return ways


def _found() -> tuple[str | None, str, bool]:
    command = [sys.executable, "-m", "pip", "--version"]
    pip = subprocess.run(command, check=False, capture_output=True, text=True)
    return shutil.which("uv"), pip.stdout, importlib.util.find_spec("ensurepip") is not None


def _installation(install: list[str]) -> list[list[str]]:
    """Return the commands that install the locked packages and then trsim itself."""
    lock = str(ROOT / "requirements.lock")
    return [
        [*install, "--quiet", "--require-hashes", "--only-binary", ":all:", "--requirement", lock],
        [*install, "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
    ]


def set_up() -> None:
    """Make the environment, unless it is up to date.

    Raises
    ------
    SetupError
        If it cannot be made; the next call then starts again.
    """
    stamp = fingerprint(ROOT, f"{sys.version} {sys.base_prefix}")
    if _is_up_to_date(stamp):
        return
    if Path(sys.prefix) == VENV:  # what this process runs in must not be cleared under it
        _become([getattr(sys, "_base_executable", sys.executable), *sys.orig_argv[1:]])
    with _alone():
        if not _is_up_to_date(stamp):  # another set-up may have finished while this one waited
            _make(stamp)


def _is_up_to_date(stamp: str) -> bool:
    return STAMP.exists() and STAMP.read_text() == stamp and Path(program("python")).exists()


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other set-up runs in this folder, and keep others waiting meanwhile."""
    with open(ROOT / ".venv.lock", "w") as file:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # gives up after ten seconds
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("waiting for another set-up in this folder")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(stamp: str) -> None:
    """Make the environment anew in the first way that works; the stamp comes last."""
    STAMP.unlink(missing_ok=True)  # before the clearing, which may be interrupted too
    ways = installers(*_found())
    if not ways:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        raise SetupError(f"no pip here; on Debian or Ubuntu: sudo apt install {package}")
    for name, commands in ways.items():
        say(f"setting up .venv with {name}, which takes up to a minute")
        venv.EnvBuilder(clear=True, symlinks=sys.platform != "win32").create(VENV)
        if all(_step(command) == 0 for command in commands):
            STAMP.write_text(stamp)
            return
        say(f"{name} failed")
    raise SetupError("the set-up is not finished; the next call starts it again")


def _step(command: list[str]) -> int:
    """Run one command of the set-up and return its exit code.

    It gets a process group of its own, because pip works in a child of its own, which would go on
    writing into .venv if this process were told to end.
    """
    group = None if sys.platform == "win32" else 0
    with subprocess.Popen(command, stdout=sys.stderr, process_group=group) as process:
        try:
            return process.wait()
        except BaseException:  # Ctrl-C, or an exit that a signal asked for
            if sys.platform == "win32":
                process.terminate()
            else:
                os.killpg(process.pid, signal.SIGTERM)
            raise


def check(pytest_arguments: list[str]) -> int:
    """Run lint, types and tests, each of them in any case, and return 0 if all passed."""
    os.chdir(ROOT)
    failed = []
    for line in CHECKS:
        name, *arguments = line.split()
        start = time.monotonic()
        if subprocess.call([program(name), *arguments]):
            failed.append(line)
        result = "FAILED" if line in failed else "passed"
        print(f"{line}: {result} ({time.monotonic() - start:.1f} s)", flush=True)
    code = subprocess.call([program("pytest"), "-n", "auto", *pytest_arguments])
    if failed:
        say(f"not passed: {', '.join(failed)}")  # on stderr, as stdout ends with pytest's summary
    return code or int(bool(failed))


def say(text: str) -> None:
    """Tell the user one thing, in one line on stderr."""
    print(f"go.py: {text}", file=sys.stderr, flush=True)


def _end(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)  # as an exception, so that what runs below ends too


def _become(command: list[str]) -> NoReturn:
    """Go on as another program, which then gets the signals and gives the exit code."""
    if sys.platform == "win32":  # there, exec would return to the shell at once
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def main(arguments: list[str]) -> int:
    """Do what the command line asks and return the exit code."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USAGE, end="", file=sys.stdout if arguments else sys.stderr)
        return 0 if arguments else 2
    for ending in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(ending) == signal.SIG_DFL:  # else it is to be ignored, as under nohup
            signal.signal(ending, _end)
    environment = clean(dict(os.environ))
    os.environ.clear()
    os.environ.update(environment)
    try:
        set_up()
        if arguments[0] == "test":
            return check(arguments[1:])
        _become([program("trsim"), *arguments])
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    except (SetupError, OSError, ValueError) as error:  # ValueError: no folder for a venv
        say(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
