"""Fetches artifacts by Maven coordinate: through Maven where it is installed, else without.

Maven goes first because it knows a company's mirrors and proxies (settings.xml). Files are put
under a temporary name; nothing here decides whether they are the right ones.
"""

import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from orchestration.stack.errors import DownloadFailed

MAVEN_SECONDS = 300
"""The whole lot is 200 MB: ample at 1 MB/s, and still an end to a hanging mirror."""

RETRY = "check the network and run it again; what has arrived whole is kept"


@dataclass(frozen=True)
class Coordinate:
    """`group:artifact:version`, with `:extension` and `:classifier` where they are not a jar's."""

    group: str
    artifact: str
    version: str
    extension: str = "jar"
    classifier: str = ""

    @classmethod
    def parse(cls, text: str) -> "Coordinate":
        return cls(*text.split(":"))

    def __str__(self) -> str:
        parts = [self.group, self.artifact, self.version]
        if self.extension != "jar" or self.classifier:
            parts.append(self.extension)
        if self.classifier:
            parts.append(self.classifier)
        return ":".join(parts)

    @property
    def file_name(self) -> str:
        classifier = f"-{self.classifier}" if self.classifier else ""
        return f"{self.artifact}-{self.version}{classifier}.{self.extension}"

    def as_dependency(self, *, transitive: bool = False) -> str:
        """The element of a POM."""
        stop = (
            ""
            if transitive
            else "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId>"
            "</exclusion></exclusions>"
        )
        classifier = f"<classifier>{escape(self.classifier)}</classifier>"
        return (
            f"<dependency><groupId>{escape(self.group)}</groupId>"
            f"<artifactId>{escape(self.artifact)}</artifactId>"
            f"<version>{escape(self.version)}</version><type>{escape(self.extension)}</type>"
            f"{classifier if self.classifier else ''}{stop}</dependency>"
        )


def maven() -> str | None:
    """The installed Maven, if there is one."""
    return shutil.which("mvn")


def copy_with_maven(
    executable: str,
    coordinates: Sequence[Coordinate],
    directory: Path,
    *,
    transitive: bool = False,
) -> None:
    """Copy the artifacts (with what they need, if `transitive`) into `directory`."""
    directory = directory.absolute()  # Maven counts relative paths from the POM
    dependencies = "".join(one.as_dependency(transitive=transitive) for one in coordinates)
    pom = directory / "pom.xml"
    pom.write_text(
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>knockon</groupId><artifactId>engines</artifactId><version>1</version>"
        f"<packaging>pom</packaging><dependencies>{dependencies}</dependencies></project>"
    )
    goals = (
        ["dependency:copy-dependencies", "dependency:list"]
        if transitive
        else ["dependency:copy-dependencies"]
    )
    options = [f"-DoutputDirectory={directory}", "-DincludeScope=runtime"]
    if transitive:
        options.append(f"-DoutputFile={directory / 'list.txt'}")
    command = [executable, "-B", "-q", "-f", str(pom), *goals, *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=MAVEN_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise DownloadFailed(f"Maven did not finish in {MAVEN_SECONDS} s", RETRY) from error
    if done.returncode:
        said = [line for line in done.stdout.splitlines() if line.startswith("[ERROR]")]
        reason = said[0].removeprefix("[ERROR]").strip() if said else "no reason given"
        raise DownloadFailed(f"Maven failed ({reason[:300]})", RETRY)


def copy_without_maven(
    coordinates: Sequence[Coordinate], directory: Path, repository: str | None
) -> None:
    """Copy the artifacts into `directory`, four at a time, from Maven's central repository."""
    from maven_artifact.artifact import Artifact
    from maven_artifact.downloader import Downloader
    from maven_artifact.requestor import RequestException, Requestor

    class Patient(Requestor):  # type: ignore[misc]  # the package is untyped
        """Gives up on a silent server; the package itself would wait for ever."""

        def request(self, *args: Any, **options: Any) -> Any:
            return super().request(*args, timeout=(15, 60), **options)

    def one(coordinate: Coordinate) -> None:
        downloader = Downloader(base=repository) if repository else Downloader()
        downloader.requestor = downloader.resolver.requestor = Patient()
        artifact = Artifact(
            coordinate.group,
            coordinate.artifact,
            coordinate.version,
            coordinate.classifier or None,
            coordinate.extension,
        )
        try:
            downloader.download(artifact, str(directory / coordinate.file_name))
        except RequestException as error:
            reason = " ".join(str(error.msg).split())
            raise DownloadFailed(f"{coordinate} was refused ({reason[:300]})", RETRY) from error
        except OSError as error:  # the errors of requests and of the disk alike
            reason = " ".join(str(error).split())
            raise DownloadFailed(f"{coordinate} was cut off ({reason[:300]})", RETRY) from error

    # The package announces every file on stdout, which belongs to the command line.
    with redirect_stdout(StringIO()), ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(one, coordinate) for coordinate in coordinates]
        try:
            for future in futures:
                future.result()
        except DownloadFailed:
            pool.shutdown(cancel_futures=True)
            raise
