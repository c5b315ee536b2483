"""The one model of every setting: command line, environment and flow parameters fill it."""

import json
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from corepath.warehouse.place import checked, is_uri

# The folders and stores that a run may read and write, as JSON; set by the operator of a service.
ALLOWED_FOLDERS = "COREPATH_ALLOWED_FOLDERS"
ROOT = Path(__file__).resolve().parents[1]
# A size of memory: number, prefix, and the i of units of 1,024.
_SIZE = r"(\d+(?:\.\d+)?)\s*([KMGT])(i?)B"


class Settings(BaseSettings):
    """What a refresh reads, where it writes, and how much of the machine it takes.

    Each field is also read from the environment as ``COREPATH_<FIELD>``; ``sources`` is JSON there,
    for instance ``COREPATH_SOURCES='{"ppubs": "samples/ppubs"}'``.

    Examples
    --------
    >>> Settings(sources={"ppubs": "samples/ppubs"}, countries="jp,us").countries
    ['JP', 'US']
    """

    # An error that repeats its input would repeat a secret that stands where none belongs.
    model_config = SettingsConfigDict(
        env_prefix="COREPATH_",
        extra="forbid",
        hide_input_in_errors=True,
        # What the form of a flow shows above the fields.
        json_schema_extra={
            "description": "What to read, what to look for, where to write, and how much of the machine "
            "to take. What is left out is taken from the worker's environment, else the default shown."
        },
    )

    topic: str = Field(
        default="information_technology",
        title="Topic",
        description="Name of a topic (see `corepath topics`), or path of its file; with :NAME a "
        "variant of it.",
    )
    sources: dict[str, Path] = Field(
        default_factory=dict,
        title="Raw files of each source",
        description="Raw dump: name of the source (see `corepath sources`) and the file or folder that "
        "holds it.",
    )
    countries: Annotated[list[str] | None, NoDecode] = Field(
        default=None,
        title="Countries to compare",
        description="Countries to compare, as ISO 3166 alpha-2 codes such as JP,US,KR,CN.",
    )
    warehouse: Path = Field(
        default=Path("warehouse.duckdb"),
        title="Warehouse",
        description="File that holds raw and staging tables.",
    )
    releases: Path | str = Field(
        default=Path("releases"),
        title="Place of the releases",
        description="Folder of the releases, or the URI of an object store, such as s3://bucket/prefix.",
    )
    reject_share: float = Field(
        default=0.1,
        ge=0,
        le=1,
        title="Share of rows that may be rejected",
        description="Share of a file's rows, 0 to 1, that may be rejected; a file with more ends the run.",
    )
    allowed_drop: float = Field(
        default=0.2,
        ge=0,
        le=1,
        title="Share of rows that a table may lose",
        description="Share of the rows, 0 to 1, that a mart with a family in its key may lose against the "
        "release before; a release that loses more is rejected.",
    )
    memory: str = Field(
        default="4GB",
        title="Memory",
        description="Memory that a run may hold, such as 8GB; DuckDB takes 85 % of it.",
    )
    threads: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        title="Threads",
        description="Threads of DuckDB, and how many tables, or parts of one, are made at once.",
    )
    task_runner: Literal["sequential", "threads", "dask", "ray"] = Field(
        default="threads",
        title="What runs tables of Python",
        description="How tables of Python are made: threads (side by side, in processes), sequential (one "
        "after the other, in one process), or their parts as tasks of dask or ray.",
    )
    truth: Path | None = Field(
        default=None,
        title="Truth of a generated world",
        description="Of a generated world: the TOML file of what was planted. The pages then say that the "
        "world is made up, and hold what was found against it.",
    )
    logs: Path | None = Field(
        default=None,
        title="Folder of the run logs",
        description="Folder that receives a log file for each run.",
    )
    keep_logs: int = Field(
        default=100,
        ge=0,
        title="Run logs to keep",
        description="How many log files of a topic to keep, the newest; 0 writes none.",
    )
    log_format: Literal["text", "json"] = Field(
        default="text",
        title="Form of the log",
        description="Form of a run's log file and of its messages: text, or json for one JSON object a line.",
    )
    metrics: Path | None = Field(
        default=None,
        title="Folder of the metrics",
        description="Folder that receives metrics of each run in Prometheus' text format, as the textfile "
        "collector of node_exporter reads them.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[Any, ...]:
        """Let what is given replace the environment's word; by default dictionaries are merged."""
        del settings_cls, dotenv_settings, file_secret_settings
        given = init_settings()
        return init_settings, lambda: {k: v for k, v in env_settings().items() if k not in given}

    @model_validator(mode="after")
    def _within_allowed_folders(self) -> Self:
        """Reject a place outside the folders that the operator allows, whoever names it.

        The operator lists them in the environment, which no parameter of a flow reaches.
        """
        allowed = os.environ.get(ALLOWED_FOLDERS)
        if allowed is None:
            return self
        listed: list[str] = json.loads(allowed)
        folders = [Path(folder).resolve() for folder in listed if not is_uri(folder)]
        places = [self.warehouse, *self.sources.values(), self.log_folder]
        places += [self.metrics] if self.metrics else []
        if isinstance(self.releases, Path):
            places.append(self.releases)
        elif str(self.releases) not in listed:
            raise ValueError(f"{self.releases} is none of the places that {ALLOWED_FOLDERS} lists: {allowed}")
        if ".toml" in self.topic:
            places.append(Path(self.topic.rpartition(".toml")[0] + ".toml"))
        for place in places:
            if not any(place.resolve().is_relative_to(folder) for folder in folders):
                raise ValueError(
                    f"{place} lies in none of the folders that {ALLOWED_FOLDERS} lists: {allowed}"
                )
        return self

    @field_validator("releases")
    @classmethod
    def _place(cls, value: Path | str) -> Path | str:
        return checked(value) if isinstance(value, str) and is_uri(value) else Path(value)

    @property
    def log_folder(self) -> Path:
        """The folder of the run logs.

        Examples
        --------
        >>> Settings(warehouse="data/warehouse.duckdb").log_folder
        PosixPath('data/logs')
        """
        return self.logs or self.warehouse.parent / "logs"

    @property
    def memory_bytes(self) -> float:
        """The memory a run may hold, in bytes.

        Examples
        --------
        >>> Settings(memory="4GB").memory_bytes, Settings(memory="1.5 KiB").memory_bytes
        (4000000000.0, 1536.0)
        """
        number, prefix, binary = re.findall(_SIZE, self.memory)[0]
        return float(number) * (1024 if binary else 1000) ** (1 + "KMGT".index(prefix))

    @field_validator("memory")
    @classmethod
    def _size(cls, value: str) -> str:
        if not re.fullmatch(_SIZE, value):
            raise ValueError(f"{value!r} is not a size; write a number and a unit, such as 8GB")
        return value

    @field_validator("countries", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return value.upper().replace(" ", "").split(",") if isinstance(value, str) else value

    @field_validator("countries")
    @classmethod
    def _alpha2(cls, value: list[str] | None) -> list[str] | None:
        for code in value or []:
            if not (len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()):
                raise ValueError(f"{code!r} is not an ISO 3166 alpha-2 country code such as JP")
        return value


class Cluster(BaseModel):
    """Where the tables of the world's side are made, if not on this machine: see docs/scale.md."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    lake: str = Field(
        title="Lake",
        description="Folder of the lake that holds staging as Parquet, or the URI of an object store; the "
        "cluster finds it under the same name.",
    )
    spark: str = Field(
        title="Master of Spark",
        description="Master of Apache Spark, such as local[4], spark://host:7077, yarn or k8s://host.",
    )
    options: dict[str, str] = Field(
        default_factory=dict,
        title="Configuration of Spark",
        description="More of Spark's configuration, by its own names, such as spark.executor.memory.",
    )
    dumps: dict[str, str] = Field(
        default_factory=dict,
        title="Raw files in object stores",
        description="Raw dumps in object stores: name of the source and URI of the folder, from which each "
        "executor fetches the files that it loads.",
    )

    @field_validator("dumps")
    @classmethod
    def _places(cls, value: dict[str, str]) -> dict[str, str]:
        return {name: checked(uri) for name, uri in value.items()}

    @model_validator(mode="after")
    def _within_what_is_allowed(self) -> Self:
        """Reject a place that the operator does not list, as `Settings` does.

        Spark's configuration can name any program to start, and its master is sent our code: of a
        service, both are the operator's.
        """
        allowed = os.environ.get(ALLOWED_FOLDERS)
        if allowed is None:
            return self
        listed: list[str] = json.loads(allowed)
        folders = [Path(folder).resolve() for folder in listed if not is_uri(folder)]
        is_in = not is_uri(self.lake) and any(Path(self.lake).resolve().is_relative_to(f) for f in folders)
        places = [*([] if is_in else [self.lake]), *self.dumps.values()]
        if not re.fullmatch(r"local(\[.*\])?", self.spark):
            places.append(self.spark)
        for place in places:
            if place not in listed:
                raise ValueError(f"{place} is none of the places that {ALLOWED_FOLDERS} lists: {allowed}")
        if self.options:
            raise ValueError("a service takes Spark's configuration from its spark-defaults.conf alone")
        return self


# What a default means that is not written as a value.
_DEFAULTS = {
    "sources": "none",
    "truth": "none",
    "countries": "those of the topic",
    "threads": "one per core",
    "logs": "`logs` beside the warehouse",
    "metrics": "none",
}


def help_of(name: str) -> str:
    """Say what a setting means and what it is by default: the text of every place that offers it.

    Examples
    --------
    >>> help_of("warehouse")
    'File that holds raw and staging tables.  [default: warehouse.duckdb]'
    """
    field = Settings.model_fields[name]
    return f"{field.description}  [default: {_DEFAULTS.get(name, field.default)}]"


def as_markdown() -> str:
    """Write the table of settings that README shows: option, environment, default, meaning."""
    lines = ["| option | environment | default | meaning |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        option = "--source NAME=PATH" if name == "sources" else f"--{name.replace('_', '-')}"
        default = _DEFAULTS.get(name) or f"`{field.default}`"
        lines.append(f"| `{option}` | `COREPATH_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines)
