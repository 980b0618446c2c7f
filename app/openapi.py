"""The OpenAPI document of the API, drawn from the structs of its answers."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from experiments.lifecycle import LIFECYCLE
from experiments.words import typeset

from . import shapes

FILTERS = (
    ("q", "", "Mots cherchés : les accents et les formes des mots sont pardonnés", "ombre"),
    ("statut", "status", "Un état, ou `overdue` (échues), `past` (passées), `refused` (refusées), `all` (toutes) ; "
     "sans lui, ce qui est en cours", "all"),
    ("commune", "", "Code officiel géographique, ou nom", "44109"),
    ("politique", "policy", "Politique publique servie : son code, ou son nom", ""),
    ("organisme", "organisation", "L’organisme qui porte, en entier", ""),
    ("annee", "period", "Une année où elle a cours", "2026"),
    ("derogation", "", "Le rang d’une règle écartée (`law`, `decree`, `deliberation`…), `purchase`, `public-domain`, "
     "ou `none` : aucune", "none"),
    ("suite", "outcome", "La suite donnée : `extension`, `generalisation`, `partial`, `abandonment`, `early-stop`", ""),
)  # fmt: skip
"""The filters of the list: their name, that in English, what they keep, an example."""
ALIASES = {english: name for name, english, *_more in FILTERS if english}

_ANSWERS = (shapes.Page, shapes.Whole, shapes.Observations, shapes.Ways, shapes.Crossed, shapes.Problem)
_REF = "#/components/schemas/{name}"
_NUMBER = {
    "name": "number", "in": "path", "required": True, "description": "Le numéro permanent de l’expérimentation",
    "schema": {"type": "string", "pattern": r"^\d{4}-\d{3,6}$"}, "example": "2026-014",
}  # fmt: skip
_REFUSALS = {
    400: "Demande non comprise",
    401: "Clé absente, inconnue ou révoquée",
    403: "Ce n’est pas à vous de franchir ce jalon",
    404: "Introuvable, ou pas visible pour vous",
    409: "Le jalon reste fermé : `missing` dit tout ce qui manque, `changed` ce qui a changé depuis `version`",
    413: "Corps trop long",
    422: "Corps illisible : `detail` nomme chaque champ",
    503: "La base ne répond pas : réessayez après le délai de `Retry-After`",
}

_UNCHANGED = {"description": "Rien n’a changé depuis l’`ETag` donné par `If-None-Match`"}


def _answer(schema: str, description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": {"$ref": _REF.format(name=schema)}}}}


def _refusals(*codes: int) -> dict[str, Any]:
    schema = {"$ref": _REF.format(name="Problem")}
    return {
        str(code): {"description": _REFUSALS[code], "content": {"application/problem+json": {"schema": schema}}}
        for code in codes
    }


def _query(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": {"type": "string", **schema}}


_PAGING = (
    _query("limit", "Lignes par page, de 1 à 100", type="integer", minimum=1, maximum=100, default=50),
    _query("cursor", "Donné par `next` : reprenez son adresse telle quelle"),
)


def _filters() -> list[dict[str, Any]]:
    also = [_query(english, f"Comme `{name}`") for name, english, *_more in FILTERS if english]
    return [_query(name, typeset(what)) for name, _english, what, _example in FILTERS] + also


def _paths() -> dict[str, Any]:
    token: list[dict[str, list[str]]] = [{"token": []}]
    gate = {"name": "gate", "in": "path", "required": True, "schema": {"type": "string", "enum": list(LIFECYCLE)}}
    body = {
        "type": "object",
        "description": "`version` : celle du dossier que vous avez lu ; sans elle, il est jugé tel qu’il est. "
        "Les autres champs sont ceux que le jalon demande (voir `fields` dans la liste des jalons).",
        "properties": {"version": {"type": "integer"}},
        "additionalProperties": True,
    }
    return {
        "/experiments": {"get": {
            "operationId": "listExperiments", "summary": "Les expérimentations publiques ; avec une clé, les vôtres",
            "security": [{}, *token],
            "parameters": [
                *_filters(),
                _query("scope", "`mine` : les dossiers où vous avez un rôle, brouillons compris", enum=["mine"]),
                *_PAGING,
            ],
            "responses": {
                "200": _answer("Page", "Une page de la liste, le numéro le plus récent d’abord"), "304": _UNCHANGED,
                **_refusals(400, 401, 503),
            },
        }},
        "/experiments/{number}": {"get": {
            "operationId": "readExperiment", "summary": "Une expérimentation ; avec une clé, tout son dossier",
            "security": [{}, *token], "parameters": [_NUMBER],
            "responses": {
                "200": _answer("Whole", "L’expérimentation"), "304": _UNCHANGED, **_refusals(401, 404, 503)
            },
        }},
        "/experiments/{number}/observations": {"get": {
            "operationId": "listObservations", "summary": "Ce que disent les habitants, et ce qui leur est répondu",
            "security": [{}], "parameters": [_NUMBER, *_PAGING],
            "responses": {
                "200": _answer("Observations", "Une page d’observations, la dernière reçue d’abord"),
                "304": _UNCHANGED, **_refusals(400, 404, 503),
            },
        }},
        "/experiments/{number}/gates": {"get": {
            "operationId": "listGates", "summary": "Chaque jalon, et ce qui manque pour le franchir",
            "security": token, "parameters": [_NUMBER],
            "responses": {"200": _answer("Ways", "Les jalons"), **_refusals(401, 404, 503)},
        }},
        "/experiments/{number}/gates/{gate}": {"post": {
            "operationId": "crossGate", "summary": "Franchir un jalon",
            "security": token, "parameters": [_NUMBER, gate],
            "requestBody": {"required": False, "content": {"application/json": {"schema": body}}},
            "responses": {
                "201": _answer("Crossed", "Le jalon est franchi"),
                "200": _answer("Crossed", "Ce même envoi l’avait déjà franchi"),
                **_refusals(401, 403, 404, 409, 413, 422, 503),
            },
        }},
        "/openapi.json": {"get": {
            "operationId": "describe", "summary": "Ce document", "security": [{}],
            "responses": {"200": {
                "description": "OpenAPI 3.1", "content": {"application/json": {"schema": {"type": "object"}}},
            }},
        }},
    }  # fmt: skip


@cache
def document(public_url: str) -> bytes:
    """The document, as it is served."""
    _, schemas = msgspec.json.schema_components(_ANSWERS, ref_template=_REF)
    return msgspec.json.encode({
        "openapi": "3.1.0",
        "info": {
            "title": "Jalon", "version": "1",
            "summary": "Le registre public des expérimentations",
            "description": "Sans clé, ce que tout le monde voit. Avec une clé, faite dans votre compte, "
            "ce que vous voyez.",
        },
        "servers": [{"url": f"{public_url}/api/v1"}],
        "paths": _paths(),
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    })  # fmt: skip
