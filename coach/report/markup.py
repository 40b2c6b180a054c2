"""HTML and SVG as a tree of elements: every text and attribute is escaped when it is written."""

from __future__ import annotations

from xml.etree import ElementTree

Element = ElementTree.Element
Child = ElementTree.Element | str | None


def e(tag: str, *children: Child, **attributes: object) -> Element:
    """An element, such as `e("p", "faster", class_="note")`.

    Args:
        tag: its name.
        children: elements and texts in their order; None is left out.
        attributes: `_` in a name stands for `-`, and is dropped at its end; None is left out.
    """
    made = ElementTree.Element(
        tag,
        {
            name.rstrip("_").replace("_", "-"): str(value)
            for name, value in attributes.items()
            if value is not None
        },
    )
    for child in children:
        add(made, child)
    return made


def add(parent: Element, child: Child) -> None:
    """Put one more thing at the end of an element."""
    if isinstance(child, str):
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + child
        else:
            parent.text = (parent.text or "") + child
    elif child is not None:
        parent.append(child)


def document(root: Element) -> bytes:
    """The whole page as it is written to a file."""
    text = ElementTree.tostring(root, encoding="unicode", method="html")
    return f"<!doctype html>\n{text}\n".encode("utf-8", "replace")
