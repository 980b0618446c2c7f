"""Vérifie la trace publique d’un registre Jalon, avec Python seul. Code de sortie : 0 si tout concorde, 1 sinon.

python verifier.py https://registre.exemple.fr       télécharge la trace et son point de contrôle
python verifier.py trace.jsonl [checkpoint.json]     lit des fichiers déjà téléchargés
… --kept EMPREINTE    cette empreinte, notée un jour (64 chiffres, ou au moins ses 16 premiers), doit y être encore
… --text ENTRÉE CHAMP SEL FICHIER    ce texte doit être celui que la trace a engagé (FICHIER : ou son adresse)
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO
from urllib.request import urlopen

START = "0" * 64
KEYS = {"seq", "previous", "at", "experiment", "event", "from", "to", "capacity", "facts", "withheld"}
GATES = {  # chaque jalon : depuis quels états, vers quel état
    "open": ((None,), "draft"), "extend": (("running",), "running"), "close": (("decided",), "closed"),
    "submit": (("draft",), "submitted"), "refuse": (("submitted",), "refused"), "suspend": (("running",), "suspended"),
    "return": (("submitted",), "draft"), "start": (("authorised",), "running"), "resume": (("suspended",), "running"),
    "authorise": (("submitted",), "authorised"), "decide-abandon": (("evaluated",), "decided"),
    "withdraw": (("draft", "submitted"), "withdrawn"), "evaluate": (("evaluating", "evaluated"), "evaluated"),
    "finish": (("running", "suspended"), "evaluating"), "stop": (("authorised", "running", "suspended"), "evaluating"),
    "decide-generalise": (("evaluated",), "decided"), "decide-maintain": (("evaluated",), "decided"),
}  # fmt: skip
FRENCH = {"draft": "brouillon", "submitted": "soumise", "withdrawn": "retirée", "authorised": "autorisée",
          "refused": "refusée", "running": "en cours", "suspended": "suspendue", "evaluating": "en évaluation",
          "evaluated": "évaluée", "decided": "décidée", "closed": "close"}  # fmt: skip
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")  # PKCS#1 v1.5 : « voici un SHA-256 »


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError  # un nom écrit deux fois se lirait de deux façons
    return dict(pairs)


def read(line: bytes, place: int) -> dict[str, Any]:
    """Une ligne, si elle a la forme d’une entrée."""
    try:
        entry: dict[str, Any] = json.loads(line.decode(), object_pairs_hook=once)
        texts = [entry["event"], entry["previous"], *(entry[key] or "" for key in ("experiment", "from", "to"))]
        if set(entry) != KEYS or {*map(type, texts)} != {str} or type(entry["withheld"]) is not dict:
            raise ValueError
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ValueError(f"Entrée {place} : cette ligne n’est pas une entrée de la trace") from None
    return entry


def chain(lines: Iterable[bytes]) -> Iterator[tuple[dict[str, Any], str]]:
    """Chaque entrée et son empreinte, tant que chacune porte l’empreinte de la précédente."""
    head = START
    for place, line in enumerate(lines, 1):
        entry = read(line := line.rstrip(b"\r\n"), place)
        if type(entry["seq"]) is not int or entry["seq"] != place:
            raise ValueError(f"Entrée {place} : elle manque, on trouve l’entrée {entry['seq']} à sa place")
        if entry["previous"] != head:
            raise ValueError(f"Entrée {place} : elle ne porte pas l’empreinte de la précédente ; l’une a changé")
        head = hashlib.sha256(line).hexdigest()
        yield entry, head


def follow(entry: dict[str, Any], statuses: dict[str, str]) -> None:
    """Fait avancer l’état d’une expérimentation : par un jalon qui existe, et depuis l’état où elle est."""
    seq, number, event, before, after = (entry[key] for key in ("seq", "experiment", "event", "from", "to"))
    if event not in GATES and before is None and after is None:
        return
    sources, target = GATES.get(event, ((), ""))
    if not number or before not in sources or after != target:
        raise ValueError(f"Entrée {seq} : le jalon « {event} » ne mène pas de « {before} » à « {after} »")
    if (now := statuses.get(number)) != before:
        raise ValueError(f"Entrée {seq} : {number} part de « {before} », alors que la trace l’a laissée à « {now} »")
    statuses[number] = after


def check_text(entry: dict[str, Any], field: str, salt: str, path: str) -> None:
    """Un engagement est le SHA-256 de « sel:texte »."""
    with opened(path) as file:
        if hashlib.sha256(salt.encode() + b":" + file.read()).hexdigest() != entry["withheld"].get(field):
            raise ValueError(f"Entrée {entry['seq']} : ce texte n’est pas celui qui a été engagé sous « {field} »")


def check_signature(point: Any) -> tuple[int, str, str]:
    """Une clé RSA, une puissance, les octets attendus ; rend la taille, l’empreinte, et l’empreinte de la clé."""
    try:
        size, head, n, e = point["size"], point["head"], int(point["key"]["n"], 16), point["key"]["e"]
        said = f"jalon-trace\n{size}\n{head}\n{point['at']}\n".encode()
        length, tail = (n.bit_length() + 7) // 8, b"\0" + SHA256_INFO + hashlib.sha256(said).digest()
        right = b"\0\1" + b"\xff" * (length - 2 - len(tail)) + tail
        signed = pow(int(point["signature"], 16), e, n).to_bytes(length, "big")
        if signed != right or e != 65537 or length < 256 or type(size) is not int or (head == START) != (size == 0):
            raise ValueError
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ValueError("Point de contrôle : sa signature ne vaut pas pour ce qu’il annonce") from None
    return size, head, hashlib.sha256(f"{n:x}".encode()).hexdigest()


def verify(lines: Iterable[bytes], announced: dict[int, str], kept: set[str], texts: dict[int, list[str]]) -> str:
    """Parcourt toute la trace ; rend ce qu’elle dit, en une phrase."""
    place, head, statuses = 0, START, dict[str, str]()
    for entry, head in chain(lines):
        follow(entry, statuses)
        place, kept = entry["seq"], {one for one in kept if not head.startswith(one)}
        if announced.pop(place, head) != head:
            raise ValueError(f"Entrée {place} : son empreinte n’est pas celle du point de contrôle")
        if place in texts:
            check_text(entry, *texts.pop(place))
    for expected in (announced.keys() - {0}) | texts.keys():
        raise ValueError(f"Entrée {expected} : elle manque, la trace s’arrête à l’entrée {place}")
    for lost in (one for one in kept if not START.startswith(one)):
        raise ValueError(f"L’empreinte {lost} n’est plus dans la trace : le passé a été réécrit ou tronqué")
    now = [*statuses.values()]
    states = ", ".join(f"{label} ({now.count(status)})" for status, label in FRENCH.items() if status in now)
    return f"Tout concorde : {place} entrées ; expérimentations : {states or 'aucune'}.\nDernière empreinte : {head}"


def opened(source: str) -> BinaryIO:
    return urlopen(source, timeout=60) if "://" in source else open(source, "rb")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trace")
    parser.add_argument("checkpoint", nargs="?")
    parser.add_argument("--kept", action="append", default=[], type=str.lower, metavar="EMPREINTE")
    parser.add_argument("--text", nargs=4, default=[], metavar=("ENTRÉE", "CHAMP", "SEL", "FICHIER"))
    asked = parser.parse_args(arguments)
    kept = {one.strip(" .…") for one in asked.kept}
    if bad := [one for one in kept if not 16 <= len(one) <= 64 or set(one) - set("0123456789abcdef")]:
        sys.exit(f"Cette empreinte est incomplète : « {bad[0]} ». Donnez ses 64 chiffres (0-9, a-f), ou 16 au moins")
    site, announced, signed = asked.trace.rstrip("/"), {}, "Aucun point de contrôle lu."
    trace, point = (f"{site}/trace.jsonl", f"{site}/trace/checkpoint") if "://" in site else (asked.trace, "")
    try:
        texts = {int(asked.text[0]): asked.text[1:]} if asked.text else {}
        if point := asked.checkpoint or point:
            with opened(point) as file:
                size, head, key = check_signature(json.load(file))
            announced, signed = {size: head}, f"Signée jusqu’à l’entrée {size} par la clé {key}"
        with opened(trace) as lines:
            print(verify(lines, announced, kept, texts), signed, sep="\n")
    except (OSError, ValueError) as error:
        print(f"NON. {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
