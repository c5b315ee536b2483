"""The flow that fetches what is new at the USPTO, and then brings a topic's releases up to date."""

import os
from datetime import date
from pathlib import Path
from typing import cast

from prefect import flow, task
from prefect.blocks.system import Secret
from prefect.cache_policies import NO_CACHE

from corepath.flows.form import with_form
from corepath.flows.refresh import refresh
from corepath.warehouse.fetch import Fetched, list_uspto
from corepath.warehouse.fetch import fetch as bring
from corepath.warehouse.settings import Settings

KEY = "USPTO_API_KEY"


@flow(name="fetch", persist_result=False)
@with_form
def fetch(
    folder: Path,
    since: date,
    until: date | None = None,
    key_block: str | None = None,
    settings: Settings | None = None,
) -> Fetched:
    """Fetch new weekly files of the USPTO, then refresh.

    Parameters
    ----------
    folder
        Where the files go.
    since
        First day of data. What is there is not fetched again.
    until
        Last day of data; today by default.
    key_block
        The name of a Secret block that holds the API key; by default the environment does, as
        USPTO_API_KEY.
    settings
        What to refresh afterwards; nothing by default.

    Returns
    -------
    Fetched
        What came and what was there.
    """
    # A flow that is not asynchronous is given the block itself, not a promise of it.
    key = cast("Secret[str]", Secret.load(key_block)).get() if key_block else os.environ.get(KEY)

    def work() -> Fetched:
        return bring(list_uspto(since, until, key), folder, key)

    found = task(name="fetch uspto", cache_policy=NO_CACHE, persist_result=False)(work)()
    if settings is not None:
        refresh(settings)
    return found
