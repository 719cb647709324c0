"""`genjin people`: the company's people from an Excel file, and the empty form for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from bot import people_import, people_sheet
from bot.context import Context
from cards.texts import say
from config.settings import Settings

app = typer.Typer(no_args_is_help=True, help="人员名单：从 Excel 导入，生成空表")

File = Annotated[Path, typer.Argument(help="Excel 文件，.xlsx")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只看会改什么，不写入")]


@app.command("import")
def take(file: File, dry_run: DryRun = False) -> None:
    """从 Excel 导入人员；有一行不对就一行也不导入。"""
    try:
        content = file.read_bytes()
    except OSError as error:
        typer.echo(f"读不了 {file}：{error.strerror}", err=True)
        raise typer.Exit(1) from None
    lines, well = asyncio.run(run(Settings(), content, dry_run=dry_run))
    typer.echo("\n".join(lines), err=not well)
    raise typer.Exit(0 if well else 1)


@app.command()
def template(file: File) -> None:
    """生成一张空表，填好再导入；不会盖掉已有的文件。"""
    try:
        with file.open("xb") as out:
            out.write(people_sheet.template())
    except OSError as error:
        reason = "已经有这个文件，换个名字" if isinstance(error, FileExistsError) else error.strerror
        typer.echo(f"没有生成 {file}：{reason}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"已生成 {file}，填好后运行 genjin people import {file}")


async def run(settings: Settings, content: bytes, *, dry_run: bool) -> tuple[list[str], bool]:
    """The lines to print, and whether the file could be taken over."""
    async with _writing(settings) as ctx:
        found = await people_import.preview(ctx, content)
        if found.problems:
            return [*found.problems, say("directory.none_imported", count=len(found.problems))], False
        if not dry_run:
            await people_import.take_over(ctx, found)
        new = [f"+ {one.name}（{say('roles.name', role=one.role)}）" for one in found.decided.new]
        fields = [(one, [say("directory.field", field=field) for field in one.fields]) for one in found.decided.changed]
        changed = [f"~ {say('directory.changed_one', name=one.after.name, fields=names)}" for one, names in fields]
        total = say("directory.imported", new=len(new), changed=len(changed))
        return [*new, *changed, say("directory.dry") if dry_run else total], True


@asynccontextmanager
async def _writing(settings: Settings) -> AsyncIterator[Context]:
    """One transaction on the installation's database, brought up to date first."""
    from bot.app import build
    from storage.database import Database
    from storage.migrating import migrate

    settings.data.mkdir(parents=True, exist_ok=True)
    db = Database(settings.database_url)
    await migrate(db)
    product = build(settings, db=db)
    try:
        async with db.write() as tx:
            yield await product.runtime.dispatcher.context(tx, "people import")
    finally:
        await product.close()
