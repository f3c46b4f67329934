"""Three validators under one roof: how each is installed, told the layout, run and read. For infra/compare-validators."""

import csv
import io
import json
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from loopback import ROOT, TARGET, run, tools

WORK = TARGET / "compare-validators"
QSV = "16.1.0"
ENCODING = "cp932"
DATA = ROOT / "crates/standard/data"

# What an item's form (layouts.csv, `format`) is as a pattern. None: any text, as far as length and codes allow.
DATE = "[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
MONTH = "[0-9]{4}(0[1-9]|1[0-2])"
TIME = "([01][0-9]|2[0-3])[0-5][0-9]|2400"
PATTERNS = {
    "code": "[!-~]+",
    "csv_version": None,
    "date": DATE,
    "day_flags_31": "[01 ]{31}",
    "digits": "-?[0-9]+",
    "free_text": None,
    "insured_number": "[0-9H][0-9]{9}",
    "insurer_number": "[0-9]{6}",
    "month": MONTH,
    "office_number": "[0-9]{2}[0-9A-HJ-NPR-Z][0-9]{7}",
    "service_code": "[0-9A-Z]{6}",
    "tais_code": "[0-9]{5}-[0-9]{6}",
    "time_hhmm_or_9999": f"{TIME}|9999",
    "tool_notification_code": None,
    "unused": "",
}


@dataclass
class Ran:
    seconds: float
    cpu_seconds: float
    mebibytes: float
    code: int
    stdout: str
    stderr: str


@dataclass
class Said:
    """What a validator said of a file: whether it takes it, how many complaints, and the first one in short."""
    accepted: bool
    complaints: int
    first: str


def timed(command):
    """Runs it under GNU time, which alone tells the peak of the command and not of what started it."""
    used = WORK / "used"
    started = time.perf_counter()
    ended = subprocess.run(["/usr/bin/time", "--quiet", "--format=%M %U %S", f"--output={used}", *map(str, command)], cwd=WORK, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    kibibytes, *cpu = map(float, used.read_text().split())
    return Ran(seconds, sum(cpu), kibibytes / 1024, ended.returncode, ended.stdout, ended.stderr)


def table(name):
    with (DATA / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


class Renkei:
    """Reads the file as it is."""

    label = "renkei validate"

    def __init__(self):
        run(["cargo", "build", "--release", "--quiet", "--package", "renkei"])
        self.command = TARGET / "release/renkei"

    def prepare(self, path):
        return path

    def run(self, path):
        return timed([self.command, "validate", "--json", path])

    def read(self, ran, path):
        files = [json.loads(line) for line in ran.stdout.splitlines()]
        # the line without a file is about the set, and a single file of a comparison is none
        findings = [finding for line in files if line["file"] for finding in line["findings"]]
        more = sum(int(number) for number in re.findall(r"(\d+) more findings", ran.stderr))
        first = min(findings, key=lambda finding: finding["severity"] != "error", default=None)
        told = f"{first['rule']} {first['severity']}" if first else ""
        return Said(not any(finding["severity"] == "error" for finding in findings), len(findings) + more, told)


class Qsv:
    """Reads UTF-8 with a heading row. `qsvdp` is the one edition of qsv that builds from the registry: the others' `json` needs a patched crate."""

    def __init__(self, kind, jobs=None):
        self.options = ["--jobs", jobs] if jobs else []
        self.label = " ".join(map(str, ["qsv", QSV, "validate", *self.options]))
        home = TARGET / f"tools/qsv-{QSV}"
        self.command = home / "bin/qsvdp"
        if not self.command.exists():
            run(["cargo", "install", "qsv", "--locked", "--version", QSV, "--features", "datapusher_plus", "--bin", "qsvdp", "--root", home,
                 "--target-dir", home / "build"])
        self.items = [item for item in table("layouts.csv") if item["file"] == kind]
        self.schema = WORK / f"{kind}.schema.json"
        properties = {item["name_en"]: self.property(item) for item in self.items}
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": properties, "required": list(properties)}
        self.schema.write_text(json.dumps(schema, ensure_ascii=False, indent=1))

    @staticmethod
    def property(item):
        pattern, codes = form(item)
        # qsv makes null of an empty cell
        optional = item["required"] != "yes"
        given = {"type": ["string", "null"] if optional else "string"}
        if item["length"]:
            given["maxLength"] = int(item["length"])
        if pattern is not None:
            given["pattern"] = f"^({pattern})$"
        if codes:
            given["enum"] = [*codes, None] if optional else codes
        return given

    def prepare(self, path):
        """The copy. What isn't MS932 stays as it is: no converter would hand it on."""
        copy = WORK / f"utf8/{path.parent.name}/{path.name}"
        copy.parent.mkdir(parents=True, exist_ok=True)
        content = path.read_bytes()
        try:
            content = content.decode(ENCODING).encode()
        except UnicodeDecodeError:
            pass
        heading = ",".join(item["name_en"] for item in self.items)
        copy.write_bytes(f"{heading}\r\n".encode() + content)
        return copy

    def run(self, path):
        for old in path.parent.glob(f"{path.name}.*"):
            old.unlink()
        return timed([self.command, "validate", *self.options, path, self.schema])

    def read(self, ran, path):
        report = Path(f"{path}.validation-errors.tsv")
        if report.exists():
            rows = list(csv.DictReader(io.StringIO(report.read_text(errors="replace")), delimiter="\t", quoting=csv.QUOTE_NONE))
            if rows:
                return Said(False, len(rows), f"{rows[0]['field']}: {kind_of(rows[0]['error'])}")
        lines = [line.strip() for line in ran.stderr.splitlines() if line.strip()]
        return Said(ran.code == 0, 0 if ran.code == 0 else 1, "" if ran.code == 0 else kind_of(lines[-1] if lines else f"exit {ran.code}"))


class Frictionless:
    """Reads the file as it is: its Table Schema names the encoding, and that there is no heading row."""

    def __init__(self, kind):
        self.command = tools("validators") / "frictionless"
        self.label = f"frictionless {run([self.command, '--version']).strip()} validate"
        self.fields = [self.field(item) for item in table("layouts.csv") if item["file"] == kind]

    @staticmethod
    def field(item):
        pattern, codes = form(item)
        constraints = {"required": True} if item["required"] == "yes" else {}
        if item["length"]:
            constraints["maxLength"] = int(item["length"])
        if pattern is not None:
            constraints["pattern"] = f"^({pattern})$"
        if codes:
            constraints["enum"] = codes
        return {"name": item["name_en"], "title": item["name_ja"], "type": "string", "constraints": constraints}

    def prepare(self, path):
        """Its data package, which lies beside the file."""
        resource = {"name": "file", "path": path.name, "encoding": ENCODING, "dialect": {"header": False}, "schema": {"fields": self.fields}}
        package = path.parent / "datapackage.json"
        package.write_text(json.dumps({"name": "one", "resources": [resource]}, ensure_ascii=False))
        return package

    def run(self, package):
        return timed([self.command, "validate", package, "--json", "--limit-errors", "1000000"])

    def read(self, ran, package):
        report = json.loads(ran.stdout)
        errors = report["errors"] + [error for task in report["tasks"] for error in task["errors"]]
        if not errors:
            return Said(report["valid"], 0, "")
        first = errors[0]
        return Said(report["valid"], len(errors), ": ".join(part for part in (first.get("fieldName"), first["type"]) if part))


def form(item):
    """Pattern and codes of an item. Where codes are given the pattern has nothing to add."""
    codes = [row["code"] for row in table("codes.csv") if row["table"] == item["codes"]]
    return (None, codes) if codes else (PATTERNS[item["format"]], codes)


def kind_of(message):
    """A complaint without the cell it quotes, short enough for a table."""
    message = re.sub(r'"[^"]*"', "…", message).replace("|", "/")
    return message if len(message) <= 60 else message[:57].rstrip() + "…"
