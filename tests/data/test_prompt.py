from studio.core.records import Passage
from studio.data.prompt import ask, reply, with_passages, wording_language
from studio.data.records.question import Question

OPEN = Question(
    id="1", stem="What reverses heparin?", gold="Protamine sulfate.", contexts=("Protamine binds heparin.",)
)
CHOICE = Question(id="2", stem="肝素过量用？", options={"A": "维生素K", "B": "鱼精蛋白"}, gold="B")


def test_a_context_is_shown_as_a_served_passage_is() -> None:
    shown = with_passages(OPEN.stem, [Passage(id="x", content=OPEN.contexts[0], source="book")])
    assert ask(OPEN)[0].content == shown
    assert "[1] Protamine binds heparin." in shown


def test_choice_lists_its_options_and_asks_in_its_language() -> None:
    assert ask(CHOICE)[0].content.splitlines()[1:] == ["A. 维生素K", "B. 鱼精蛋白", "请回答正确选项的字母。"]
    assert reply(CHOICE) == "B. 鱼精蛋白"
    assert [turn.role for turn in CHOICE.turns] == ["user", "assistant"]


def test_several_right_options_are_answered_by_their_letters_first() -> None:
    options = {"A": "Aspirin", "B": "Heparin", "C": "Warfarin"}
    english = Question(id="3", stem="Which thin the blood?", options=options, gold="AC")
    assert ask(english)[0].content.endswith("Answer with the letters of all right options.")
    assert reply(english) == "A, C\nA. Aspirin\nC. Warfarin"
    chinese = Question(id="4", stem="哪些抗凝？", options=options, gold="ABC")
    assert reply(chinese) == "A、B、C\nA. Aspirin\nB. Heparin\nC. Warfarin"


def test_languages() -> None:
    assert wording_language("ACEI 类药物的主要副作用是") == "zh"
    assert wording_language("123 ?") == "en"


def test_a_question_is_asked_with_the_system_prompt_that_it_is_taught_with() -> None:
    question = Question(
        id="1",
        stem="What reverses heparin?",
        gold="Protamine.",
        system="You are a pharmacist.",
        thought="Not vitamin K.",
    )
    assert [message.role for message in ask(question)] == ["system", "user"]
    assert question.turns[:2] == tuple(ask(question))
    assert question.turns[-1].content == "<think>\nNot vitamin K.\n</think>\n\nProtamine."
