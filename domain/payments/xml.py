"""Reading XML of others: no document type, so no entities; one message, so many bytes.

The standard parser expands entities that a document type declares. A bank's message has none, so
whatever has one is refused before anything is expanded.
"""

import re
from typing import Any, NoReturn
from xml.etree import ElementTree as ET

from domain.payments.errors import UntrustedFile

MOST_BYTES = 50 * 1024 * 1024
_NAMESPACE = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:([a-z]{4}\.[0-9]{3})\.001\.[0-9]{2}\}")


class _NoDocumentType(ET.TreeBuilder):
    def doctype(self, name: str, pubid: str | None, system: str | None) -> NoReturn:
        raise UntrustedFile("a bank's message has no document type: this is something else")


class Node:
    """An element by local names: versions of a message differ in their namespace."""

    def __init__(self, element: "ET.Element[Any]") -> None:
        self._element = element

    def all(self, path: str) -> list["Node"]:
        """Every element at a path of local names, in order."""
        here = [self._element]
        for name in path.split("/"):
            here = [child for one in here for child in one if _local(child) == name]
        return [Node(one) for one in here]

    def first(self, path: str) -> "Node | None":
        """The first element at a path, or None."""
        return next(iter(self.all(path)), None)

    def text(self, *paths: str) -> str | None:
        """The text at the first of the paths that has one, without blanks around it."""
        for path in paths:
            for found in self.all(path):
                text = (found._element.text or "").strip()
                if text:
                    return text
        return None

    def need(self, path: str) -> str:
        """The text at a path. Raises UntrustedFile where there is none."""
        text = self.text(path)
        if text is None:
            raise UntrustedFile(f"{_local(self._element)} lacks {path}")
        return text

    def attribute(self, name: str) -> str | None:
        """The value of an attribute, or None."""
        return self._element.get(name)

    @property
    def own(self) -> str:
        """The element's own text."""
        return (self._element.text or "").strip()


def message(content: bytes, kind: str, body: str) -> Node:
    """The body of a message of a kind, e.g. `pain.002`, in any version. Raises UntrustedFile."""
    if len(content) > MOST_BYTES:
        raise UntrustedFile(f"{len(content)} bytes are more than a message has")
    parser = ET.XMLParser(target=_NoDocumentType())  # noqa: S314 - no document type, no entities
    try:
        parser.feed(content)
        root = parser.close()
    except (ET.ParseError, ValueError, LookupError) as broken:
        raise UntrustedFile(f"this is no XML: {broken}") from broken
    found = _NAMESPACE.match(root.tag)
    if found is None or found[1] != kind or _local(root) != "Document":
        raise UntrustedFile(f"this is no {kind} but {root.tag[:100]}")
    inner = Node(root).first(body)
    if inner is None:
        raise UntrustedFile(f"{kind} has no {body}")
    return inner


def _local(element: "ET.Element[Any]") -> str:
    return str(element.tag).rpartition("}")[2]
