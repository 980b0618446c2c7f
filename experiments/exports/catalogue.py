"""The catalogue that data portals harvest: DCAT-AP, in JSON-LD. The register, the yearly reports, the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from experiments.ladder import paris_day
from experiments.model import Entry
from experiments.policy import current as policy
from experiments.years import years

from .columns import Table
from .forms import DOCUMENT_SCHEMA, DOCUMENTS, JSON, PEOPLE, PROGRAMS, Form, forms_of, path_of, schema_of
from .publisher import OPEN, SHARED, Publisher
from .tables import TABLES

_AUTHORITY = "http://publications.europa.eu/resource/authority"
_ADMS = "http://purl.org/adms"
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
COMMUNE = "http://id.insee.fr/geo/commune/"
KEYWORDS = ("expérimentation", "évaluation", "dérogation", "décision publique", "transparence", "SCDL")
_ASKED_BY = {
    OPEN: {"Attribution": "Attribution"},
    SHARED: {"Attribution": "Attribution", "ViralEffect-ShareAlike": "Partage dans les mêmes conditions"},
}
"""What each licence asks of who uses the data, in the words of ADMS."""
_FORMATS = {
    DOCUMENTS: ("JSON", "application/json", "JSON"),
    JSON: ("JSON", "application/json", "JSON"),
    PROGRAMS: ("CSV", "text/csv", "CSV"),
    PEOPLE: ("CSV", "text/csv", "CSV pour tableur"),
}


def catalogue(public: Connection, by: Publisher) -> dict[str, Any]:
    """The catalogue: the register, a distribution for each table in each of its forms; the reports; and the API."""
    site = by.url
    first, last = _days(public)
    changed = {"dct:modified": _day(last)} if last else {}
    dataset = {
        "@id": f"{site}/donnees#jeu", "@type": "dcat:Dataset", "dct:identifier": f"{site}/donnees",
        "dct:title": _french("Registre des expérimentations"),
        "dct:description": _french(
            "Toutes les expérimentations proposées, refusées comprises : durée, dérogations, parties prenantes, "
            "critères, résultats, décisions, étapes franchies avec leur empreinte, et ce qu’en disent les habitants."
        ),
        "dct:accrualPeriodicity": _authority("dct:Frequency", "frequency/UPDATE_CONT"),
        "dcat:landingPage": _document(f"{site}/donnees"),
        "dct:conformsTo": _typed("dct:Standard", f"{site}/donnees/schema.json"),
        "dcat:distribution": [
            _distribution(table, form, by) | changed for table in TABLES.values() for form in forms_of(table)
        ],
        "dct:spatial": _places(), **_described(by), **_since(first), **changed,
    }  # fmt: skip
    return {
        "@context": CONTEXT, "@id": f"{site}/donnees/catalogue.jsonld", "@type": "dcat:Catalog",
        "dct:title": _french(f"Données ouvertes du registre des expérimentations de {by.name}"),
        "dct:description": _french("Ce que l’autorité essaie, pour combien de temps, et ce qu’elle en a décidé."),
        "dct:publisher": _publisher(by), "dct:language": _authority("dct:LinguisticSystem", "language/FRA"),
        "dct:license": _licence(by), "foaf:homepage": _document(f"{site}/donnees"),
        "dcat:themeTaxonomy": _authority("skos:ConceptScheme", "data-theme")
        | {"dct:title": _french("Thèmes de données")},
        "dct:spatial": _places(),
        "dcat:dataset": [dataset, *_reports(public, by, _since(first) | changed)],
        "dcat:service": [_service(dataset["@id"], by)], **changed,
    }  # fmt: skip


def _distribution(table: Table, form: Form, by: Publisher) -> dict[str, Any]:
    schema = DOCUMENT_SCHEMA if form is DOCUMENTS else schema_of(table)
    told = _french(f"{table.title} ({_FORMATS[form][2]})"), _french(table.lead)
    # The CSV for people writes its figures in French, which its schema does not say.
    conforms = {} if form is PEOPLE else {"dct:conformsTo": _typed("dct:Standard", by.url + schema)}
    return _file(by.url + path_of(table, form), f"{by.url}/donnees", form, by, *told) | conforms


def _file(
    address: str, page: str, form: Form, by: Publisher, title: dict[str, str], description: dict[str, str]
) -> dict[str, Any]:
    file_type, mimetype, _label = _FORMATS[form]
    return {
        "@id": f"{address}#distribution", "@type": "dcat:Distribution",
        "dct:title": title, "dct:description": description,
        "dcat:accessURL": {"@id": page}, "dcat:downloadURL": {"@id": address},
        "dct:license": _licence(by),
        "dcatap:availability": _concept(f"{_AUTHORITY}/planned-availability/STABLE", "Stable"),
        "dct:format": _authority("dct:MediaTypeOrExtent", f"file-type/{file_type}"),
        "dcat:mediaType": _typed("dct:MediaType", f"https://www.iana.org/assignments/media-types/{mimetype}"),
    }  # fmt: skip


def _reports(public: Connection, by: Publisher, dated: dict[str, Any]) -> list[dict[str, Any]]:
    """The yearly reports, as a data set of its own; none as long as nothing happened."""
    if not dated:
        return []
    changed = {"dct:modified": dated["dct:modified"]}
    last = date.fromisoformat(changed["dct:modified"]["@value"])
    return [{
        "@id": f"{by.url}/bilan#jeu", "@type": "dcat:Dataset", "dct:identifier": f"{by.url}/bilan",
        "dct:title": _french("Bilans annuels des expérimentations"),
        "dct:description": _french(
            "Chaque année, ce qui a été proposé, essayé, évalué et décidé, et si ce qui était promis a été tenu : "
            "chaque chiffre, ce qu’il compte, parmi quoi et comment. Recalculables des données du registre."
        ),
        "dct:accrualPeriodicity": _authority("dct:Frequency", "frequency/UPDATE_CONT"),
        "dcat:landingPage": _document(f"{by.url}/bilan"),
        "dct:relation": {"@id": f"{by.url}/donnees#jeu"},
        "dcat:distribution": [
            _report(year, form, by) | changed for year in years(public, last) for form in (JSON, PEOPLE)
        ],
        "dct:spatial": _places(), **_described(by), **dated,
    }]  # fmt: skip


def _report(year: int, form: Form, by: Publisher) -> dict[str, Any]:
    told = _french(f"Bilan {year} ({_FORMATS[form][2]})"), _french(f"Les chiffres de {year} et ce qu’ils comptent.")
    schema = {"dct:conformsTo": _typed("dct:Standard", f"{by.url}/bilan/schema.json")} if form is JSON else {}
    return _file(f"{by.url}/bilan/{year}{form.suffix}", f"{by.url}/bilan/{year}", form, by, *told) | schema


def _service(dataset: str, by: Publisher) -> dict[str, Any]:
    """The API."""
    address = f"{by.url}/api/v1"
    return {
        # data.gouv.fr passes over what has no identifier.
        "@id": f"{by.url}/donnees/api#service", "@type": "dcat:DataService", "dct:identifier": f"{by.url}/donnees/api",
        "dct:title": _french("L’interface de programmation du registre"),
        "dct:description": _french("La liste et chaque expérimentation en JSON, filtrées, sans clé."),
        # The first of its addresses: portals follow it, and its root answers nothing.
        "dcat:endpointURL": {"@id": f"{address}/experiments"},
        "dcat:endpointDescription": {"@id": f"{address}/openapi.json"},
        "foaf:page": _document(f"{by.url}/donnees/api"), "dcat:landingPage": _document(f"{by.url}/donnees/api"),
        "dcat:servesDataset": {"@id": dataset}, **_described(by),
    }  # fmt: skip


def _described(by: Publisher) -> dict[str, Any]:
    """What is said of the data and of the API alike."""
    return {
        "dct:publisher": _publisher(by),
        "dct:license": _licence(by),
        "dct:accessRights": _authority("dct:RightsStatement", "access-right/PUBLIC"),
        "dct:language": _authority("dct:LinguisticSystem", "language/FRA"),
        "dcat:theme": _concept(f"{_AUTHORITY}/data-theme/GOVE", "Gouvernement et secteur public"),
        "dcat:keyword": [_french(word) for word in KEYWORDS],
        **_contact(by),
    }


def _publisher(by: Publisher) -> dict[str, Any]:
    return {
        "@id": f"{by.url}/#publisher", "@type": "foaf:Agent", "foaf:name": _french(by.name),
        "foaf:homepage": _document(f"{by.url}/"),
        "dct:type": _concept(f"{_ADMS}/publishertype/LocalAuthority", "Collectivité locale"),
        **({"dct:identifier": by.siret} if by.siret else {}),
    }  # fmt: skip


def _places() -> list[dict[str, Any]]:
    return [
        _typed("dct:Location", COMMUNE + code) | {"skos:prefLabel": _french(name)}
        for code, name in sorted(policy().communes.items())
    ]


def _contact(by: Publisher) -> dict[str, Any]:
    if not by.contact:
        return {}
    # Portals ask for the class whole, and do not know what belongs to it.
    kinds = ["vcard:Kind", "vcard:Organization"]
    return {
        "dcat:contactPoint": {
            "@type": kinds, "vcard:fn": by.name, "vcard:hasEmail": {"@id": f"mailto:{by.contact}"}
        }
    }  # fmt: skip


def _since(first: str) -> dict[str, Any]:
    """From the first entry of the trace on: a register has no last day."""
    return {"dct:temporal": {"@type": "dct:PeriodOfTime", "dcat:startDate": _day(first)}} if first else {}


def _typed(kind: str, address: str) -> dict[str, str]:
    """What is named by an address, and what it is: a validator does not follow it to see."""
    return {"@id": address, "@type": kind}


def _authority(kind: str, name: str) -> dict[str, str]:
    return _typed(kind, f"{_AUTHORITY}/{name}")


def _concept(address: str, label: str) -> dict[str, Any]:
    """A word of a list kept elsewhere, with its label: DCAT-AP wants one, and a validator has not read the list."""
    return _typed("skos:Concept", address) | {"skos:prefLabel": _french(label)}


def _licence(by: Publisher) -> dict[str, Any]:
    kinds = [_concept(f"{_ADMS}/licencetype/{code}", label) for code, label in _ASKED_BY[by.licence].items()]
    return _typed("dct:LicenseDocument", by.licence.url) | {"dct:type": kinds}


def _document(address: str) -> dict[str, str]:
    return _typed("foaf:Document", address)


def _day(day: str) -> dict[str, str]:
    return {"@value": day, "@type": "xsd:date"}


def _french(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "fr"}


class _Dated(msgspec.Struct):
    at: datetime


def _days(public: Connection) -> tuple[str, str]:
    """The days of the first and of the last entries of the trace; empty when there is none."""
    ends = (select(Entry.body).order_by(order).limit(1) for order in (Entry.seq, Entry.seq.desc()))
    bodies = [public.scalars(one).first() for one in ends]
    first, last = (paris_day(msgspec.json.decode(body, type=_Dated).at).isoformat() if body else "" for body in bodies)
    return first, last
