"""What a generated answer chose. The wording of every case is this project's own."""

from __future__ import annotations

from itertools import combinations
from typing import get_args

import pytest
import yaml

from studio.core.workspace import REPOSITORY
from studio.data.prompt import AnswerStyle, reply
from studio.data.records.question import Question
from studio.scoring.extraction.choice import read_choice
from studio.scoring.extraction.letters import OptionIndex
from studio.scoring.extraction.patterns import asks_for_wrong

DRUGS = {"A": "Ampicillin", "B": "Ceftriaxone", "C": "Doxycycline", "D": "Nitrofurantoin"}
FIVE = {"A": "肺炎", "B": "支原体肺炎", "C": "肺结核", "D": "肺癌", "E": "以上都不是"}
ATP = {"A": "DNA聚合酶", "B": "ATP酶", "C": "RNA聚合酶", "D": "C反应蛋白"}
CELLS = {"A": "B细胞", "B": "T细胞", "C": "NK细胞", "D": "维生素A"}
DOSES = {"A": "5 mg", "B": "0.5 mg", "C": "15 mg", "D": "1.5 mg"}
BUGS = {"A": "Clostridioides difficile", "B": "Escherichia coli", "C": "Bacillus cereus", "D": "Candida albicans"}
ORGANS = {"A": "脾", "B": "脑", "C": "肠", "D": "胃"}
COUNTS = {"A": "1", "B": "2", "C": "3", "D": "4"}
TWINS = {"A": "Aspirin", "B": "Aspirin", "C": "", "D": "Heparin"}

CASES = [
    # bare letters
    ("B", ATP, "B"),
    ("Ｂ", ATP, "B"),
    ("b", ATP, "B"),
    ("b.", ATP, "B"),
    ("(B)", ATP, "B"),
    ("（Ｂ）", ATP, "B"),
    ("【B】", ATP, "B"),
    ("ⓑ", ATP, "B"),
    ("**B**", ATP, "B"),
    ("Option B", ATP, "B"),
    ("选项B", ATP, "B"),
    ("B项", ATP, "B"),
    ("ABC", FIVE, "ABC"),
    ("A、C", FIVE, "AC"),
    ("A，B，D", FIVE, "ABD"),
    ("A and C", DRUGS, "AC"),
    ("A, B, and D", DRUGS, "ABD"),
    ("ACE", FIVE, "ACE"),
    # the letter with its option
    ("B. ATP酶", ATP, "B"),
    ("B、ATP酶", ATP, "B"),
    ("B ATP酶", ATP, "B"),
    ("(D) Nitrofurantoin", DRUGS, "D"),
    ("d) nitrofurantoin", DRUGS, "D"),
    ("D: Nitrofurantoin is safe in pregnancy, unlike doxycycline (C).", DRUGS, "D"),
    ("D. Nitrofurantoin\n\nExplanation: it concentrates in the urine.", DRUGS, "D"),
    ("A. 肺炎\nC. 肺结核", FIVE, "AC"),
    ("A. 肺炎；C. 肺结核", FIVE, "AC"),
    ("D because it is concentrated in the urine", DRUGS, "D"),
    ("B. Ceftriaxone\nA. Ampicillin: resistance is common.\nC. Doxycycline: harms the teeth.", DRUGS, "B"),
    # declared
    ("答案：B", ATP, "B"),
    ("答案:b", ATP, "B"),
    ("**答案**：C", ATP, "C"),
    ("答案是（D）", FIVE, "D"),
    ("正确答案为：Ｃ。", FIVE, "C"),
    ("【答案】A", FIVE, "A"),
    ("答案\n\nC", FIVE, "C"),
    ("参考答案：ABD", FIVE, "ABD"),
    ("本题的正确选项是A和C。", FIVE, "AC"),
    ("The answer is (C) because it crosses the placenta.", DRUGS, "C"),
    ("The correct answer is **D. Nitrofurantoin**.", DRUGS, "D"),
    ("Answer: D\n\nAmpicillin (A) meets resistance.", DRUGS, "D"),
    ("The best option here would be B.", DRUGS, "B"),
    ("The answer to the question of which drug is contraindicated is C.", DRUGS, "C"),
    ("The most appropriate choice is: d", DRUGS, "D"),
    ("A is wrong because of resistance; B is given by vein; so the correct option is D", DRUGS, "D"),
    ("Option C is the correct answer.", DRUGS, "C"),
    ("B为正确答案", ATP, "B"),
    ("The answer is not A but D.", DRUGS, "D"),
    ("答案不是A，而是C。", FIVE, "C"),
    ("Is the answer A? No. The answer is C.", DRUGS, "C"),
    ('{"answer": "C", "reason": "teeth"}', DRUGS, "C"),
    ("The answer is A or B.", DRUGS, "AB"),
    ("The answers are A and D.", DRUGS, "AD"),
    ("The answer is a.", DRUGS, "A"),
    ("答案：B。A错误，因其已耐药；C可致畸。", FIVE, "B"),
    ("答案是B. T细胞", CELLS, "B"),
    ("答案是B细胞", CELLS, "A"),
    ("答案是维生素A", CELLS, "D"),
    ("The answer is nitrofurantoin, not ampicillin.", DRUGS, "D"),
    ("正确答案是支原体肺炎。", FIVE, "B"),
    # boxed and tagged
    (r"Hence $\boxed{C}$.", DRUGS, "C"),
    (r"\[\boxed{\text{D}}\]", DRUGS, "D"),
    ("<answer>B</answer>", DRUGS, "B"),
    ("A and B fail.\n#### D", DRUGS, "D"),
    ("<think>Perhaps A? The answer is A... no.</think>\n\nC", DRUGS, "C"),
    # a last word after reasoning
    ("本题考查DNA复制。A错，B错，故选C", ATP, "C"),
    ("首先排除A和D，最后选B", FIVE, "B"),
    ("A不选，B也不选，因此选择D。", FIVE, "D"),
    ("综上所述，本题应选E。", FIVE, "E"),
    ("答案可能是A，但结合影像，故正确答案选C。", FIVE, "C"),
    ("不选A，选B", FIVE, "B"),
    ("本题选D项，因为……", FIVE, "D"),
    ("I would choose option D.", DRUGS, "D"),
    ("I'll go with B since it works by vein.", DRUGS, "B"),
    ("Let us think. A? B? Therefore, the answer is D.", DRUGS, "D"),
    ("Final answer: B", DRUGS, "B"),
    ("The drugs differ (A is oral, B is not). Thus, the best therapy is nitrofurantoin (D).", DRUGS, "D"),
    # verdicts
    ("（B对ACDE错）", FIVE, "B"),
    ("A错误；B正确；C错误；D错误；E错误", FIVE, "B"),
    ("A项错误，B项错误，D项错误，E项错误。", FIVE, "C"),
    ("ABDE均不正确", FIVE, "C"),
    ("Option A is incorrect. Option C is correct.", DRUGS, "C"),
    ("We can rule out A and B. D is incorrect as well.", DRUGS, "C"),
    ("B错，为本题正确答案。其余各项均对。", FIVE, "B"),
    ("选择C的理由见影像；其他选择A、B和D均不符。", FIVE, "C"),
    ("选项A与B并不准确，正确答案当属选项C。", FIVE, "C"),
    # option text without a letter
    ("Nitrofurantoin", DRUGS, "D"),
    ("nitrofurantoin.", DRUGS, "D"),
    ("Nitrofurantoin is safe; doxycycline harms the teeth.", DRUGS, "D"),
    ("患者最可能为支原体肺炎。", FIVE, "B"),
    ("ＡＴＰ酶", ATP, "B"),
    ("ATP酶", ATP, "B"),
    ("C反应蛋白", ATP, "D"),
    ("以上都不是", FIVE, "E"),
    ("0.5 mg", DOSES, "B"),
    ("Give 1.5 mg daily.", DOSES, "D"),
    ("应给予15mg", DOSES, "C"),
    ("E选项符合题意", FIVE, "E"),
    ("I think it is D", DRUGS, "D"),
    ("The most likely drug is D.", DRUGS, "D"),
    # the English article is no letter
    ("Answer: A combination of diet and ceftriaxone", DRUGS, "B"),
    ("A patient with a bladder infection takes nitrofurantoin.", DRUGS, "D"),
    ("A because it is oral", DRUGS, "A"),
    ("The answer is A since it is oral.", DRUGS, "A"),
    ("A is correct.", DRUGS, "A"),
    ("I would choose A over B.", DRUGS, "A"),
    ("The answers are A and C because both are given by mouth.", DRUGS, "AC"),
    ("A ampicillin", DRUGS, "A"),
    ("The answer is A 5 mg", DOSES, "A"),
    # conditions, concessions, questions, changes of mind
    ("The answer is D. If she were not pregnant, the answer would be C.", DRUGS, "D"),
    ("If she is pregnant, the answer is D.", DRUGS, "D"),
    ("选B。若培养阴性，可选D。", FIVE, "B"),
    ("The answer is D, although some would argue that the answer is A.", DRUGS, "D"),
    ("Although some say the answer is A, I would choose D.", DRUGS, "D"),
    ("答案是A吗？不对，应该是D。", FIVE, "D"),
    ("先选A，后改为C", FIVE, "C"),
    ("应该是C，不过A也有可能", FIVE, "C"),
    # the wrong ones named beside
    ("正确答案：C　错误答案：A", FIVE, "C"),
    ("答案：B 错误原因：A、C、D不符", FIVE, "B"),
    ("Right answer: D. Wrong answers: A, B, C.", DRUGS, "D"),
    ("本题选B，A选项是常见的错误答案。", FIVE, "B"),
    ("A，B，D项是正确的", FIVE, "ABD"),
    ("A) incorrect B) incorrect C) correct D) incorrect", DRUGS, "C"),
    ("Incorrect: A, B, C\nCorrect: D", DRUGS, "D"),
    ("Correct option: D\nIncorrect options: A, B, C", DRUGS, "D"),
    ("The answer is not A, but D.", DRUGS, "D"),
    ("Not A. Not B. D.", DRUGS, "D"),
    ("B is tempting, but D.", DRUGS, "D"),
    ("B不是正确答案，C才是。", FIVE, "C"),
    # the text of one option, whatever its length
    ("脑", ORGANS, "B"),
    ("2", COUNTS, "B"),
    ("The answer is 2.", COUNTS, "B"),
    ("ß-hCG", {"A": "ß-hCG", "B": "hCG"}, "A"),
    ("“靴状”心影", {"A": "“靴状”心影", "B": "右心房增大"}, "A"),
    ("> 5 cm", {"A": "> 5 cm", "B": "5 cm"}, "A"),
    # a forbidden drug beside the one given
    ("停用ATP酶，改用RNA聚合酶", ATP, "C"),
    ("Stop the doxycycline and start nitrofurantoin", DRUGS, "D"),
    # every option said over first
    ("A. Ampicillin\nB. Ceftriaxone\nC. Doxycycline\nD. Nitrofurantoin\nD", DRUGS, "D"),
    ("A. Ampicillin\nB. Ceftriaxone\nC. Doxycycline\nD. Nitrofurantoin\n\nD. Nitrofurantoin", DRUGS, "D"),
    ("A、B、C、D、E\nA. 肺炎\nB. 支原体肺炎\nC. 肺结核\nD. 肺癌\nE. 以上都不是", FIVE, "ABCDE"),
    # the model goes on with a question of its own
    ("Answer: B\n\nQuestion: Which vessel is it?\nA. aorta\nAnswer: D", DRUGS, "B"),
    ("B\n问题：下一题\n答案：C", FIVE, "B"),
]

UNREADABLE = [
    ("", DRUGS),
    ("   \n", DRUGS),
    ("I cannot answer this question.", DRUGS),
    ("A patient with these findings needs an antibiotic.", DRUGS),
    ("The answer is a drug that is safe.", DRUGS),
    ("DNA is copied in the nucleus.", ATP),
    ("体温38℃，血压正常。", FIVE),
    ("C. difficile grows in the bowel.", DRUGS),
    ("E. coli", FIVE),
    ("Vitamin A is needed.", DRUGS),
    ("Vitamins A and D are needed.", DRUGS),
    ("Ampicillin, ceftriaxone or nitrofurantoin could be given.", DRUGS),
    ("A. Ampicillin\nB. Ceftriaxone\nC. Doxycycline\nD. Nitrofurantoin", DRUGS),
    ("The answer is not A.", DRUGS),
    ("不能选A", FIVE),
    ("Aspirin", TWINS),
    ("既不是肺炎", FIVE),
    ("BAD", DRUGS),
    ("X", DRUGS),
    ("F", DRUGS),
    ("B12 and vitamin C deficiency", DRUGS),
    ("<think>The answer must be A, yes A", {"A": "", "B": ""}),
    ("Answer: A 45-year-old man presents with fever.", DRUGS),
    ("The answer is A beta-blocker.", DRUGS),
    ("Answer: A not-for-profit hospital", DRUGS),
    ("The best option is A combination of drugs.", DRUGS),
    ("A 45-year-old man should get help.", DRUGS),
    ("A CT scan should be done", DRUGS),
    ("禁用支原体肺炎疫苗", FIVE),
    ("应停用ATP酶", ATP),
    ("不宜使用ATP酶", ATP),
    ("Stop the doxycycline.", DRUGS),
    ("Avoid doxycycline in pregnancy.", DRUGS),
    ("Doxycycline should not be given.", DRUGS),
    ("A、B、C都有可能，无法确定。", FIVE),
    ("Neither A nor B.", DRUGS),
    ("Not A or B.", DRUGS),
    ("A或B", FIVE),
    ("A or B", DRUGS),
    ("A/B", DRUGS),
    ("Please choose A, B, C or D.", DRUGS),
    ("A. Ampicillin\nB. Ceftr", DRUGS),
    ("Child-Pugh C cirrhosis", DRUGS),
    ("Killip B", DRUGS),
    ("2", {"A": "2", "B": "2"}),
]


@pytest.mark.parametrize(("text", "options", "letters"), CASES)
def test_reads(text: str, options: dict[str, str], letters: str) -> None:
    reading = read_choice(text, options)
    assert reading is not None, "unread"
    assert reading.letters == letters, reading


@pytest.mark.parametrize(("text", "options"), UNREADABLE)
def test_leaves_unread(text: str, options: dict[str, str]) -> None:
    assert read_choice(text, options) is None


def test_species_are_read_as_options_not_as_letters() -> None:
    reading = read_choice("Candida albicans", BUGS)
    assert reading is not None and (reading.letters, reading.rule) == ("D", "quoted")
    assert read_choice("B. cereus or C. difficile", BUGS) is None


def test_a_stem_that_asks_for_the_wrong_statement_turns_verdicts_round() -> None:
    text = "A正确，B正确，C正确，D错误"
    options = dict(zip("ABCD", ("一种", "二种", "三种", "四种"), strict=True))
    kept = read_choice(text, options, "下列叙述正确的是")
    turned = read_choice(text, options, "下列叙述错误的是")
    assert kept is not None and kept.letters == "ABC"
    assert turned is not None and turned.letters == "D"
    said = read_choice("The incorrect statement is C.", options, "All of the following hold EXCEPT:")
    assert said is not None and said.letters == "C"
    assert all(map(asks_for_wrong, ("除哪项外均可见", "不属于其表现的是（　　）。", "Each is true EXCEPT")))
    assert not any(map(asks_for_wrong, ("Which drug is given?", "除发热外，还可见", "不发热的患者，首选的检查是")))


def test_where_the_wrong_one_is_asked_for_the_correct_ones_named_are_no_choice() -> None:
    options = dict(zip("ABCD", ("一种", "二种", "三种", "四种"), strict=True))
    for text, stem in (
        ("错误的选项是B，正确的选项是A、C、D。", "下列说法错误的是"),
        ("正确的说法是A、C、D，B的说法不正确。", "下列说法错误的是"),
        ("A, C and D are correct. B is incorrect.", "All of the following are true EXCEPT"),
    ):
        reading = read_choice(text, options, stem)
        assert reading is not None and reading.letters == "B", text
    assert read_choice("The correct statements are A, C, and D.", options, "All are true EXCEPT") is None


def test_a_forbidden_option_is_the_choice_where_the_stem_asks_for_it() -> None:
    for text, stem in (("应停用ATP酶", "应停用的是"), ("禁用ATP酶", "本例禁用"), ("Avoid ATP酶", "Which to avoid?")):
        reading = read_choice(text, ATP, stem)
        assert reading is not None and reading.letters == "B"


SHAPES = (
    "阿司匹林",
    "“{}”的表述",
    "收回《{}证书》",
    '{}\n"',
    "「{}」为假药",
    "{} 5 mg",
    "b-{}",
    "A{}",
    "不是{}",
    "{}、E",
)


@pytest.mark.parametrize("stem", ["下列正确的有", "下列错误的是", "Which of these hold?"])
@pytest.mark.parametrize("size", [2, 4, 5])
def test_what_training_teaches_is_read_back(stem: str, size: int) -> None:
    """Every gold over options of many shapes: quoted, with a letter in front, denied, alike but for a number."""
    letters = "ABCDE"[:size]
    golds = ["".join(some) for count in range(1, size + 1) for some in combinations(letters, count)]
    for turn, gold in enumerate(golds * 4):
        options = {
            letter: SHAPES[(turn + 3 * at) % len(SHAPES)].replace("{}", f"第{at}种药")
            for at, letter in enumerate(letters)
        }
        walk = "；".join(f"{text}（{letter}{'对' if letter in gold else '错'}）" for letter, text in options.items())
        for style in get_args(AnswerStyle):
            for explanation in (
                (walk, f"A项常被误选，故选{letters[0]}者多。")[turn % 2 :] if style == "explanation_first" else ("",)
            ):
                question = Question(id="1", stem=stem, options=options, gold=gold, explanation=explanation)
                said = reply(question, style)
                reading = read_choice(said, options, stem)
                assert reading is not None and reading.letters == gold, (said, reading)


TERMS = yaml.safe_load((REPOSITORY / "studio/scoring/extraction/terms.yaml").read_text(encoding="utf-8"))
SHOWN = {
    "species": ("{letter}. {term}", "{letter} {term} grows."),
    "joined": ("{letter}{term}", "{letter} {term}"),
    "named": ("{term} {letter}", "{term}s A and {letter}", "{term} is {letter}"),
    "named_chinese": ("{term}{letter}", "{term}为{letter}", "{term}A和{letter}"),
    "tails": ("{letter} {term}s",),
}


def test_every_list_of_terms_is_shown() -> None:
    assert TERMS.keys() == SHOWN.keys()


@pytest.mark.parametrize("name", SHOWN)
def test_terms_make_a_letter_a_part_of_a_word(name: str) -> None:
    choices = OptionIndex(DRUGS)
    assert [letter for letter, _ in choices.lone("see D")] == ["D"]
    for term in TERMS[name]:
        for shown in SHOWN[name]:
            text = f"see {shown.format(letter='D', term=term)}"
            assert "D" not in {letter for letter, _ in choices.lone(text)}, text
