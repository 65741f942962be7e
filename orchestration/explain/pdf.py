"""A letter as PDF: embedded fonts, page numbers, the same bytes for the same letter."""

from datetime import UTC
from pathlib import Path

import matplotlib
from fpdf import FPDF

from domain.letters import Letter

MARGIN_MM = 22
_FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
"""DejaVu: free to embed, and has Latin, Greek and Cyrillic, so that every name can be printed."""


class _Page(FPDF):
    def __init__(self, letter: Letter) -> None:
        super().__init__(format="A4")
        self._letter = letter
        self.set_margins(MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(True, MARGIN_MM)
        for style, file in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
            self.add_font("DejaVu", style, _FONTS / file)
        self.set_title(letter.title)
        self.set_creation_date(letter.written_on.astimezone(UTC))

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("DejaVu", size=7)
        self.set_text_color(110)
        self.cell(0, 5, self._letter.reference)
        self.cell(0, 5, f"{self.page_no()}/{{nb}}", align="R")


def pdf(letter: Letter) -> bytes:
    """The letter as A4."""
    page = _Page(letter)
    page.add_page()
    page.set_font("DejaVu", "B", 15)
    page.multi_cell(0, 8, letter.title, new_x="LMARGIN", new_y="NEXT")
    page.set_font("DejaVu", size=8.5)
    page.set_text_color(90)
    page.multi_cell(0, 5, letter.reference, new_x="LMARGIN", new_y="NEXT")
    page.multi_cell(0, 5, f"{letter.written_on:%-d %B %Y}", new_x="LMARGIN", new_y="NEXT")
    for section in letter.sections:
        page.ln(4)
        page.set_text_color(20)
        page.set_font("DejaVu", "B", 10.5)
        page.multi_cell(0, 6, section.heading, new_x="LMARGIN", new_y="NEXT")
        page.set_font("DejaVu", size=9)
        for paragraph in section.paragraphs:
            page.multi_cell(0, 4.8, paragraph, align="L", new_x="LMARGIN", new_y="NEXT")
            page.ln(1)
    return bytes(page.output())
