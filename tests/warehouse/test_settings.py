"""Settings: one model, filled by options, the environment and flow parameters alike."""

import json
import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_settings import SettingsError

from corepath.warehouse.database import DUCKDB_SHARE, connect
from corepath.warehouse.settings import ROOT, Cluster, Settings, as_markdown

CODES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=20)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(lambda parts: Path(*parts))
SIZES = st.builds(
    "{}{}{}".format,
    st.integers(1, 999) | st.decimals("0.1", 99, places=1),
    st.sampled_from(["", " "]),
    st.sampled_from(["KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"]),
)

# One setting each: how the environment spells it, what it means, and another value of its kind.
SPELLED = {
    "topic": ("ai_chips", "ai_chips", "batteries"),
    "sources": ('{"ppubs": "dump"}', {"ppubs": Path("dump")}, {"uspto": Path("other")}),
    "countries": ("jp, us", ["JP", "US"], ["KR"]),
    "warehouse": ("w.duckdb", Path("w.duckdb"), Path("v.duckdb")),
    "releases": ("out", Path("out"), Path("elsewhere")),
    "reject_share": ("0.25", 0.25, 0.5),
    "allowed_drop": ("0.25", 0.25, 0.5),
    "memory": ("2GB", "2GB", "1.5 GiB"),
    "threads": ("3", 3, 1),
    "task_runner": ("sequential", "sequential", "threads"),
    "truth": ("world.truth.toml", Path("world.truth.toml"), Path("other.toml")),
    "logs": ("logs/of_runs", Path("logs/of_runs"), Path("elsewhere")),
    "keep_logs": ("7", 7, 0),
    "log_format": ("json", "json", "text"),
    "metrics": ("/metrics", Path("/metrics"), Path("elsewhere")),
}


def test_the_settings_are_those_that_are_tested_here() -> None:
    assert Settings.model_fields.keys() == SPELLED.keys()
    assert all(field.description for field in Settings.model_fields.values())


def test_the_defaults_are_those_of_the_shipped_sample() -> None:
    settings = Settings()
    assert settings.topic == "information_technology"
    assert (settings.warehouse, settings.releases) == (Path("warehouse.duckdb"), Path("releases"))
    assert (settings.sources, settings.countries) == ({}, None)
    assert settings.threads == os.cpu_count()


@pytest.mark.parametrize("name", SPELLED)
def test_the_environment_fills_every_setting(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, value, _ = SPELLED[name]
    monkeypatch.setenv(f"COREPATH_{name.upper()}", text)
    assert getattr(Settings(), name) == value


@pytest.mark.parametrize("name", SPELLED)
def test_an_option_replaces_what_the_environment_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, _, other = SPELLED[name]
    monkeypatch.setenv(f"COREPATH_{name.upper()}", text)
    settings = Settings(**{name: other})
    assert settings == Settings.model_construct(**{**dict(Settings()), name: other})


@given(st.lists(st.sampled_from(sorted(SPELLED)), unique=True))
def test_what_the_environment_leaves_out_keeps_its_default(names: list[str]) -> None:
    default = Settings()
    with patch.dict(os.environ, {f"COREPATH_{n.upper()}": SPELLED[n][0] for n in names}):
        settings = Settings()
    for name in SPELLED:
        expected = SPELLED[name][1] if name in names else getattr(default, name)
        assert getattr(settings, name) == expected


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "topic": NAMES,
            "sources": st.dictionaries(NAMES, PATHS, max_size=3),
            "countries": st.none() | st.lists(CODES, min_size=1, max_size=5, unique=True),
            "warehouse": PATHS,
            "releases": PATHS,
            "reject_share": st.floats(0, 1),
            "allowed_drop": st.floats(0, 1),
            "memory": SIZES,
            "threads": st.integers(1, 1024),
        },
    )
)
def test_settings_travel_as_the_json_of_flow_parameters(given_settings: dict[str, Any]) -> None:
    settings = Settings(**given_settings)
    assert {name: getattr(settings, name) for name in given_settings} == given_settings
    sent = json.loads(settings.model_dump_json())
    assert Settings.model_validate(sent) == settings
    assert Settings(**sent) == settings


@given(
    st.lists(CODES, min_size=1, max_size=6, unique=True), st.sampled_from([",", ", ", " ,  "]), st.booleans()
)
def test_countries_may_be_written_in_any_case_and_spacing(codes: list[str], comma: str, lower: bool) -> None:
    text = comma.join(codes)
    assert Settings(countries=text.lower() if lower else text).countries == codes


@pytest.mark.parametrize("text", ["Japan", "J", "JP,,US", "JP;US", "", "ＪＰ", "J1", "JP,Korea"])
def test_what_is_no_country_code_is_named(text: str) -> None:
    with pytest.raises(ValidationError, match="is not an ISO 3166 alpha-2 country code such as JP"):
        Settings(countries=text)


def in_bytes(size: str) -> float:
    number, unit = size.split()
    return float(number) * 1024 ** ["bytes", "KiB", "MiB", "GiB", "TiB"].index(unit)


@pytest.mark.parametrize("unit", ["KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"])
def test_duckdb_reads_a_size_as_the_settings_do_and_takes_its_share(unit: str, tmp_path: Path) -> None:
    number = {"K": "900000", "M": "900"}.get(unit[0], "1.5")
    for space in ("", " "):
        settings = Settings(memory=f"{number}{space}{unit}", threads=1, warehouse=tmp_path / "w.duckdb")
        with connect(settings) as db:
            taken = db.sql("select current_setting('memory_limit')").fetchall()[0][0]
            db.execute(f"set memory_limit = '{settings.memory}'")
            whole = db.sql("select current_setting('memory_limit')").fetchall()[0][0]
        # DuckDB rounds to a tenth of a unit.
        assert in_bytes(whole) == pytest.approx(settings.memory_bytes, rel=0.1)
        assert in_bytes(taken) == pytest.approx(DUCKDB_SHARE * settings.memory_bytes, rel=0.1)


@pytest.mark.parametrize(
    "text", ["lots", "8", "GB", "-1GB", "8gb!", "8GB\n", "80%", "1e3GB", "8 G B", "٨GB; x"]
)
def test_what_is_no_size_of_memory_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="memory"):
        Settings(memory=text)


@pytest.mark.parametrize(("name", "value"), [("threads", 0), ("threads", "two"), ("sources", "x")])
def test_a_setting_of_the_wrong_kind_is_named(name: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings(**{name: value})


def test_a_setting_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match="colour"):
        Settings(colour="blue")


def test_sources_in_the_environment_that_are_no_json_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COREPATH_SOURCES", "ppubs=samples/ppubs")
    with pytest.raises(SettingsError, match="sources"):
        Settings()


@pytest.mark.parametrize(
    "outside",
    [
        {"sources": {"ppubs": "/etc"}},
        {"warehouse": "/etc/w.duckdb"},
        {"releases": "/var/releases"},
        {"releases": "s3://another/prefix"},
        {"topic": "/etc/topic.toml"},
        {"topic": "/etc/topic.toml:strict"},
        {"sources": {"ppubs": "inside/../../secret"}},
        {"sources": {"ppubs": "link/secret"}},
    ],
)
@pytest.mark.service
def test_a_place_outside_the_allowed_folders_is_rejected_whoever_names_it(outside, tmp_path, monkeypatch):
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "link").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv(
        "COREPATH_ALLOWED_FOLDERS", json.dumps([str(tmp_path / "project"), "s3://bucket/prefix"])
    )
    inside = {"sources": {"ppubs": "inside"}, "topic": "my.toml:strict", "releases": "s3://bucket/prefix"}
    assert Settings(**inside).topic == "my.toml:strict"
    with pytest.raises(ValidationError, match="COREPATH_ALLOWED_FOLDERS"):
        Settings(**inside | outside)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lake": "/etc/lake"}, "/etc/lake is none of the places"),
        ({"lake": "inside/../../lake"}, "none of the places"),
        ({"lake": "s3://another/lake"}, "none of the places"),
        ({"spark": "spark://elsewhere:7077"}, "elsewhere:7077 is none of the places"),
        ({"spark": "yarn"}, "yarn is none of the places"),
        ({"spark": "local-cluster[1,1,1024]"}, "none of the places"),
        ({"dumps": {"ppubs": "s3://another/dump"}}, "none of the places"),
        ({"options": {"spark.driver.extraJavaOptions": "-agentpath:x"}}, "spark-defaults.conf"),
    ],
)
@pytest.mark.service
def test_a_service_reaches_no_cluster_that_its_operator_does_not_list(changed, said, tmp_path, monkeypatch):
    allowed = [str(tmp_path), "s3://bucket/lake", "s3://bucket/dump", "spark://host:7077"]
    monkeypatch.chdir(tmp_path)
    inside = {"lake": "lake", "spark": "local[2]"}
    outside = Cluster(**inside | changed)
    assert outside.model_dump().items() >= changed.items()
    monkeypatch.setenv("COREPATH_ALLOWED_FOLDERS", json.dumps(allowed))
    assert Cluster(**inside).options == {}
    listed = {
        "lake": "s3://bucket/lake",
        "spark": "spark://host:7077",
        "dumps": {"ppubs": "s3://bucket/dump"},
    }
    assert Cluster(**listed).spark == "spark://host:7077"
    with pytest.raises(ValidationError, match=said):
        Cluster(**inside | changed)


def test_a_cluster_takes_no_dump_with_a_secret():
    with pytest.raises(ValidationError, match="must not hold credentials"):
        Cluster(lake="lake", spark="local[2]", dumps={"ppubs": "s3://key:secret@bucket/dump"})


def test_readme_shows_every_setting_in_the_words_of_its_field() -> None:
    assert as_markdown() in (ROOT / "README.md").read_text(encoding="utf-8")
