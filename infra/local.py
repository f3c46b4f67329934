"""The exchange on this machine, `renkei local`, for scripts that prove something with it."""

import json
import shutil
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

from loopback import ROOT, TARGET, environment, run, step

JAPAN = timezone(timedelta(hours=9))
# who sends to whom in the demo's files
CARE_MANAGER, DAY_SERVICE = "9871578812", "9779668095"
DEMO = ROOT / "crates/renkei/assets/demo"


def command(given):
    """The command that is to be proven: the one given, or the release build."""
    if given is None:
        with step("build the command"):
            run(["cargo", "build", "--release", "--quiet", "--package", "renkei"])
    return Path(given or TARGET / "release/renkei").resolve()


class Exchange:
    """`renkei local` on free ports, its data and log below `work`; gone when the block ends, its log stays."""

    def __init__(self, renkei, work, level="info"):
        self.renkei, self.data, self.log, self.level = renkei, work / "data", work / "exchange.log", level
        shutil.rmtree(self.data, ignore_errors=True)
        work.mkdir(parents=True, exist_ok=True)

    def __enter__(self):
        start = [self.renkei, "local", "--json", "--port", "0", "--data", self.data]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(start, env=environment({"RUST_LOG": self.level}), stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            self.operator = json.loads(self.process.stdout.readline())
        except ValueError:
            self.__exit__()
            raise SystemExit(f"the exchange didn't start: {self.log.read_text()}") from None
        self.api = self.operator["api"]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def admin(self, *arguments):
        printed = run([self.renkei, "admin", "--data", self.data, "--json", *arguments])
        return [json.loads(line) for line in printed.splitlines()]

    def register(self):
        """The demo's offices, each with a licence from today on."""
        for office, name, service in ((CARE_MANAGER, "みどりケアプランセンター", "43"), (DAY_SERVICE, "デイサービス陽だまり", "15")):
            self.admin("office", "add", "--office", office, "--name", name, "--service", service)
            self.admin("licence", "grant", "--office", office, "--kind", "paid", "--first", datetime.now(JAPAN).date().isoformat())

    def code(self, office):
        return self.admin("code", "--office", office)[0]["code"]
