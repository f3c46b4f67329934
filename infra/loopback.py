"""A cloud on loopback for infra/prove-deploy, and what all scripts here need to run something."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
WORK = TARGET / "prove-deploy"
REGION = "ap-northeast-1"


class Cloud:
    """ministack: TLS, signatures and policies checked, on a free port of loopback; gone when the block ends."""

    def __init__(self, bin):
        self.bin, self.log = bin, WORK / "cloud.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.certificate = WORK / "tmp/ministack-tls/server.crt"
        self.variables = {
            "AWS_ENDPOINT_URL": f"https://127.0.0.1:{port}",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_CA_BUNDLE": str(self.certificate),
            "SSL_CERT_FILE": str(self.certificate),
        }
        self.settings = {
            **self.variables,
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "AUTH": "true",
            "USE_SSL": "1",
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_REGION": REGION,
            "STATE_DIR": str(WORK / "state"),
            "S3_DATA_DIR": str(WORK / "s3"),
            "TMPDIR": str(WORK / "tmp"),
        }

    def __enter__(self):
        (WORK / "tmp").mkdir()
        with step("start the cloud"):
            self.process = subprocess.Popen(
                [self.bin / "ministack"], env=environment(self.settings), stdout=self.log.open("w"), stderr=subprocess.STDOUT, start_new_session=True)
            try:
                wait_until("the cloud answers", self.answers)
            except BaseException:
                self.__exit__()
                self.show_logs()
                raise
        return self

    def __exit__(self, *_):
        for sent, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 5)):
            try:
                os.killpg(self.process.pid, sent)
                self.process.wait(patience)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue

    def answers(self):
        if self.process.poll() is not None:
            raise SystemExit(f"the cloud ended with {self.process.returncode}")
        try:
            return bool(self.client("sts").get_caller_identity())
        except Exception:  # not up yet: whatever the reason, it is asked again until the time is over
            return False

    def client(self, service, credentials=None, region=REGION):
        import boto3
        from botocore.config import Config

        credentials = credentials or {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        settings = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
        return boto3.client(service, endpoint_url=self.variables["AWS_ENDPOINT_URL"], verify=str(self.certificate), region_name=region,
                            config=settings, **credentials)

    def function_credentials(self, role="DeliverRole"):
        """What a function itself is given: its role's session."""
        return self.session(f"arn:aws:iam::000000000000:role/{self.physical(role)}", "function")

    def physical(self, resource):
        """What the cloud calls a resource of the template."""
        described = self.client("cloudformation").describe_stack_resource(StackName="renkei", LogicalResourceId=resource)
        return described["StackResourceDetail"]["PhysicalResourceId"]

    def office_role(self, arn, office):
        """A copy of the office role with the number where the policy has the tag, for this cloud doesn't fill in policy variables."""
        iam, name, copy = self.client("iam"), arn.rpartition("/")[2], f"office-{office}"
        trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
        made = iam.create_role(RoleName=copy, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
        policy = json.dumps(iam.get_role_policy(RoleName=name, PolicyName="office")["PolicyDocument"])
        variable = "${aws:PrincipalTag/office}"
        assert policy.count(variable) == 5, policy
        iam.put_role_policy(RoleName=copy, PolicyName="office", PolicyDocument=policy.replace(variable, office))
        return made["Arn"]

    def session(self, arn, name):
        given = self.client("sts").assume_role(RoleArn=arn, RoleSessionName=name)["Credentials"]
        return {"aws_access_key_id": given["AccessKeyId"], "aws_secret_access_key": given["SecretAccessKey"], "aws_session_token": given["SessionToken"]}

    def keys(self, bucket, prefix):
        return [item["Key"] for item in self.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])]

    def messages(self, queue):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        return sum(int(n) for n in self.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"].values())

    def show_logs(self):
        lines = self.log.read_text(errors="replace").splitlines()
        print(f"\n--- the end of {self.log} ---", *lines[-80:], sep="\n", file=sys.stderr)
        try:
            events = self.client("logs").filter_log_events(logGroupName="/renkei/deliver")["events"]
            print("\n--- the function's log ---", *(event["message"].rstrip() for event in events[-80:]), sep="\n", file=sys.stderr)
        except Exception as error:
            print(f"\n--- no log of the function: {error}", file=sys.stderr)


def wait_until(what, holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise SystemExit(f"not within {seconds} s: {what}")
        time.sleep(0.2)


def tools(name):
    return Path(run([ROOT / "infra/tools", name]).strip())


def environment(settings):
    """This process's, without what would lead to a real account."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "RENKEI_", "SAM_"))}
    return {**kept, "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
            "SAM_CLI_TELEMETRY": "0", **settings}


def run(command, settings=None):
    command = [str(part) for part in command]
    ended = subprocess.run(command, cwd=ROOT, env=environment(settings or {}), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if ended.returncode != 0:
        sys.stderr.write(ended.stdout + ended.stderr)
        raise SystemExit(f"exit {ended.returncode}: {' '.join(command)}")
    return ended.stdout


class step:
    """A heading before, the time it took after."""

    def __init__(self, title):
        self.title = title

    def __enter__(self):
        print(f"{self.title} …", flush=True)
        self.started = time.monotonic()

    def __exit__(self, kind, *_):
        print(f"  {'failed after' if kind else 'done in'} {time.monotonic() - self.started:.1f} s", flush=True)
