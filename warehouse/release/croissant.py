"""A release in the words of Croissant, by which catalogues and loaders of data sets find it."""

from collections.abc import Mapping
from typing import Any

# https://docs.mlcommons.org/croissant/docs/croissant-spec.html
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}

_TYPES = {
    "integer": "cr:Int64",
    "number": "cr:Float64",
    "string": "sc:Text",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
}

# The name by which Croissant's loader knows Parquet, older than the registered one.
_ENCODINGS = {"application/vnd.apache.parquet": "application/x-parquet"}


def as_croissant(package: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a release in Croissant 1.0, a record set a mart.

    Parameters
    ----------
    package
        The content of datapackage.json.

    Returns
    -------
    dict
        JSON-LD, the content of croissant.json. It says what datapackage.json says.
    """
    marts = {r["name"]: r for r in package["resources"] if "schema" in r}
    licences = [licence["title"] for licence in package["licenses"]]
    citations = " ".join(source["citation"] for source in package["sources"])
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": package["name"],
        "description": f"{package['title']}. {package['description']}",
        "version": package["version"],
        "datePublished": package["created"],
        "license": licences,
        "citeAs": f"{package['title']}, {package['version']}. Made with corepath "
        f"{package['corepath']['code_version']} of: {citations}",
        "isBasedOn": [source["path"] for source in package["sources"]],
        "distribution": [_file(resource) for resource in package["resources"]],
        "recordSet": [_record_set(mart, marts) for mart in marts.values()],
    }


def _file(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": resource["path"],
        "name": resource["path"],
        "description": resource["description"],
        "contentUrl": resource["path"],
        "contentSize": f"{resource['bytes']} B",
        "encodingFormat": _ENCODINGS.get(resource["mediatype"], resource["mediatype"]),
        "sha256": resource["hash"].removeprefix("sha256:"),
    }


def _record_set(mart: Mapping[str, Any], marts: Mapping[str, Any]) -> dict[str, Any]:
    schema = mart["schema"]
    # Croissant refers to one field, and loaders join by it. All rows of a release are of one topic,
    # so that what else is in the key decides; where that is several columns, nothing is said.
    references = {
        own[0]: {"field": _field_id(marts[key["reference"]["resource"]], theirs[0])}
        for key in schema["foreignKeys"]
        if len(own := [column for column in key["fields"] if column != "topic"]) == 1
        and (theirs := [column for column in key["reference"]["fields"] if column != "topic"])
    }
    return {
        "@type": "cr:RecordSet",
        "@id": mart["path"].removesuffix(".parquet"),
        "name": mart["path"].removesuffix(".parquet"),
        "description": mart["description"],
        "key": [_field_id(mart, column) for column in schema["primaryKey"]],
        "field": [
            {
                "@type": "cr:Field",
                **_field_id(mart, field["name"]),
                "name": field["name"],
                "description": field["description"],
                "dataType": _TYPES[field["type"]],
                "source": {"fileObject": {"@id": mart["path"]}, "extract": {"column": field["name"]}},
            }
            | ({"references": references[field["name"]]} if field["name"] in references else {})
            for field in schema["fields"]
        ],
    }


def _field_id(mart: Mapping[str, Any], column: str) -> dict[str, str]:
    return {"@id": f"{mart['path'].removesuffix('.parquet')}/{column}"}
