"""The house's Markdown: what Python-Markdown is made of here."""

from typing import Self

from markdown import Markdown
from markdown.blockprocessors import OListProcessor
from markdown.treeprocessors import build_treeprocessors
from markdown.util import Registry

from narrative.web.markdown_bounds import BlockMeter, Budget, MeteredTables
from narrative.web.markdown_inline import Emphasis, Span, Token
from narrative.web.markdown_links import Address, Image, Link
from narrative.web.markdown_lists import ListPreprocessor
from narrative.web.markdown_tree import Definitions, Hide, Tidy


class NumberedLists(OListProcessor):
    """Lists that keep the number they start with."""

    LAZY_OL = False


class Dialect(Markdown):
    """A converter for one text, which raises TooCostly when `budget` is spent. Raw HTML stays text."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        super().__init__(output_format="html")

    def build_parser(self) -> Self:
        """Put the converter together."""
        super().build_parser()
        self._build_blocks()
        self._build_inline()
        return self

    def _build_blocks(self) -> None:
        self.preprocessors.deregister("html_block")
        self.preprocessors.register(ListPreprocessor(self, self.budget), "lists", 25)
        self.preprocessors.register(Hide(self), "hide", 20)
        self.preprocessors.register(Definitions(self), "definitions", 15)
        blocks = self.parser.blockprocessors
        blocks.deregister("reference")
        blocks.register(BlockMeter(self.parser, self.budget), "meter", 1000)
        blocks.register(MeteredTables(self.parser, self.budget), "table", 75)
        blocks.register(NumberedLists(self.parser), "olist", 40)

    def _build_inline(self) -> None:
        self.inlinePatterns = Registry()
        self.inlinePatterns.register(Token(self, self.budget), "token", 190)
        self.inlinePatterns.register(Span(self, self.budget), "span", 170)
        self.inlinePatterns.register(Image(self, self.budget), "image", 160)
        self.inlinePatterns.register(Link(self, self.budget), "link", 150)
        self.inlinePatterns.register(Address(self, self.budget), "address", 140)
        self.inlinePatterns.register(Emphasis(self, self.budget), "emphasis", 60)
        self.treeprocessors = build_treeprocessors(self)
        self.treeprocessors.register(Tidy(self), "tidy", -10)
