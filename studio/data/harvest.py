"""Reading the files of a recipe: what comes of each raw row goes onto the disk, what decides on it stays in memory."""

from __future__ import annotations

import json
import sys
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec

from studio.core.files import read_json, sha256_tree
from studio.core.remote import said_of
from studio.core.reporter import Reporter
from studio.core.text import Text
from studio.data.answer_letters import AnswerLetters
from studio.data.cleaning import Cleaner, Findings
from studio.data.conversion import DROP, Conversion, Dropped
from studio.data.corrections import CorrectedRows, corrected
from studio.data.dataset_folder import ABOUT, BY_SHARES, KEPT
from studio.data.deduplicate import Deduplicator, Merged, RowPlace
from studio.data.extent import extent_of
from studio.data.families import Families, Kin
from studio.data.guess import LOOKED_AT, Guess, guess, require_understood
from studio.data.join import joined
from studio.data.ledger import DROPPED, MERGED, REJECTED, Ledger
from studio.data.masking import masked, without_identifiers
from studio.data.mixture import Mixture, are_talks
from studio.data.normal import Marks, key, marks, normal, split_fraction
from studio.data.openers.dataset import part_of, require_dataset
from studio.data.opening import opening
from studio.data.raw import RawRow, open_raw
from studio.data.recipe import BY_ANSWER, DatasetRecipe
from studio.data.records.base import Row, RowOrigin
from studio.data.records.conversation import as_conversation
from studio.data.restore import PutBack, apart
from studio.data.row_view import BadRow, RowView
from studio.data.source_file import SourceFile
from studio.data.spool import Spool

_BETWEEN_CHECKS = 2_000
_NOTHING = Text("the row holds no question", "这一行没有题目")


@dataclass
class Harvest:
    """What came of the files read so far.

    Args:
        names: what people call each file.
        spool: takes a line for everything that a row gave, in order: a row of the dataset and the raw row behind it, or
            a line of those left out.
        texts: takes the comparable text of each row that was taken, where near duplicates are looked for.
        mixture: what the files were understood as, where there are several.
        seconds: where the second files of the sources lie that are joined, by the source's number.
        workbooks: where the corrected workbooks of the sources lie, by the source's number.
        sources: what the card tells of each file.
        findings: does the checks, and keeps what they find; without one, they are done and counted alone.
        forms: the form of each row that was taken.
        letters: the right letter of each row that was taken.
        corrected: how many rows a workbook changes.
        families: what the rows that were taken have in common.
        strata: the value of each by which the recipe stratifies; none where it does not.
        named: the columns and labels of the recipe's split that some row has.
        columns: the columns and labels that there are where one was missed.
        without: the ids of rows that are left out, each with the reason.
    """

    recipe: DatasetRecipe
    names: Sequence[str]
    spool: Spool
    report: Reporter
    texts: Spool | None = None
    mixture: Mixture = field(default_factory=Mixture)
    seconds: Mapping[int, Path] = field(default_factory=dict)
    workbooks: Mapping[int, Path] = field(default_factory=dict)
    findings: Findings = field(default_factory=lambda: Findings(Cleaner()))
    ledger: Ledger = field(default_factory=Ledger)
    sources: list[dict[str, object]] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    letters: AnswerLetters = field(default_factory=AnswerLetters)
    corrected: int = 0
    families: Families = field(default_factory=Families)
    strata: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    without: Mapping[str, Dropped] = field(default_factory=dict)
    _spooled: array[int] = field(default_factory=lambda: array("q"))

    def __post_init__(self) -> None:
        self.deduplicator = Deduplicator(self.row)
        self._put_back = PutBack(self.recipe.restore)

    def take(self, number: int, file: Path) -> None:
        """Take the rows of the recipe's file of that number.

        Raises:
            InputError: the file cannot be read, or its rows are not understood.
            Stopped: somebody asked.
        """
        source, name = self.recipe.sources[number], self.names[number]
        account = self.ledger.open()
        if source.split == KEPT:
            require_dataset(file)
        corrections = self._corrections(number, file)
        extent = extent_of(file, self.report.check_stop)
        opened = open_raw(file, source.reading)
        join = source.join
        rows = joined(opened.rows, self.seconds[number], join) if join else opened.rows
        head = list(islice(rows, LOOKED_AT))
        conversion, found = self.mixture.guesses.get(number) or self._guess(number, head)
        require_understood(found, head, str(file))
        as_talk = self.mixture.as_talk or are_talks([found])
        layouts: Counter[str] = Counter()
        columns = _Columns()
        for raw in chain(head, rows):
            if account.rows % _BETWEEN_CHECKS == 0:
                self.report.check_stop()
                self.report.progress(account.rows, extent.rows(account.rows, raw.line), "rows")
            account.rows += 1
            origin = RowOrigin(file=self._file_of(number, name, raw), line=raw.line)
            place = RowPlace(number, origin.file, raw.line)
            try:
                if raw.fault is not None:
                    raise BadRow(raw.fault)
                layout, view, several = self._converted(conversion, raw, origin, place)
                if corrections is not None:
                    several = [self._corrected(row, corrections) for row in several]
                if not several:
                    raise BadRow(_NOTHING)
            except BadRow as bad:
                account.read += 1
                self._leave_out(place, bad, raw.values)
                continue
            account.read += len(several) + len(view.faults)
            for fault in view.faults:
                self._leave_out(place, fault, raw.values)
            goes = part_of(raw.file) or BY_SHARES if source.split == KEPT else source.split
            if self._keep(several, as_talk, goes, place, raw.values):
                layouts[layout] += 1
                columns.note(view)
        self.report.progress(account.rows, account.rows, "rows")
        self.tell_put_back(name)
        for note in opened.notes:  # those of an archive's members come while they are read
            self.report.notice(Text(f"{name}: {note.en}", f"{name}：{note.zh}"))
        self.sources.append(
            {
                "file": source.file,
                "sha256": extent.sha256,
                **(
                    {"join": {**join.model_dump(exclude_defaults=True), "sha256": sha256_tree(self.seconds[number])}}
                    if join
                    else {}
                ),
                **self._about_corrections(number, corrections),
                **_provenance(source, file),
                "encoding": opened.encoding,
                "layout": found.layout,
                "layouts": dict(layouts.most_common()),
                "columns": dict(found.mapping),
                **({"answer_base": found.base} if found.base is not None else {}),
                "split": source.split,
                "notes": [note.dump() for note in opened.notes],
                "unused": [column for column in columns.unused() if column not in self.named],
                "same": columns.same(),
            }
        )

    def _guess(self, number: int, head: Sequence[RawRow]) -> tuple[Conversion, Guess]:
        conversion = self.recipe.sources[number].conversion(self.recipe.thought)
        return conversion, guess(head, conversion, self.names[number])

    def _corrections(self, number: int, file: Path) -> CorrectedRows | None:
        """Return what the workbook of a source changes; None where it has none."""
        how = self.recipe.sources[number].corrections
        if how is None:
            return None
        found = corrected(file, self.workbooks[number], how)
        for note in found.notes:
            self.report.notice(note)
        self.corrected += len(found.changes)
        return found

    def _corrected(self, row: Row, corrections: CorrectedRows) -> Row:
        found = corrections.correct(row)
        return found.without_thought() if self.recipe.thought == DROP and found is not row else found

    def _about_corrections(self, number: int, corrections: CorrectedRows | None) -> dict[str, object]:
        how = self.recipe.sources[number].corrections
        if how is None or corrections is None:
            return {}
        about = {**how.model_dump(), "sha256": sha256_tree(self.workbooks[number])}
        return {"corrections": {**about, "changed": corrections.dump()}}

    def _converted(
        self, conversion: Conversion, raw: RawRow, origin: RowOrigin, place: RowPlace
    ) -> tuple[str, RowView, Sequence[Row]]:
        """Return what a raw row becomes; one that the recipe drops and puts back is taken."""
        try:
            return conversion.rows(raw.values, origin)
        except Dropped as dropped:
            if not self._put_back.names(place, dropped):
                raise
            made = conversion.rows(raw.values, origin, put_back=True)
            self._put_back.taken += len(made[2])
            return made

    def _file_of(self, number: int, name: str, raw: RawRow) -> str:
        """Return what people call the file of a row: a source's, a member of it, or the second file of a join."""
        if not raw.file:
            return name
        second = self.seconds.get(number)
        return raw.file if second is not None and raw.file == second.name else f"{name}/{raw.file}"

    def _keep(
        self, several: Sequence[Row], as_talk: bool, goes: str, place: RowPlace, values: Mapping[str, Any]
    ) -> bool:
        """Put what a raw row gave where it belongs; return whether any of it was taken."""
        kept = False
        raw = b""
        for index, made in enumerate(several):
            wanted = partial(self._is_wanted, place, self._put_back.taken + 1)
            removed = self.without.get(made.id)
            if removed is not None and not wanted(removed):
                self._leave_out(place, removed, values)
                continue
            try:
                clean = self.findings.clean(made, place.name, place.line, wanted)
            except Dropped as dropped:
                self._leave_out(place, dropped, values)
                continue
            row = as_conversation(clean) if as_talk else clean
            found = marks(row)
            try:
                first = self.deduplicator.first_asked(found, goes) if self.findings.cleaner.compares else None
                if first is not None and type(first) is type(row):
                    self.findings.beside(row, first, place.name, place.line, wanted)
                row = self.deduplicator.take(row, found, goes, place, first)
            except BadRow as bad:
                if isinstance(bad, Merged):
                    self._note_kin(bad.into, row, found, values)
                returns = type(row) is self.deduplicator.record
                if not returns or not wanted(bad):
                    self._leave_out(place, bad, values, returns)
                    continue
                row = self.deduplicator.take(row, apart(found, place, index), goes, place)
            self._note_kin(len(self.deduplicator) - 1, row, found, values)
            if self.texts is not None:
                self.texts.append(found.told.encode())
            if self.recipe.stratify:
                self.strata.append(self._stratum(row, values))
            raw = raw or _written(values)
            self._spooled.append(len(self.spool))
            # what model_dump_json does, without turning the bytes into a text and back: half the time
            record = type(row).__pydantic_serializer__.to_json(row, exclude_defaults=True)
            self.spool.append(b"+%b\t%b" % (record, raw))
            self.forms.append(row.form)
            self.letters.add(row)
            kept = True
        return kept

    def _is_wanted(self, place: RowPlace, taken: int, bad: BadRow) -> bool:
        """Tell whether a row that would be left out is put back; `taken` is how many that makes, whatever it was left out for."""
        if not self._put_back.names(place, bad):
            return False
        self._put_back.taken = taken
        return True

    def tell_put_back(self, name: str = "") -> None:
        """Say how many rows were put back since that was last said, and of which file."""
        if back := self._put_back.count():
            en, zh = (f"{name}: ", f"{name}：") if name else ("", "")
            self.report.notice(Text(f"{en}put back: {back:,}", f"{zh}放回 {back:,} 行"))

    def missed(self) -> list[Text]:
        """Return what is to be said, when all is written, of rows that were to be put back and are not there."""
        missed = self._put_back.missed()
        return [missed] if missed is not None else []

    def wants(self, place: RowPlace, bad: BadRow) -> bool:
        """Tell whether a row that was taken, and would be left out after all, is put back."""
        return self._is_wanted(place, self._put_back.taken + 1, bad)

    def _leave_out(self, place: RowPlace, bad: BadRow, values: Mapping[str, Any], returns: bool = False) -> None:
        outcome = DROPPED if isinstance(bad, Dropped) else MERGED if isinstance(bad, Merged) else REJECTED
        returns = returns or isinstance(bad, Dropped)
        self.spool.append(b"-" + self.left_out(place, outcome, bad, _written(values), returns))

    def left_out(self, place: RowPlace, outcome: str, bad: BadRow, raw: bytes, returns: bool = False) -> bytes:
        """Enter a row that is not taken into the ledger, and return its line for those left out.

        Args:
            returns: whether `restore` can put it back.
        """
        where = f"{place.name}:{place.line}"
        self.ledger.leave_out(place.file, outcome, bad.kind, where)
        self._put_back.tell(place, bad, self.report)
        if self.ledger.first is None:
            self.ledger.first = (f"{place.name} line {place.line}", bad.reason)
        reason = bad.reason
        if self.findings.cleaner.actions.get("identifiers") in ("fix", "drop"):  # nor may they stand beside the dataset
            reason, raw = Text(*map(masked, reason)), _without_identifiers(raw)
        about = {"file": place.name, "line": place.line, "outcome": outcome, "returns": returns}
        about |= {"reason": reason.dump(), "kind": bad.kind.dump()}
        said = json.dumps(about, ensure_ascii=False).encode(errors="backslashreplace")
        return said[:-1] + b', "row": ' + raw + b"}"

    def line(self, number: int) -> bytes:
        """Return the record of a row that was taken, as JSON."""
        line = self.spool.line(self._spooled[number])
        return line[1 : line.index(b"\t")]

    def row(self, number: int) -> Row:
        """Return a row that was taken."""
        record = self.deduplicator.record
        assert record is not None  # a row was taken
        return record.model_validate_json(self.line(number))

    def _note_kin(self, number: int, row: Row, found: Marks, values: Mapping[str, Any]) -> None:
        """Note what a row has in common with others; `number` is its own, or of the one that it is merged with."""
        recipe = self.recipe
        keys: dict[Kin, int] = {"question": int.from_bytes(found.split[:8], "big") or 1}
        named = self._named(recipe.family, row, values)
        if named:
            keys["column"] = key(named, "column")
        if row.family:
            keys["case"] = key(normal(row.family), "case")
        if self.texts is not None and (case := opening(row.shared)):
            keys["opening"] = key(case, "opening")
        own = normal(named or row.family) or found.shared
        self.families.add(number, keys, split_fraction(own, recipe.seed))

    def _stratum(self, row: Row, values: Mapping[str, Any]) -> str:
        name = self.recipe.stratify
        return row.letters if name == BY_ANSWER else sys.intern(self._named(name, row, values))

    def _named(self, name: str, row: Row, values: Mapping[str, Any]) -> str:
        """Return what a row says under the name of a column of its file, or of a label."""
        if not name:
            return ""
        value = values.get(name)
        said = str(row.labels.get(name, "") if value is None else value).strip()
        if not said:
            self.columns.update((*values, *row.labels))
        if said:
            self.named.add(name)
        return said


def _provenance(source: SourceFile, file: Path) -> dict[str, str]:
    """Return where a file comes from and what it may be used for: as the recipe says, else as its hub does, or the card of
    the dataset that it is."""
    said = said_of(file)
    address = "@".join(filter(None, (said.get("address", ""), said.get("revision", ""))))
    earlier = _earlier(file)
    told = {
        "origin": source.origin or address or "; ".join(earlier["origin"]),
        "licence": source.licence or said.get("licence", "") or "; ".join(earlier["licence"]),
    }
    return {name: text for name, text in told.items() if text}


def _earlier(file: Path) -> dict[str, list[str]]:
    """Return what a dataset's card says of the files that it was made from, each thing once; of any other file nothing."""
    about = read_json((file if file.is_dir() else file.parent) / ABOUT) or {}
    told = about.get("sources") if isinstance(about.get("splits"), dict) else None
    sources = [item for item in told if isinstance(item, dict)] if isinstance(told, list) else []
    return {
        name: list(dict.fromkeys(str(item[name]) for item in sources if item.get(name)))
        for name in ("origin", "licence")
    }


class _Columns:
    """Which columns of a file were used, and which were not."""

    def __init__(self) -> None:
        self._filled: dict[str, None] = {}
        self._used: set[str] = set()
        self._instead: dict[str, str] = {}
        self._known: set[object] = set()

    def note(self, view: RowView) -> None:
        """Take note of a row; one of a shape and a use that is known says nothing new."""
        key = (view.shape(), frozenset(view.used), frozenset(view.instead))
        if key in self._known:
            return
        self._known.add(key)
        self._used |= view.used
        self._instead |= view.instead
        self._filled.update((column, None) for column in (*view.used, *view.instead, *view.left()))

    def unused(self) -> list[str]:
        return [column for column in self._filled if column not in self._used and column not in self._instead]

    def same(self) -> dict[str, str]:
        """Return the columns that were not needed, each with the one that was read in its stead."""
        return {
            column: self._instead[column]
            for column in self._filled
            if column not in self._used and column in self._instead
        }


def _without_identifiers(raw: bytes) -> bytes:
    """Return a raw row, masked; one that is nested too deep for that, as a text."""
    try:
        return _written(without_identifiers(json.loads(raw)))
    except RecursionError:
        return json.dumps(masked(raw.decode(errors="replace")), ensure_ascii=False).encode(errors="backslashreplace")


def _written(values: Mapping[str, Any]) -> bytes:
    """Return a raw row as JSON on one line; half a character is written the way JSON escapes it."""
    try:
        return msgspec.json.encode(values)  # a tenth of what json takes
    except (TypeError, ValueError, OverflowError, RecursionError):
        return json.dumps(values, ensure_ascii=False, default=str).encode(errors="backslashreplace")
