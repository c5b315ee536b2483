"""Fetch raw files: what is new, resumed after a break, whole or not at all."""

import hashlib
import json
import logging
import os
import re
import time
import tomllib
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corepath.warehouse.errors import BadInput, Unavailable, UsageError

log = logging.getLogger("corepath.fetch")
# These would log addresses with their signatures, and headers with the key.
for name in ("httpx", "httpcore"):
    logging.getLogger(name).setLevel(logging.WARNING)

USPTO = "https://api.uspto.gov"
PRODUCTS = ("PTGRXML", "APPXML")  # full text of grants and of applications, weekly
PAGE = 100  # files a request
LEDGER = "fetched.json"


@dataclass(frozen=True)
class Wanted:
    """A file to fetch."""

    name: str
    url: str
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Fetched:
    """What became of a fetch: names of files that came, and of those that were there."""

    came: list[str]
    there: list[str]


@dataclass(frozen=True)
class Manners:
    """How often to ask, and how long to wait."""

    pause: float = 2.5  # seconds between requests: the USPTO allows 5 downloads in 10 seconds
    tries: int = 6  # of a request, or of a file that breaks off
    patience: float = 600  # seconds that a server may ask to wait
    timeout: float = 60  # seconds of silence
    sleep: Callable[[float], None] = field(default=time.sleep)


def list_uspto(
    since: date,
    until: date | None = None,
    key: str | None = None,
    products: Sequence[str] = PRODUCTS,
    manners: Manners | None = None,
    service: str = USPTO,
) -> list[Wanted]:
    """List the weekly files of the USPTO's Open Data Portal.

    Parameters
    ----------
    since, until
        Of whose data; until today by default.
    key
        The API key; nobody logs it.
    products
        Identifiers of products.
    manners
        How often to ask.
    service
        Where the portal's API is.

    Returns
    -------
    list of Wanted
        Archives of data, in the order of the portal.

    Raises
    ------
    UsageError
        There is no key, it is refused, or a product is unknown.
    BadInput
        The answer is not what the portal documents.
    Unavailable
        The portal cannot be reached, or does not answer in time.
    """
    if not key:
        raise UsageError("the USPTO wants an API key: put it into USPTO_API_KEY (data.uspto.gov, My ODP)")
    manners = manners or Manners()
    found = []
    for product in products:
        offset = 0
        while True:
            asked = {
                "fileDataFromDate": since.isoformat(),
                "fileDataToDate": (until or datetime.now(UTC).date()).isoformat(),
                "includeFiles": "true",
                "offset": offset,
                "limit": PAGE,
            }
            name = urllib.parse.quote(product, safe="")
            url = f"{service}/api/v1/datasets/products/{name}?{urllib.parse.urlencode(asked)}"
            page = _files(_json(url, key, manners))
            found += [wanted for file in page if (wanted := _wanted(file))]
            offset += len(page)
            if len(page) < PAGE:
                break
    return found


def read_manifest(path: Path) -> list[Wanted]:
    """Read which files to fetch from a TOML file.

    Parameters
    ----------
    path
        It has tables `[[file]]` with `url`, and `name`, `bytes` and `sha256` where they are known.

    Raises
    ------
    BadInput
        It cannot be read, or names a file twice.
    """
    try:
        manifest = _Manifest.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{path}: cannot be read as a manifest: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise BadInput(f"{path}: {faults}") from error
    wanted = [Wanted(f.name or _last(f.url), f.url, f.bytes, f.sha256) for f in manifest.file]
    for name in {w.name for w in wanted if [v.name for v in wanted].count(w.name) > 1}:
        raise BadInput(f"{path}: two files are called {name}; give one another name")
    return wanted


class _ManifestFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(pattern=r"^https?://")]
    name: str | None = None
    bytes: Annotated[int, Field(ge=0)] | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


class _Manifest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file: list[_ManifestFile] = Field(min_length=1)


def fetch(
    wanted: Sequence[Wanted], folder: Path, key: str | None = None, manners: Manners | None = None
) -> Fetched:
    """Bring files into a folder, those that are not there yet.

    A file is written under another name, resumed if an earlier fetch broke off, compared with its size
    and sha256, and renamed when it is whole. `fetched.json` in the folder tells what came, when and from
    where.

    Parameters
    ----------
    wanted
        What to fetch.
    folder
        Where to.
    key
        An API key for the first server; a server that it redirects to does not get it.
    manners
        How often to ask.

    Returns
    -------
    Fetched
        What came and what was there.

    Raises
    ------
    UsageError
        The server refuses the key, or wants the request to be smaller.
    BadInput
        A file is not there, or is not what was announced.
    Unavailable
        The server cannot be reached, keeps breaking off, or asks to wait too long; or the folder
        cannot be written.
    """
    manners = manners or Manners()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ledger = _read_ledger(folder)
        came, there = [], []
        for file in wanted:
            _check_name(file.name)
            if _is_there(folder, file, ledger):
                there.append(file.name)
                continue
            size, digest = _fetch_whole(file, folder, key, manners)
            at = datetime.now(UTC).isoformat(timespec="seconds")
            ledger[file.name] = {"url": _bare(file.url), "bytes": size, "sha256": digest, "fetched_at": at}
            _write_ledger(folder, ledger)
            came.append(file.name)
            log.info("%s: %s bytes", file.name, f"{size:,}")
    except OSError as error:
        raise Unavailable(f"{folder}: {error}") from error
    return Fetched(came, there)


# --- One file ------------------------------------------------------------------------------------


def _fetch_whole(file: Wanted, folder: Path, key: str | None, manners: Manners) -> tuple[int, str]:
    part, target = folder / f"{file.name}.part", folder / file.name
    for attempt in range(1, manners.tries + 1):
        try:
            _continue(file, part, key, manners)
        except httpx.TransportError as error:
            if attempt == manners.tries:
                raise Unavailable(f"{_bare(file.url)}: keeps breaking off: {error}") from error
            log.warning("%s: broke off, goes on from %s bytes", file.name, f"{_size(part):,}")
            manners.sleep(manners.pause * 2**attempt)
            continue
        break
    size, digest = _size(part), _digest(part)
    wrong = []
    if file.size is not None and size != file.size:
        wrong.append(f"has {size:,} bytes and not {file.size:,}")
    if file.sha256 is not None and digest != file.sha256:
        wrong.append(f"has the sha256 {digest}")
    if wrong:
        part.unlink()
        raise BadInput(f"{_bare(file.url)}: {' and '.join(wrong)}; it is not kept, fetch it again")
    with part.open("rb+") as content:
        os.fsync(content.fileno())
    part.replace(target)
    return size, digest


def _continue(file: Wanted, part: Path, key: str | None, manners: Manners) -> None:
    """Fetch what a part lacks of its file."""
    have = _size(part)
    if file.size is not None and have > file.size:
        part.unlink()
        have = 0
    if have and have == file.size:
        return
    headers = {"Range": f"bytes={have}-"} if have else {}
    with _open(file.url, key, manners, headers) as answer:
        if answer.status_code == 416:  # nothing is left, or the file has changed: the size decides
            if file.size is None or have != file.size:
                part.unlink(missing_ok=True)
                raise httpx.ReadError("the file changed meanwhile")
            return
        begins_anew = answer.status_code != 206
        with part.open("wb" if begins_anew else "ab") as content:
            for chunk in answer.iter_raw():
                content.write(chunk)
        # A stream that ends early raises nothing where no length was announced.
        if file.size is not None and _size(part) < file.size:
            raise httpx.ReadError("the stream ended early")


# --- Asking --------------------------------------------------------------------------------------


@contextmanager
def _open(
    url: str, key: str | None, manners: Manners, headers: dict[str, str] | None = None
) -> Iterator[httpx.Response]:
    """Ask until there is an answer that can be used."""
    with (
        httpx.Client(timeout=manners.timeout) as client,
        closing(_answer(client, url, key, headers or {}, manners)) as answer,
    ):
        yield answer


def _answer(
    client: httpx.Client, url: str, key: str | None, headers: dict[str, str], manners: Manners
) -> httpx.Response:
    attempt = 0
    while True:
        attempt += 1
        is_last = attempt == manners.tries
        manners.sleep(manners.pause)
        try:
            answer = _ask(client, url, key, headers)
        except httpx.TransportError as error:
            if is_last:
                raise Unavailable(f"{_bare(url)}: cannot be reached: {error}") from error
            manners.sleep(manners.pause * 2**attempt)
            continue
        if answer.status_code < 400 or answer.status_code == 416:
            return answer
        answer.close()
        wait = _wait(answer, attempt, manners)
        if wait is None or is_last:
            raise _fault(url, answer.status_code)
        log.warning("%s: answers %s, asked again in %.0f s", _bare(url), answer.status_code, wait)
        manners.sleep(wait)


def _ask(client: httpx.Client, url: str, key: str | None, headers: dict[str, str]) -> httpx.Response:
    """Ask once, and follow redirections without the key."""
    # What is compressed on the way has another size than what was announced.
    sent = {"Accept-Encoding": "identity", **headers} | ({"X-API-KEY": key} if key else {})
    for _ in range(5):
        try:
            answer = client.send(client.build_request("GET", url, headers=sent), stream=True)
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise BadInput(f"{_bare(url)}: is no address of the web") from error
        if not answer.is_redirect:
            return answer
        answer.close()
        url = urllib.parse.urljoin(url, answer.headers["Location"])
        # A signed address carries its own right, and the key is for the portal.
        sent.pop("X-API-KEY", None)
    raise BadInput(f"{_bare(url)}: redirects in a circle")


def _wait(answer: httpx.Response, attempt: int, manners: Manners) -> float | None:
    """Tell how long to wait before asking again; None if that will not help."""
    if answer.status_code != 429 and answer.status_code < 500:
        return None
    asked = _retry_after(answer.headers.get("Retry-After"))
    wait = manners.pause * 2**attempt if asked is None else asked
    return wait if wait <= manners.patience else None


def _retry_after(text: str | None) -> float | None:
    """Read the header, which is in seconds or a date.

    Examples
    --------
    >>> _retry_after("7"), _retry_after(None), _retry_after("soon")
    (7.0, None, None)
    """
    if not text:
        return None
    if re.fullmatch(r"\d+", text):
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def _fault(url: str, code: int) -> Exception:
    place = f"{_bare(url)}: answers {code}"
    match code:
        case 401 | 403:
            return UsageError(f"{place}: the key is refused, or may not read this; see USPTO_API_KEY")
        case 404 | 410:
            return BadInput(f"{place}: there is no such product, or no such file any more")
        case 413:
            return UsageError(
                f"{place}: too much was asked for at once; ask for fewer days (--from, --until)"
            )
        case 429:
            return Unavailable(f"{place}: too many requests; come back later, what came is kept")
        case _ if code >= 500:
            return Unavailable(f"{place}: the server has a fault; come back later, what came is kept")
        case _:
            return BadInput(f"{place}, which is not documented")


def _json(url: str, key: str | None, manners: Manners) -> Any:
    with _open(url, key, manners) as answer:
        content = answer.read()
    try:
        return json.loads(content)
    except ValueError as error:
        raise BadInput(f"{_bare(url)}: the answer is no JSON: {error}") from error


def _files(answer: Any) -> list[dict[str, Any]]:
    """Find the files in an answer of the portal."""
    try:
        return [
            file
            for product in answer["bulkDataProductBag"]
            for file in product["productFileBag"]["fileDataBag"]
        ]
    except (KeyError, TypeError) as error:
        raise BadInput(f"the answer of the USPTO is not what it documents: no {error}") from error


def _wanted(file: dict[str, Any]) -> Wanted | None:
    try:
        name, url = file["fileName"], file["fileDownloadURI"]
    except (KeyError, TypeError) as error:
        raise BadInput(f"the answer of the USPTO is not what it documents: no {error}") from error
    is_data = str(file.get("fileTypeText", "Data")).lower() == "data" and name.lower().endswith(".zip")
    size = file.get("fileSize")
    return Wanted(name, url, int(size) if size else None) if is_data else None


# --- What is there -------------------------------------------------------------------------------


def _is_there(folder: Path, file: Wanted, ledger: dict[str, Any]) -> bool:
    known = ledger.get(file.name)
    if not known or _size(folder / file.name) != known["bytes"]:
        return False
    return file.size in (None, known["bytes"]) and file.sha256 in (None, known["sha256"])


def _read_ledger(folder: Path) -> dict[str, Any]:
    path = folder / LEDGER
    if not path.exists():
        return {}
    try:
        ledger = json.loads(path.read_text(encoding="utf-8"))
        return {name: dict(entry) for name, entry in ledger.items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise BadInput(f"{path}: is no ledger: {error}; remove it, and files are fetched again") from error


def _write_ledger(folder: Path, ledger: dict[str, Any]) -> None:
    aside = folder / f"{LEDGER}.part"
    aside.write_text(json.dumps(ledger, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    aside.replace(folder / LEDGER)


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[\w+-][\w.+-]*", name) or name.endswith(".part") or name == LEDGER:
        raise BadInput(f"{name!r} is no name for a file here; give another in the manifest")


def _last(url: str) -> str:
    return urllib.parse.unquote(urllib.parse.urlsplit(url).path.rpartition("/")[2])


def _bare(url: str) -> str:
    """Leave out of an address what may be secret.

    Examples
    --------
    >>> _bare("https://user:word@example.org/a.zip?Signature=x")
    'https://example.org/a.zip'
    """
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
