from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from lingqu.errors import ConfigurationError, LingquError, UnavailableError
from lingqu_cli import __main__ as cli

HEAVY = ("fastapi", "sqlalchemy", "kafka", "confluent_kafka", "pyarrow", "jgo", "uvicorn")


def test_help_shows_own_nouns_and_brought_commands() -> None:
    result = CliRunner().invoke(cli.command_line(["--help"]), ["--help"])

    assert result.exit_code == 0
    assert {"serve", "up", "down", "status", "doctor"} <= set(result.output.split())


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from lingqu_cli.__main__ import command_line; command_line(['--help']);"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)

    assert done.stdout.strip() == b"[]"


def test_version_is_the_distributions() -> None:
    result = CliRunner().invoke(cli.command_line(["--version"]), ["--version"])

    assert result.output == f"lingqu {version('lingqu')}\n"


def test_an_unknown_command_is_refused() -> None:
    assert CliRunner().invoke(cli.command_line(["nonsense"]), ["nonsense"]).exit_code == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [(UnavailableError("no broker; start one"), 1), (ConfigurationError("no such setting"), 2)],
)
def test_a_failure_ends_in_one_sentence(
    error: LingquError,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(cli, "command_line", lambda _arguments: fail)

    with pytest.raises(SystemExit) as end:
        cli.main()

    assert end.value.code == code
    assert capsys.readouterr().err == f"lingqu: {error}\n"


@pytest.mark.parametrize("noun", [noun.name for noun in cli.NOUNS])
def test_every_noun_answers_with_its_own_help(noun: str) -> None:
    result = CliRunner().invoke(cli.command_line([noun]), [noun, "--help"])

    assert result.exit_code == 0
    assert f"{noun} [OPTIONS]" in result.output
