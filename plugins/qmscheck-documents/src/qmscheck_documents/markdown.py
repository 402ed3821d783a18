"""Markdown taken apart with markdown-it-py, which lives here; every block keeps the line it starts on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from qmscheck_documents import front_matter, plain_text, tables
from qmscheck_documents.blocks import Block, Kind, Mark, Parsed, Refused
from qmscheck_documents.labels import labelled
from qmscheck_documents.wording import decoded, normalised

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

__all__ = ["parse"]

_COMMENT = re.compile(r"<!--(.*?)(?:-->|$)|\{%-?\s*comment\s*-?%\}(.*?)(?:\{%-?\s*endcomment\s*-?%\}|$)", re.DOTALL)
#: Nothing that `_COMMENT` or `_SHORTCODE` finds stands in a text without these.
_MAY_COMMENT = re.compile(r"<!--|\{%")
_TAG = re.compile(r"</?([A-Za-z][\w-]*)[^<>]*>")
_BREAK = re.compile(r"<br\s*/?>|</br\s*>|</(?:p|div|li|tr|h\d)>", re.IGNORECASE)
_SHORTCODE_LINK = re.compile(r"\]\(\{%[^%\n]*%\}[^)\n]*\)")
_SHORTCODE = re.compile(r"\{%[^%]*%\}")
_HTML = frozenset({
    "a", "abbr", "b", "big", "blockquote", "body", "br", "button", "caption", "center", "code", "col", "colgroup", "dd",
    "del", "details", "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "head", "header", "hr", "html", "i", "iframe", "img", "input", "ins", "kbd", "label",
    "li", "link", "main", "mark", "meta", "nav", "ol", "option", "p", "pre", "q", "s", "samp", "script",
    "section", "select", "small", "source", "span", "strike", "strong", "style", "sub", "summary", "sup", "svg",
    "table", "tbody",
    "td", "textarea", "tfoot", "th", "thead", "title", "tr", "tt", "u", "ul", "var", "video",
})  # fmt: skip
#: Tokens that tell nothing and are every second one.
_SILENT = frozenset({
    "paragraph_open", "paragraph_close", "tr_close", "th_open", "th_close", "td_open", "td_close", "thead_open",
    "thead_close", "tbody_open", "tbody_close", "bullet_list_open", "bullet_list_close", "hr",
})  # fmt: skip
_PSEUDO_HEADING = 7
_SHORT = 100
_DEEPEST = 60
_MOST_BRACKETS = 5000


def parse(content: bytes) -> Parsed | Refused:
    """Take a Markdown file apart."""
    text = decoded(content)
    if text is None:
        return Refused("corrupt", "The file is not text.")
    source, guessed = text
    front, body = front_matter.split(source.replace("\r\n", "\n").replace("\r", "\n"))
    notes = (f"read as {guessed}",) if guessed else ()
    if max(chunk.count("[") for chunk in body.split("\n\n")) > _MOST_BRACKETS:
        return _plain(body, front, notes)  # the parser's time grows with the square of these
    tokens = _parser().parse(_SHORTCODE_LINK.sub("](page)", body))
    if max((token.level for token in tokens), default=0) >= _DEEPEST - 2:
        # Below that depth the parser drops text without a word.
        return _plain(body, front, notes)
    return Parsed([block for block in _blocks(tokens) if block.text], front=front, notes=notes)


@cache
def _parser() -> MarkdownIt:
    """Give the parser, made once. Link definitions would swallow lines such as `- [TODO: process 3]: specification`."""
    from markdown_it import MarkdownIt  # noqa: PLC0415

    return MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable("table").disable("reference")


def _plain(body: str, front: Mapping[str, str], notes: tuple[str, ...]) -> Parsed:
    parsed = plain_text.parse_text(body)
    return replace(parsed, front=front, notes=(*notes, "nested too deeply for Markdown: read as plain text"))


@dataclass(slots=True)
class _Inline:
    """The text of one inline token: its lines, and what the markup says of it."""

    lines: list[str] = field(default_factory=lambda: [""])
    comments: list[str] = field(default_factory=list)
    emphasised: bool = False
    strong: bool = False
    anchors: bool = False

    @property
    def text(self) -> str:
        return normalised(" ".join(self.lines))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    quotes = items = 0
    table: tuple[list[list[str]], list[int]] | None = None
    heading = 0
    for token in tokens:
        if token.type in _SILENT:
            continue
        line = token.map[0] + 1 if token.map else 0
        match token.type:
            case "blockquote_open" | "blockquote_close":
                quotes += token.nesting
            case "list_item_open" | "list_item_close":
                items += token.nesting
            case "heading_open" | "heading_close":
                heading = int(token.tag[1:]) if token.nesting > 0 else 0
            case "table_open":
                table = ([], [])
            case "tr_open" if table:
                table[0].append([])
                table[1].append(line)
            case "inline" if table:
                inline = _inline(token)
                table[0][-1].append(inline.text)
                yield from _comments(inline, line)
            case "table_close" if table:
                yield from _marked(tables.rows(*table, headed=True), quotes)
                table = None
            case _:
                yield from _marked(_leaf(token, line, heading, "bullet" if items else "paragraph"), quotes)


def _leaf(token: Token, line: int, heading: int, kind: Kind) -> Iterator[Block]:
    if token.type == "inline":
        inline = _inline(token)
        yield from _comments(inline, line)
        if heading:
            yield Block("heading", inline.text, level=heading, line=line)
        else:
            yield from _paragraph(inline, line, kind)
    elif token.type in {"fence", "code_block"}:
        yield Block("paragraph", normalised(token.content), line=line, mark="quote")
    elif token.type == "html_block":
        yield from _html(token.content, line)


def _comments(inline: _Inline, line: int) -> Iterator[Block]:
    yield from (Block("paragraph", text, line=line, mark="comment") for text in inline.comments)


def _marked(blocks: Iterator[Block], quotes: int) -> Iterator[Block]:
    for block in blocks:
        yield block._replace(mark="guidance") if quotes and not block.mark else block


def _inline(token: Token) -> _Inline:
    children = token.children or []
    if len(children) == 1 and children[0].type == "text" and not _MAY_COMMENT.search(children[0].content):
        return _Inline([children[0].content])
    found = _Inline(anchors=bool(children))
    depth = {"em": 0, "strong": 0, "link": 0}
    outside = {"em": False, "strong": False, "link": False}
    for child in children:
        name, _, end = child.type.rpartition("_")
        if name in depth:
            depth[name] += 1 if end == "open" else -1
            if name == "link" and end == "open" and not str(child.attrs.get("href", "")).startswith("#"):
                found.anchors = False
        elif child.type in {"softbreak", "hardbreak"}:
            found.lines.append("")
        elif child.type == "html_inline" and child.content.startswith("<!--"):
            found.comments.append(normalised(child.content[4:].removesuffix("-->")))
        elif child.type == "html_inline":
            found.lines[-1] += _tag_text(child.content)
        elif child.type == "image":
            found.comments.append(normalised(f"Picture: {child.content}"))
        else:
            found.lines[-1] += child.content
            for mark, level in depth.items():
                outside[mark] |= level == 0 and bool(child.content.strip())
    joined = "\n".join(found.lines)
    found.comments += [normalised(one or two) for one, two in _COMMENT.findall(joined)]
    found.lines = _SHORTCODE.sub(" ", _COMMENT.sub(" ", joined)).split("\n")
    filled = bool(found.text)
    found.emphasised = filled and not outside["em"]
    found.strong = filled and not outside["strong"]
    found.anchors &= filled and not outside["link"]
    return found


def _tag_text(tag: str) -> str:
    """Keep what looks like a tag and is none in HTML: `<Company Name>` is a blank to fill in."""
    name = _TAG.match(tag)
    if name is None or name[1].casefold() in _HTML:
        return " " if _BREAK.match(tag) else ""
    return tag


def _paragraph(inline: _Inline, line: int, kind: Kind) -> Iterator[Block]:
    texts = [normalised(text) for text in inline.lines]
    if sum(1 for text in texts if labelled(text)) > 1:
        yield from (Block(kind, text, line=line + n) for n, text in enumerate(texts))
        return
    text = inline.text
    mark: Mark = "contents" if inline.anchors else "instruction" if inline.emphasised else ""
    heads = inline.strong and not mark and len(text) < _SHORT and not text.endswith((".", "!", "?"))
    if heads and kind == "paragraph" and labelled(text) is None:
        yield Block("heading", text.rstrip(":"), level=_PSEUDO_HEADING, line=line)
        return
    yield Block(kind, text, line=line, mark=mark)


def _html(content: str, line: int) -> Iterator[Block]:
    """Give the comments of an HTML block, and the text that is left without its tags."""
    at = 0
    for found in _COMMENT.finditer(content):
        yield from _html_text(content[at : found.start()], line + content.count("\n", 0, at))
        start = line + content.count("\n", 0, found.start())
        yield Block("paragraph", normalised(found[1] or found[2] or ""), line=start, mark="comment")
        at = found.end()
    yield from _html_text(content[at:], line + content.count("\n", 0, at))


def _html_text(content: str, line: int) -> Iterator[Block]:
    if "<script" in content.casefold() or "<style" in content.casefold():
        yield Block("paragraph", normalised(content), line=line, mark="comment")
        return
    for part in _BREAK.split(content):
        bare = _TAG.sub(lambda tag: " " if tag[1].casefold() in _HTML else tag[0], part)
        if text := normalised(bare):
            yield Block("paragraph", text, line=line + _leading(bare))
        line += part.count("\n")


def _leading(part: str) -> int:
    return part[: len(part) - len(part.lstrip())].count("\n")
