"""Excel files: one sheet, typed cells, and nothing in them that Excel would run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would take for a formula."""

WIDEST = 40

Cell = str | int | Decimal | datetime | None


def workbook(title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """An .xlsx file. Moments are written as they stand, so give them in the reader's zone."""
    content = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with xlsxwriter.Workbook(content, options) as book:
        sheet = book.add_worksheet(title[:31])
        text = book.add_format()
        text.set_quote_prefix()
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet.write_row(0, 0, columns, book.add_format({"bold": True, "bottom": 1}))
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                _write(sheet, number, place, cell, text=text, moment=moment, money=money)
        sheet.freeze_panes(1, 0)
        sheet.autofit(max_width=WIDEST * 7)
    return content.getvalue()


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, *, text: Format, moment: Format, money: Format) -> None:
    match cell:
        case None | "":
            return
        case datetime():
            sheet.write_datetime(row, column, cell, moment)
        case Decimal():
            sheet.write_number(row, column, float(cell), money)
        case int():
            sheet.write_number(row, column, cell)
        case _:
            escaped = cell.startswith(DANGEROUS)
            sheet.write_string(row, column, cell, text if escaped else None)
