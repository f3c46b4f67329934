//! Running the command: once, or as an exchange that runs until the test ends.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The command, with an environment that names no deployment.
pub(crate) fn renkei(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_renkei"));
    command.args(args).env_remove("RENKEI_BUCKET").env_remove("RUST_LOG").env_remove("RENKEI_URL");
    command
}

/// What it left.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn run(args: &[&str]) -> Ended {
    ended(&renkei(args).output().unwrap())
}

pub(crate) fn ended(output: &Output) -> Ended {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Ended { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
}

impl Ended {
    /// Its lines of JSON; it must have gone well.
    pub(crate) fn objects(&self) -> Vec<Value> {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Its one line of JSON.
    pub(crate) fn object(&self) -> Value {
        let mut objects = self.objects();
        assert_eq!(objects.len(), 1, "{}", self.stdout);
        objects.remove(0)
    }
}

/// `renkei local --json --port 0` on a folder.
pub(crate) struct Local {
    child: Child,
    rest: BufReader<ChildStdout>,
    pub(crate) announcement: Value,
    data: PathBuf,
}

impl Local {
    pub(crate) fn start(data: &Path, more: &[&str]) -> Self {
        let args = [&["local", "--json", "--port", "0", "--data", data.to_str().unwrap()], more].concat();
        let mut child = renkei(&args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut rest = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        rest.read_line(&mut line).unwrap();
        Self { child, rest, announcement: serde_json::from_str(&line).unwrap(), data: data.to_owned() }
    }

    /// On a folder of its own, at the machine's time.
    pub(crate) fn fresh() -> (Self, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        (Self::start(folder.path(), &[]), folder)
    }

    pub(crate) fn admin(&self, args: &[&str]) -> Ended {
        run(&[&["admin", "--json", "--data", self.data.to_str().unwrap()], args].concat())
    }

    /// The same in a shell where this variable is set.
    pub(crate) fn admin_where(&self, (variable, value): (&str, &str), args: &[&str]) -> Ended {
        let args = [&["admin", "--json", "--data", self.data.to_str().unwrap()], args].concat();
        ended(&renkei(&args).env(variable, value).output().unwrap())
    }

    /// As a crash would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As `kill PID` would. Gives back the exit code and what more there was on stdout.
    #[cfg(unix)]
    pub(crate) fn terminate(mut self) -> (Option<i32>, String) {
        assert!(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap().success());
        let mut rest = String::new();
        self.rest.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
