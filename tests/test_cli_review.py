"""`kg review` as a person meets it: keys through a pipe, keys in a terminal, and spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.pipeline import build
from tests.review_support import TEXT, dossier, states

ENV = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "KG_REVIEWER": "Ä. Curator", "KG_LANG": "en"}
TERMINAL = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")


def made(root: Path, text: str = TEXT) -> Path:
    """A folder with a dossier, whose document has that text, and its store."""
    build(dossier(root / "dossier", text), store=root / "store")
    return root


@pytest.fixture(scope="module", name="many")
def _many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("many"))


@pytest.fixture(scope="module", name="single")
def _single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("single"), "The sea was calm.\n\nFinland accused France of a blockade.\n\nSnow fell.\n")


@pytest.fixture(name="root")
def _root(many: Path, tmp_path: Path) -> Path:
    """Five claims."""
    return Path(shutil.copytree(many, tmp_path / "root"))


@pytest.fixture(name="one")
def _one(single: Path, tmp_path: Path) -> Path:
    """One claim."""
    return Path(shutil.copytree(single, tmp_path / "root"))


def command(root: Path, *args: str | Path) -> list[str]:
    return [sys.executable, "-m", "kg", "review", "-d", str(root / "dossier"), "-s", str(root / "store"), *map(str, args)]


def review(root: Path, keys: str, *args: str | Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**ENV, **(env or {})}
    return subprocess.run(
        command(root, *args), input=keys, capture_output=True, encoding="utf-8", env=environment, cwd=root, timeout=60, check=False
    )


def log(root: Path) -> list[dict[str, object]]:
    file = root / "dossier" / "reviews.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def decisions(root: Path) -> list[object]:
    return [record["decision"] for record in log(root)]


def test_keys_through_a_pipe_decide(root: Path) -> None:
    done = review(root, "a\nr\ns\nu\nq\n")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert decisions(root) == ["accept", "reject", "withdraw"]
    assert {record["by"] for record in log(root)} == {"Ä. Curator"}
    assert all(str(record["at"]).endswith("Z") for record in log(root))
    assert max(map(len, done.stdout.splitlines())) <= 80
    shown = done.stdout
    assert "1/5 · example, 2018-07-17 · certainty 0." in shown
    assert "[Finland] threatened [Emmanuel Macron] with sanctions." in " ".join(review(root, "s\ns\ns\ns\ns\n").stdout.split())
    assert shown.index("Accepted.") < shown.index("Rejected.") < shown.index("Skipped.") < shown.index("Taken back")
    assert "Decisions written: 1, by Ä. Curator" in " ".join(shown.split())


def test_the_end_of_the_pipe_ends_the_review_and_keeps_what_was_decided(root: Path) -> None:
    done = review(root, "a")
    assert done.returncode == 0, done.stderr
    assert decisions(root) == ["accept"]
    assert "1/4" in review(root, "").stdout


def test_in_german(one: Path) -> None:
    done = review(one, "?\nx\ne\nAbsage\nAbkommen\n", "--lang", "de", "--limit", "1")
    assert done.returncode == 0, done.stderr
    text = done.stdout
    for words in (
        "Sicherheit 0.",
        "Was",
        "Beschuldigen",
        "Finnland",
        "Frankreich",
        "geschehen",
        "das Dokument selbst",
        "a annehmen",
        "keine Taste",
    ):
        assert words in text, words
    assert max(map(len, text.splitlines())) <= 80
    assert decisions(one) == []


def test_an_edit_keeps_what_is_not_answered(one: Path) -> None:
    done = review(one, "e\nDrohen\nNiinistö; nobody at all\nNiinistö; Finland\n\nnegated\nFrance\nq\n")
    assert done.returncode == 0, done.stderr
    assert "nothing here is called 'nobody at all'" in done.stdout
    (record,) = log(one)
    base = "https://example.org/small/id/"
    assert record["edit"] == {
        "type": "Threaten",
        "actors": [base + "person/sauli-niinisto", base + "state/finland"],
        "recipients": [base + "state/france"],
        "status": "negated",
        "speakers": [base + "state/france"],
    }
    assert sorted(states(build(one / "dossier")).values()).count("Accepted") == 1


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("e\n-\n", "nothing here is called ''"),
        ("e\n\n-\n\n\n\nq\n", "somebody has to act"),
        ("e\nmember of\n\n-\n\n\nq\n", "MemberOf is between one actor and one recipient"),
        ("e\n\n\n\n\n\nq\n", "Nothing was changed."),
        ("e\nVisit\n", "What"),
        ("m\nq\n", "There is no new name here"),
        ("u\nq\n", "There is nothing to undo."),
    ],
)
def test_what_cannot_be_done_writes_nothing(one: Path, keys: str, said: str) -> None:
    done = review(one, keys)
    assert done.returncode == 0, done.stderr
    assert said in " ".join(done.stdout.split())
    assert decisions(one) == []


def test_a_new_name_is_merged_or_kept_apart(tmp_path: Path) -> None:
    root = made(tmp_path, "Emmanuel Macron threatened Finland.\n")
    done = review(root, "k\n\nu\nm\n\na\nq\n")
    assert done.returncode == 0, done.stderr
    assert "perhaps Emanuel Makron? m merges, k keeps apart" in done.stdout
    assert "Emmanuel Macron is kept apart from Emanuel Makron." in done.stdout
    assert "Emmanuel Macron is now Emanuel Makron, everywhere." in done.stdout
    assert decisions(root) == ["apart", "withdraw", "merge", "accept"]
    assert re.search(r"Who +Emanuel Makron", done.stdout)
    assert log(root)[2]["name"] == "Emmanuel Macron"


def test_the_last_claim_can_still_be_undone(one: Path) -> None:
    done = review(one, "a\nu\nr\nq\n")
    assert "That was the last one." in done.stdout
    assert decisions(one) == ["accept", "withdraw", "reject"]
    assert "No claim is open." in review(one, "").stdout


def test_the_list_names_document_claim_and_sentence(one: Path) -> None:
    done = review(one, "", "--list")
    assert done.returncode == 0
    first, second = done.stdout.splitlines()
    assert re.fullmatch(r"0\.\d\d  example  Accuse: Finland → France  \[happened\]", first)
    assert second == "      “Finland accused France of a blockade.”"
    assert done.stderr == "Open claims: 1\n"
    assert "Beschuldigen: Finnland → Frankreich  [geschehen]" in review(one, "", "--list", "--lang", "de").stdout
    assert decisions(one) == []


def test_a_limit_and_a_document_narrow_the_choice(root: Path) -> None:
    assert len(review(root, "", "--list", "--limit", "2").stdout.splitlines()) == 4
    assert "1/2" in review(root, "", "--limit", "2", "--document", "example").stdout


def test_a_spreadsheet_goes_out_and_comes_back(root: Path) -> None:
    sheet = root / "claims.csv"
    assert review(root, "", "--export", sheet).returncode == 0
    assert review(root, "", "--import", sheet).stdout.startswith("Decisions taken over: 0")
    rows = list(csv.DictReader(io.StringIO(sheet.read_text(encoding="utf-8-sig"), newline="")))
    rows[0]["decision"], rows[1]["decision"] = "accept", "reject"
    with sheet.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    done = review(root, "", "--import", sheet)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Decisions taken over: 2")
    assert decisions(root) == ["accept", "reject"]
    rows[2]["decision"] = "perhaps"
    with sheet.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    failed = review(root, "", "--import", sheet)
    assert failed.returncode == 1
    assert failed.stderr.startswith(f"Error: {sheet}:4: unknown decision 'perhaps'")
    assert len(failed.stderr.splitlines()) == 1
    assert len(log(root)) == 2


def test_errors_are_one_line(root: Path) -> None:
    (root / "dossier" / "reviews.jsonl").write_text('{"claim": "x"\n', encoding="utf-8")
    for args in ([], ["--list"], ["--export", "-"]):
        done = review(root, "a\n", *args)
        assert done.returncode == 1
        assert done.stderr.startswith("Error: ")
        assert "reviews.jsonl:1: this line is no review" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert (root / "dossier" / "reviews.jsonl").read_text(encoding="utf-8") == '{"claim": "x"\n'
    (root / "dossier" / "reviews.jsonl").unlink()
    for args, message in (
        (["--document", "nowhere"], "nothing here is called 'nowhere'"),
        (["-s", str(root / "none")], "run 'kg build' first"),
        (["--import", str(root / "none.csv")], "cannot be read"),
    ):
        done = review(root, "", *args)
        assert (done.returncode, message in done.stderr) == (1, True), done.stderr
    assert review(root, "", "--list", "--export", "-").returncode == 2


def test_the_packaged_dossier_of_an_installed_kg_is_refused_before_anything_is_asked(root: Path) -> None:
    folder = (root / "dossier").rename(root / "_dossier")
    program = (
        "import sys; from pathlib import Path; import kg.review.desk as desk, kg.cli\n"
        "folder = Path(sys.argv.pop(1))\ndesk.packaged = lambda: folder\nkg.cli.main()"
    )
    args = [str(folder), "review", "-d", str(folder), "-s", str(root / "store")]
    done = subprocess.run(
        [sys.executable, "-c", program, *args], input="a\n", capture_output=True, encoding="utf-8", env=ENV, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "the packaged dossier is not for editing" in done.stderr
    assert "kg init DIR" in done.stderr


def test_who_decides_is_taken_from_git_and_else_from_the_login(root: Path) -> None:
    git = {"KG_REVIEWER": "", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "Git Person"}
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    review(root, "a\n", env=git)
    none = {"KG_REVIEWER": "", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "LOGNAME": "login-name"}
    review(root, "a\n", env=none)
    assert [record["by"] for record in log(root)] == ["Git Person", "login-name"]


class Terminal:
    """`kg review` in a pseudo-terminal of 80 by 30."""

    def __init__(self, root: Path, *args: str) -> None:
        import fcntl
        import pty
        import struct
        import termios

        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 80, 0, 0))
        env = {name: value for name, value in ENV.items() if name != "COLUMNS"} | {"TERM": "xterm"}
        self.process = subprocess.Popen(
            command(root, *args), stdin=slave, stdout=slave, stderr=slave, env=env, cwd=root, start_new_session=True, close_fds=True
        )
        os.close(slave)
        self.seen = ""

    def wait_for(self, text: str, seconds: float = 30.0) -> None:
        import select

        start, until = len(self.seen), time.monotonic() + seconds
        while text not in self.seen[start:]:
            assert time.monotonic() < until, self.seen[start:]
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self.master, 65536).decode("utf-8", "replace")
                except OSError:
                    break
        assert text in self.seen[start:], self.seen

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def hit(self, key: str) -> None:
        """Press a key once the program waits for single keys; what is typed ahead is dropped, so that no claim is decided unseen."""
        import termios

        until = time.monotonic() + 20
        while termios.tcgetattr(self.master)[3] & termios.ICANON:
            assert time.monotonic() < until
            time.sleep(0.01)
        self.press(key)


@TERMINAL
def test_single_keys_in_a_terminal_and_control_c_loses_nothing(root: Path) -> None:
    terminal = Terminal(root)
    terminal.wait_for("q quit")
    assert "\x1b[1;4m" in terminal.seen, "names are underlined"
    terminal.hit("a")
    terminal.wait_for("q quit")
    assert decisions(root) == ["accept"], "a decision is on disk before the next claim is shown"
    terminal.hit("e")
    terminal.wait_for("What [")
    terminal.press("\x04")
    terminal.wait_for("q quit")
    terminal.hit("r")
    terminal.wait_for("q quit")
    terminal.hit("\x03")
    terminal.wait_for("Stopped.")
    assert terminal.process.wait(20) == 130
    os.close(terminal.master)
    assert decisions(root) == ["accept", "reject"]
    assert "Traceback" not in terminal.seen


@TERMINAL
def test_a_killed_review_loses_nothing(root: Path) -> None:
    terminal = Terminal(root)
    terminal.wait_for("q quit")
    terminal.hit("a")
    terminal.wait_for("2/5")
    os.kill(terminal.process.pid, signal.SIGKILL)
    terminal.process.wait(20)
    os.close(terminal.master)
    assert decisions(root) == ["accept"]
    assert review(root, "a\n").returncode == 0
    assert decisions(root) == ["accept", "accept"]
