"""The families that carried a field on: main paths of the citations among its families."""

import polars as pl

from corepath.transforms.methods.main_path import main_paths

# How many links of greatest weight main paths are searched from.
KEY_ROUTES = 10


def int_main_path(
    int_topic_citation: pl.LazyFrame,
    int_family_country: pl.LazyFrame,
    int_family_subfield: pl.LazyFrame,
    topic_country: pl.LazyFrame,
) -> pl.DataFrame:
    """Find the main paths of the world and of each country, in the whole topic and each sub-field.

    Parameters
    ----------
    int_topic_citation
        One row a cited family x citing family of a later date.
    int_family_country
        One row a family x country that it is attributed to: family, country.
    int_family_subfield
        One row a family x sub-field: family, subfield.
    topic_country
        One row a country to compare: country.

    Returns
    -------
    pl.DataFrame
        One row a network x sub-field ('all' for the whole topic) x link of a main path: network,
        subfield, cited_family, citing_family, spc_share (share of the network's search paths that pass
        the link, 0 to 1), key_route (rank of the best key-route whose path passes it; null of a link of
        the global main path alone), is_key_route (whether it is a key-route itself), is_global,
        network_links (links of the network). Links count where both families are in the network and in
        the sub-field.
    """
    links = int_topic_citation.collect().sort("cited_family", "citing_family")
    world = int_family_country.select("family", part=pl.lit("WORLD"))
    country = int_family_country.join(topic_country, on="country", how="semi").select(
        "family", part="country"
    )
    subfield = int_family_subfield.select("family", part="subfield")
    parts = _members(subfield)
    found = []
    for network, members in (_members(world) | _members(country)).items():
        in_network = _within(links, members)
        for name, part in {"all": members, **parts}.items():
            on_paths = _of_links(_within(in_network, part))
            found.append(on_paths.with_columns(network=pl.lit(network), subfield=pl.lit(name)))
    order = ["network", "subfield", "cited_family", "citing_family"]
    return pl.concat(found).sort(order)


def _members(frame: pl.LazyFrame) -> dict[str, pl.Series]:
    """Give the families of each part, by its name."""
    grouped = frame.unique().collect().group_by("part")
    return {str(name): families["family"] for (name,), families in sorted(grouped, key=lambda part: part[0])}


def _within(links: pl.DataFrame, members: pl.Series) -> pl.DataFrame:
    """Keep the links both of whose families are members, in their order."""
    chosen = members.implode()
    return links.filter(pl.col("cited_family").is_in(chosen), pl.col("citing_family").is_in(chosen))


def _of_links(links: pl.DataFrame) -> pl.DataFrame:
    """Give those links of a network that are on a main path."""
    if links.is_empty():
        return links.with_columns(
            spc_share=pl.lit(None, pl.Float64),
            key_route=pl.lit(None, pl.Int64),
            is_key_route=pl.lit(None, pl.Boolean),
            is_global=pl.lit(None, pl.Boolean),
            network_links=pl.lit(None, pl.Int64),
        )
    paths = main_paths(links["cited_family"].to_numpy(), links["citing_family"].to_numpy(), KEY_ROUTES)
    rank: dict[int, int] = {}
    for number, route in enumerate(paths.routes, start=1):
        for link in route:
            rank.setdefault(link, number)
    chosen = sorted(rank.keys() | set(paths.whole))
    return links[chosen].with_columns(
        spc_share=pl.Series(paths.weight[chosen]),
        key_route=pl.Series([rank.get(link) for link in chosen], dtype=pl.Int64),
        is_key_route=pl.Series([link in set(paths.key) for link in chosen]),
        is_global=pl.Series([link in set(paths.whole) for link in chosen]),
        network_links=pl.lit(links.height, pl.Int64),
    )
