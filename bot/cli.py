"""The command line: `genjin`."""

from __future__ import annotations

import asyncio
import errno
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from typer.models import CommandInfo

from bot import logs
from bot.errors import Refused
from bot.people_cli import app as people_commands
from config.settings import Settings
from transcription.commands import app as speech_commands
from transcription.errors import TranscriptionError
from transcription.weights import fetch

if TYPE_CHECKING:
    from bot.emulating import Around

Given = TypeVar("Given")

DEMO = Path(".data/demo")


def _name(command: CommandInfo) -> str:
    return command.name or (command.callback.__name__ if command.callback else "")


app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="跟进：在钉钉、企业微信、飞书里的销售管理机器人",
    pretty_exceptions_enable=False,
)
OWN = ("weights",)
"""Commands of the speech package that the settings answer here."""

app.registered_commands.extend(one for one in speech_commands.registered_commands if _name(one) not in OWN)
app.add_typer(people_commands, name="people")

Port = Annotated[int | None, typer.Option(help="监听端口；不给则用设置里的")]


@app.command()
def serve(port: Port = None) -> None:
    """启动服务，按 Ctrl-C 停止。"""
    _serve(Settings(), port, ["跟进已就绪：{url}"])


@app.command()
def demo(
    port: Port = None,
    data: Annotated[Path, typer.Option(help="演示数据放在哪里")] = DEMO,
    platforms: Annotated[
        bool,
        typer.Option("--platforms", help="飞书、钉钉、企业微信和网页聊天四个并排，每次从头开始；只在源码目录里能用"),
    ] = False,
) -> None:
    """打开演示公司：不需要账号，可切换身份、拨快时钟。"""
    if platforms:
        _demo_side_by_side(port)
        return
    lines = ["", "  跟进演示已就绪，用浏览器打开：{url}", "  按 Ctrl-C 停止。重新开始演示：删除目录 " + str(data), ""]
    _serve(_demo_settings(data, data.parent / "models"), port, lines)


def _demo_settings(data: Path, models: Path) -> Settings:
    settings = Settings(demo=True, data=data, log_format="text")
    if settings.speech.folder is None:
        settings.speech.folder = models
    return settings


def _demo_side_by_side(port: int | None) -> None:
    """The emulated platforms remember nothing after they end, so the company begins anew each time too."""
    from bot.emulating import side_by_side

    around = _emulators(side_by_side)
    lines = [
        "",
        "  四个平台并排的演示已就绪，用浏览器打开：{url}/side-by-side",
        "  按 Ctrl-C 停止；每次打开都从头开始。",
        "",
    ]
    with tempfile.TemporaryDirectory(prefix="genjin-demo-") as folder:
        _serve(_demo_settings(Path(folder), DEMO.parent / "models"), port, lines, around)


def _emulators(load: Callable[[], Given]) -> Given:
    """What `load` gives; outside a checkout, where there are no emulators, the command ends with a sentence."""
    from bot.emulating import NoEmulator

    try:
        return load()
    except NoEmulator as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@app.command()
def emulate(
    platform: Annotated[str, typer.Argument(help="feishu、dingtalk 或 wecom")],
    port: Annotated[int | None, typer.Option(help="模拟器的端口；不给则用各自的默认端口")] = None,
    callback: Annotated[
        str, typer.Option(help="回调地址，例如 http://127.0.0.1:8080/callbacks/wecom/main；不给则走长连接")
    ] = "",
) -> None:
    """启动一个平台模拟器，带聊天页面；打印要填进设置的内容。只在源码目录里能用。"""
    from bot.emulating import start

    _emulators(lambda: start(platform, port, callback))


@app.command()
def migrate() -> None:
    """把数据库升级到最新结构。"""
    from storage.database import Database
    from storage.migrating import migrate as run

    async def go() -> None:
        settings = Settings()
        settings.data.mkdir(parents=True, exist_ok=True)
        db = Database(settings.database_url)
        await run(db)
        await db.close()

    asyncio.run(go())


@app.command()
def login(name: Annotated[str, typer.Argument(help="谁的登录链接，写姓名")]) -> None:
    """生成内置网页聊天的登录链接，10 分钟内有效。"""
    from bot.logins import login_link

    try:
        typer.echo(asyncio.run(login_link(Settings(), name)))
    except Refused as refused:
        typer.echo(refused.text, err=True)
        raise typer.Exit(1) from None


@app.command()
def weights() -> None:
    """下载并核对语音模型，放到设置里的目录。"""
    settings = Settings()
    try:
        typer.echo(f"语音模型在 {fetch(settings.models, settings.speech.model, say=typer.echo)}")
    except TranscriptionError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@app.command()
def doctor() -> None:
    """检查运行状况和各平台，有问题时退出码是 1。"""
    from bot.doctor_cli import report

    logs.configure("text", level=logging.ERROR)
    lines, well = asyncio.run(report(Settings()))
    typer.echo("\n".join(lines))
    raise typer.Exit(0 if well else 1)


def _serve(settings: Settings, port: int | None, lines: list[str], around: Around | None = None) -> None:
    from bot.serving import serve as run

    if port is not None:
        settings.port = port
    logs.configure(settings.log_format)
    try:
        asyncio.run(run(settings, lines, around))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        typer.echo(
            f"端口 {settings.port} 已被别的程序占用；换一个端口再试，例如 --port {settings.port + 1}（make 里写 PORT={settings.port + 1}）",
            err=True,
        )
        raise typer.Exit(1) from None


def main() -> None:
    app()


if __name__ == "__main__":
    main()
