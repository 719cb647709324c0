"""What a form asks for: fields, their kinds and limits, and the changes an admin makes from chat.

The checking of what people entered is in `rules/answers.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from rules.errors import RulesError


class FieldKind(StrEnum):
    """What a field takes. Customers, people, photos and files are given by identifier."""

    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    DATETIME = "datetime"
    CUSTOMER = "customer"
    PERSON = "person"
    PHOTO = "photo"
    FILE = "file"
    POSITION = "position"
    CODE = "code"


CHOICES = (FieldKind.CHOICE, FieldKind.MULTI_CHOICE)
TEXTS = (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.CODE)
NUMBERS = (FieldKind.NUMBER, FieldKind.MONEY)
MOMENTS = (FieldKind.DATE, FieldKind.DATETIME)


class BadForm(RulesError):
    """A definition, or a change to one, that makes no sense."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `name` is the key in answers, `title` what people read.

    `max_length` counts characters. `minimum` and `maximum` bound numbers and money (yuan), and with `multiple` the
    count of photos, files, customers or people. `future`: a moment before now is refused. `slot` names what the
    language understanding fills in.
    """

    name: str
    title: str
    kind: FieldKind
    required: bool = False
    options: tuple[str, ...] = ()
    max_length: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    multiple: bool = False
    future: bool = False
    slot: str | None = None
    placeholder: str = ""
    help: str = ""

    def to_dict(self) -> dict[str, Any]:
        plain = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default}
        changed = {"kind": self.kind.value, "options": list(self.options)}
        bounds = {key: str(plain[key]) for key in ("minimum", "maximum") if key in plain}
        return plain | {key: value for key, value in changed.items() if value} | bounds


@dataclass(frozen=True, slots=True)
class FormDef:
    """A form: its fields in the order they are asked. Each change gives a form with the next version.

    Raises:
        BadForm: two fields of one name, a choice without options, bounds that exclude everything.
    """

    name: str
    title: str
    version: int
    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        names = [field.name for field in self.fields]
        twins = [name for name in names if names.count(name) > 1]
        if twins:
            raise BadForm(f"表单 {self.title} 里字段「{twins[0]}」出现了两次；请改一个名字")
        for field in self.fields:
            _check_field(field)

    def field(self, name: str) -> Field:
        """The field of that name or title.

        Raises:
            BadForm: no such field; the text lists those there are.
        """
        for field in self.fields:
            if name in (field.name, field.title):
                return field
        raise BadForm(f"表单 {self.title} 没有字段「{name}」；现有：{'、'.join(field.title for field in self.fields)}")

    def with_option(self, name: str, option: str) -> FormDef:
        """The next version, with one more option at the end.

        Raises:
            BadForm: no such field, a field without options, an empty or known option.
        """
        field, option = self._choice_field(name), option.strip()
        if not option:
            raise BadForm(
                f"字段 {field.title} 要增加的选项是空的；请写出选项，例如 /form add-option {field.title} 换人"
            )
        if option in field.options:
            raise BadForm(f"字段 {field.title} 已有选项「{option}」；现有：{'、'.join(field.options)}")
        return self._with(replace(field, options=(*field.options, option)))

    def without_option(self, name: str, option: str) -> FormDef:
        """The next version, without that option.

        Raises:
            BadForm: no such field or option, or it is the last one.
        """
        field = self._choice_field(name)
        if option not in field.options:
            known = "、".join(field.options)
            raise BadForm(f"字段 {field.title} 没有选项「{option}」；现有：{known}；用 /form add-option 增加")
        if len(field.options) == 1:
            raise BadForm(f"「{option}」是字段 {field.title} 的最后一个选项；请先用 /form add-option 增加别的，再删它")
        return self._with(replace(field, options=tuple(each for each in field.options if each != option)))

    def with_required(self, name: str, required: bool) -> FormDef:
        """The next version, with that field required or not.

        Raises:
            BadForm: no such field, or nothing would change.
        """
        field = self.field(name)
        if field.required == required:
            raise BadForm(f"字段 {field.title} 本来就{'是必填' if required else '不是必填'}，没有改动")
        return self._with(replace(field, required=required))

    def to_dict(self) -> dict[str, Any]:
        """A JSON value; `from_dict` gives the same form back."""
        plain_fields = [field.to_dict() for field in self.fields]
        return {"name": self.name, "title": self.title, "version": self.version, "fields": plain_fields}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> FormDef:
        """Reads what `to_dict` or a pack's YAML gives.

        Raises:
            BadForm: an unknown key or kind, or whatever the form itself refuses.
        """
        _refuse_unknown(plain, cls, "表单")
        asked = tuple(_read_field(field) for field in plain.get("fields", ()))
        return cls(plain["name"], plain.get("title", plain["name"]), int(plain.get("version", 1)), asked)

    def _choice_field(self, name: str) -> Field:
        field = self.field(name)
        if field.kind in CHOICES:
            return field
        choices = "、".join(each.title for each in self.fields if each.kind in CHOICES) or "没有"
        raise BadForm(f"字段 {field.title} 不是选择题，没有选项；表单里的选择题：{choices}")

    def _with(self, changed: Field) -> FormDef:
        asked = tuple(changed if field.name == changed.name else field for field in self.fields)
        return replace(self, version=self.version + 1, fields=asked)


def _read_field(plain: Mapping[str, Any]) -> Field:
    _refuse_unknown(plain, Field, "字段")
    kinds = [kind.value for kind in FieldKind]
    if plain.get("kind") not in kinds:
        raise BadForm(f"字段「{plain['name']}」的 kind 是「{plain.get('kind')}」；可用：{'、'.join(kinds)}")
    bounds = {key: _bound(plain, key) for key in ("minimum", "maximum")}
    options = tuple(str(option) for option in plain.get("options", ()))
    read = {"title": plain["name"], **plain, "kind": FieldKind(plain["kind"]), "options": options, **bounds}
    return Field(**read)


def _bound(plain: Mapping[str, Any], key: str) -> Decimal | None:
    try:
        return None if plain.get(key) is None else Decimal(str(plain[key]))
    except InvalidOperation:
        raise BadForm(f"字段「{plain['name']}」的 {key} 是「{plain[key]}」；请写数字") from None


def _refuse_unknown(plain: Mapping[str, Any], kind: type, where: str) -> None:
    known = [field.name for field in fields(kind)]
    unknown = [key for key in plain if key not in known]
    if unknown:
        raise BadForm(f"{where}里不认识「{unknown[0]}」；可用：{'、'.join(known)}")
    if "name" not in plain:
        raise BadForm(f"{where}缺少「name」")


def _check_field(field: Field) -> None:
    if field.kind in CHOICES and not field.options:
        raise BadForm(f"字段 {field.title} 是选择题，却没有选项；请写 options")
    if field.options and field.kind not in CHOICES:
        raise BadForm(
            f"字段 {field.title} 有选项，kind 却是 {field.kind}；请改成 choice 或 multi_choice，或去掉 options"
        )
    if len(set(field.options)) < len(field.options):
        raise BadForm(f"字段 {field.title} 有重复的选项；请去掉一个")
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        raise BadForm(f"字段 {field.title} 的最小值 {field.minimum} 大于最大值 {field.maximum}；请对调")
    if field.max_length is not None and field.max_length < 1:
        raise BadForm(f"字段 {field.title} 的 max_length 是 {field.max_length}；请给 1 以上的整数")
