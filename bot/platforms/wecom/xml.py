"""WeCom's XML, parsed without entities, document types or surprises."""

from __future__ import annotations

from xml.etree import ElementTree

Element = ElementTree.Element


class BadXml(Exception):
    """The text is not the flat XML WeCom sends; the message says why."""


class _NoDoctype(ElementTree.TreeBuilder):
    """Without a document type there are no entities to expand and nothing outside to fetch."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise BadXml("document types are not accepted")


def parse_xml(text: str | bytes) -> Element:
    """The root element. Raises BadXml."""
    parser = ElementTree.XMLParser(target=_NoDoctype())
    try:
        parser.feed(text)
        root = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise BadXml(f"not XML: {error}") from error
    if not isinstance(root, Element):
        raise BadXml("no root element")
    return root


def word(element: Element, path: str) -> str:
    """The text at `path`, empty when it is not there."""
    return (element.findtext(path) or "").strip()
