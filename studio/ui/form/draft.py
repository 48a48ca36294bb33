"""A recipe while it is written, by the form, in its text, by a link and by what is made meanwhile: no page in it.

There are three accounts of a recipe: its text, what the form shows, and what the form showed when the two last said the
same. A field that says something else than it showed then was set by hand; everything else is as the text says. So it
does not matter which side was edited last, nor that one reaches the other only a moment later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from studio.ui.form import recipe_text, values
from studio.ui.form.field import Field


@dataclass(frozen=True)
class Draft:
    """A recipe that is being written.

    Args:
        text: what it says.
        kept: what it said when form and text last agreed, as the browser keeps it; empty where nobody has touched it.
        offered: what an untouched form said then.
    """

    text: str
    kept: str = ""
    offered: str = ""

    @property
    def shown(self) -> str:
        """The text that the form showed when the two last agreed."""
        return self.kept or self.offered

    @property
    def is_broken(self) -> bool:
        """Whether the text is no recipe: no form may write over it."""
        return recipe_text.is_broken(self.text)


@dataclass(frozen=True)
class Drafts:
    """What can be done with a draft of one kind; every method returns the draft that comes of it."""

    kind: str
    fields: tuple[Field, ...]

    def restored(self, kept: object, offered: object, now: str) -> Draft:
        """Return the draft as a browser left it, or a fresh one; `now` is what an untouched form says now."""
        if not isinstance(kept, str) or not kept.strip():
            return Draft(now, "", now)
        return self.followed(Draft(kept, kept, offered if isinstance(offered, str) else ""), now)

    def followed(self, draft: Draft, now: str) -> Draft:
        """Return it with what is on offer now in every field that says what was offered before."""
        text = recipe_text.followed(draft.text, self.kind, self.fields, draft.offered, now)
        return Draft(text, text if draft.kept else "", now)

    def edited_text(self, draft: Draft, text: str) -> Draft:
        """Return it with a text of the user's."""
        return replace(draft, text=text, kept=text)

    def edited_form(self, draft: Draft, given: Mapping[str, Any]) -> Draft:
        """Return it with the fields that were set by hand; as it is where none was, or where its text is broken.

        Args:
            given: what every field of the form says, as recipes say it.
        """
        empty = self.values(draft) is None and not draft.is_broken  # then the form alone says something
        moved = dict(given) if empty else self._moved(draft, given)
        return self._set(draft, moved) if moved else draft

    def agreed(self, draft: Draft, given: Mapping[str, Any]) -> Draft:
        """Return it with what was done on either side; as it is where nothing was.

        Args:
            given: what every field of the form says, as recipes say it.
        """
        edited = self.edited_form(draft, given)
        return edited if edited.text == draft.shown else self.edited_text(edited, edited.text)

    def unlike(self, draft: Draft, before: Draft, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a draft says otherwise than the fields do; of a broken one nothing.

        An emptied field says its default: nothing is put into it while somebody is at it.

        Args:
            before: the draft that the fields stood beside.
            given: what they say there, as recipes say it.
        """
        said = self.values(draft)
        if said is None:
            return {}
        form = self.values(self.edited_form(Draft(before.shown, before.shown), given)) or {}
        return {name: value for name, value in said.items() if name not in form or form[name] != value}

    def chosen(self, draft: Draft, things: Iterable[tuple[str, str]]) -> Draft:
        """Return it with what a link names, `(sort, name)` each, in the first field that refers to such a thing."""
        for sort, name in things:
            field = next((field for field in self.fields if field.refers == sort), None)
            if field is None or not name:
                continue
            if field.widget == "picks":
                draft = self._set(draft, {field.name: [*(item for item in self._listed(draft, field.name) if item != name), name]})  # fmt: skip
            else:
                draft = self._set(draft, {field.name: name})
        return draft

    def listed(self, draft: Draft, things: Iterable[tuple[str, str]]) -> Draft:
        """Return it with what a link adds to lists of texts, `(field, text)` each; the text is encoded as in an address."""
        fields = {field.name for field in self.fields if field.widget == "lines"}
        for name, text in things:
            draft = self.added(draft, name, [unquote(text)]) if name in fields else draft
        return draft

    def added(self, draft: Draft, field: str, items: Sequence[Any]) -> Draft:
        """Return it with more items in a list, as an upload adds them; with those that it has, once."""
        listed = self._listed(draft, field)
        new = [item for item in items if not any(_is_in(item, other) for other in listed)]
        return self._set(draft, {field: [*listed, *new]}) if new else draft

    def values(self, draft: Draft) -> dict[str, Any] | None:
        """Return what every field says; None where the text is broken, and the form stays as it is."""
        said = recipe_text.values_today(draft.text, self.kind)
        return None if said is None else {field.name: said.get(field.name, field.default) for field in self.fields}

    def _listed(self, draft: Draft, field: str) -> list[Any]:
        listed = (recipe_text.values_today(draft.text, self.kind) or {}).get(field)
        return list(listed) if isinstance(listed, list) else []

    def _moved(self, draft: Draft, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that say something else than they showed when the form and the text last agreed."""
        before = recipe_text.values_today(draft.shown, self.kind)
        if before is None:
            return {}
        return {
            field.name: given[field.name]
            for field in self.fields
            if field.name in given and given[field.name] != self._round(field, before.get(field.name, field.default))
        }

    def _round(self, field: Field, value: Any) -> Any:
        """Return a recipe's value as the form gives it back."""
        return values.read(field, values.shown(field, value))

    def _set(self, draft: Draft, moved: Mapping[str, Any]) -> Draft:
        if draft.is_broken:
            return draft
        said = self.values(draft) or {field.name: field.default for field in self.fields}
        text = recipe_text.written(draft.text, self.kind, self.fields, {**said, **moved})
        return replace(draft, text=text, kept=text)


def _is_in(item: Any, other: Any) -> bool:
    """Tell whether a listed item says what another one does, whatever else it says."""
    return item == other or (isinstance(item, dict) and isinstance(other, dict) and item.items() <= other.items())
