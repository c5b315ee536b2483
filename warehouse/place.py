"""Where releases can be: a folder, or an object store that a URI names."""

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

# What may stand behind the question mark of a URI. Nothing that is secret: those who start a run
# keep its settings.
_AZURE = {"blob_storage_authority", "credential_kind", "dfs_storage_authority", "enable_tls"}
OPTIONS = {
    "s3": {"region", "scheme", "endpoint_override"},
    "gs": {"scheme", "endpoint_override", "project_id", "retry_limit_seconds"},
    "abfs": _AZURE,
    "abfss": _AZURE,
}


def is_uri(place: object) -> bool:
    """Whether a place is written as a URI, and so is no folder."""
    return isinstance(place, str) and "://" in place


def checked(uri: str) -> str:
    """Give the URI of a store as it is, if releases can go there and it holds no secret.

    Raises
    ------
    ValueError
        It cannot be used. The message does not repeat it.

    Examples
    --------
    >>> checked("s3://bucket/releases?region=eu-central-1")
    's3://bucket/releases?region=eu-central-1'
    """
    parts = urlsplit(uri)
    if parts.scheme not in OPTIONS:
        raise ValueError(
            f"{parts.scheme}:// is no place for releases; name a folder, or s3://bucket/prefix, "
            "gs://bucket/prefix or abfs://container@account.dfs.core.windows.net/prefix"
        )
    # abfs:// has the container where others have the user.
    user = None if parts.scheme.startswith("abfs") else parts.username
    if parts.password is not None or user not in (None, "anonymous"):
        raise ValueError(
            "a URI must not hold credentials; give them in the environment (AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, ...) or in the store's usual files"
        )
    if unknown := dict(parse_qsl(parts.query, keep_blank_values=True)).keys() - OPTIONS[parts.scheme]:
        raise ValueError(
            f"{', '.join(sorted(unknown))}: no option of {parts.scheme}://, which has "
            f"{', '.join(sorted(OPTIONS[parts.scheme]))}"
        )
    if not parts.hostname or parts.fragment:
        raise ValueError(f"write {parts.scheme}://bucket/prefix")
    return uri


def shown(place: Path | str) -> str:
    """Give a place as people read it: a URI without its options.

    Examples
    --------
    >>> shown("s3://bucket/releases/?region=eu-central-1")
    's3://bucket/releases'
    """
    if not is_uri(place):
        return str(place)
    return urlsplit(str(place))._replace(query="", fragment="").geturl().rstrip("/")
