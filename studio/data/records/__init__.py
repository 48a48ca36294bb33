"""What a dataset holds: one file a record, each answering for itself what de-duplicating, splitting, the card and training ask."""

from collections.abc import Mapping

from studio.data.records.base import Row
from studio.data.records.conversation import Conversation
from studio.data.records.judged import Judged
from studio.data.records.preference import Preference
from studio.data.records.question import Question
from studio.data.records.rubric import Rubric

RECORDS: Mapping[str, type[Row]] = {
    record.record: record for record in (Question, Conversation, Preference, Judged, Rubric)
}
