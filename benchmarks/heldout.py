"""A second planting, that the rules were not written from: other wordings, other names and streets, other look-alikes.

It was written before the rules were mended and is not changed for their sake: what they miss in it is not printed, so that
nobody writes a rule from it. New wordings that teach something belong in `benchmarks/planting.py`.
"""

from __future__ import annotations

import random
import re

from benchmarks.made_up import FILLERS, VALUES
from benchmarks.planting import Planted, placed

TEMPLATES_ZH = (
    "【基本信息】{name_zh}，{sex}，{age}岁，{married}，现居{address_zh}。主诉：反复胸闷{n}天。",
    "姓名 {name_zh}  性别 {sex}  年龄 {age}岁  住院号 {hospital_number}\n入院诊断：社区获得性肺炎",
    "患者姓名:{name_zh}\n联系方式:{phone}\n家庭地址:{address_zh}\n现病史:{n}天前受凉后出现咳嗽咳痰。",
    "患者{name_zh}因“腹痛{n}小时”由120送入我科，查体：腹软，右下腹压痛。",
    "医生您好，我是{name_zh}，今年{age}岁，上周在您那里做的胃镜，结果出来了吗？我的手机{phone}。",
    "母亲{name_zh}，{age}岁，糖尿病史{n}年，一直吃二甲双胍，最近脚麻，怎么办？",
    "受检者：{name_zh}   身份证号码：{resident_id}   体检日期：2024-05-06",
    "请把复查单寄到{address_zh}，收件人{name_zh}，谢谢。",
    "出院随访：{name_zh}（电话{phone}）诉切口无红肿，已拆线，嘱{n}周后复查。",
    "我家在{address_zh}，离医院太远，能不能网上复诊开药？",
    "病人家属（儿子，{name_zh}）签字同意手术，联系方式为{phone_words}。",
    "加我微信吧 {account}，或者打{phone_words}，白天都在。",
    "住址：{address_zh}    邮编：215000    职业：退休\n既往史：高血压{n}年。",
    "于{date_zh}出生的患儿，足月顺产，出生体重3200g，现发热{n}天。",
    "出生年月：{date_zh}，籍贯山东，农民，吸烟{age}年。",
    "医保卡号{card_zh}，余额不足，请问透析费用怎么报销？",
    "报告请发邮箱{email}，CT号：{hospital_number}，多谢。",
    "投诉人从IP {ip} 登录互联网医院问诊，称处方有误，剂量应为每日{n}次。",
    "主治医师：{name_zh}\n诊断：2型糖尿病，建议低盐低脂饮食，监测血糖。",
    "死者{name_zh}，{sex}，户籍所在地{address_zh}，死因：急性心肌梗死。",
    "经查，{name_zh}，{sex}，{age}岁，系{address_zh}人，{n}日前食用野生菌后恶心呕吐。",
    "会诊记录：神经内科{name_zh}主任医师会诊意见：考虑后循环缺血，建议完善头颅MRA。",
)
TEMPLATES_EN = (
    "RE: {name_en}\nDOB: {date_en}\nMRN: {hospital_number}\n\nDear Colleague, thank you for referring this {age}-year-old with chest pain.",
    "{titled} was seen in clinic today for follow-up of type 2 diabetes; HbA1c is {n}.2%.",
    "Patient: {name_en}. Address: {address_en}. Chief complaint: cough for {n} days.",
    "The patient, who lives at {address_en}, was brought in by ambulance with a blood pressure of 182/110.",
    "A patient named {name_en} presented with {n} days of fever and productive cough.",
    "Please mail my results to {address_en}. You can reach me at {phone_en}.",
    "Name: {name_en}   Sex: {sex_en}   Age: {age}   Phone: {phone_en}",
    "Hi, my name is {name_en} and I am {age}. I have been taking metformin for {n} years.",
    "Discharged home to {address_en} with home oxygen at {n} L/min.",
    "{titled} called about refills of lisinopril 10 mg; callback {phone_en}.",
    "Emergency contact: {name_en} (daughter), {phone_en}. Allergies: penicillin.",
    "Attending physician: {name_en}, MD. Plan: start ceftriaxone 1 g IV daily.",
    "Send the forms to {pobox} and email {email} when they are ready.",
    "Portal login from {ip} at 08:30; the message asked whether {n} tablets a day is too many.",
    "Home address is {address_en}; he has two cats and smokes {n} cigarettes a day.",
    "Social history: {titled} is a retired teacher who lives alone. Social security number {ssn}.",
    "Patient name - {name_en}; insurance ID {hospital_number_long}; scheduled for MRI of the lumbar spine.",
)
LOOKALIKES = (
    "本品为EC 3.4.21.4胰蛋白酶，DICOM UID 1.2.840.10008.5.1.4.1.1.2。",
    "软件版本1.0.12.3，IP段已屏蔽；IP关节（指间关节）肿胀。",
    "一日三次，一次二片，一三五日上午复诊，二四六日休息。",
    "姓名权纠纷一案，姓名栏空白；患者名下无医保。",
    "市区道路5号公交直达，市第三人民医院门诊楼2号厅。",
    "省级医院、县医院、镇卫生院三级转诊，第2号文件第3条。",
    "患者神志清楚，患者张口受限，患者高枕卧位，患者白天嗜睡。",
    "病人何以发热？病人常规禁食，病人方可下床。",
    "主任医师查房：同意目前诊断，主治医师：见签名。",
    "联系人：本人。收件人须为患者本人，签字：同上。",
    "路易体痴呆、路径5号导丝、沿路2号切口进入。",
    "Patient named above; the name of the drug is Metformin Hydrochloride.",
    "Dr. recommends 5 Day Course; Ms. was seen; MS Lesions in 3 Main Areas.",
    "Take 2 tablets by the 3rd Street Clinic rule; see Box 14 and Table 3 Drive.",
    "12 Lead ECG, 24 Hour Holter, 6 Minute Walk and 3 Way Catheter were done.",
    "Version 10.2.0.1 of the score; section 4.1.2.3; EC 1.1.1.27 (LDH); TNM 8.0.",
    "Patient Reported Outcome, Patient Safety Goal, Patient Care Plan; Mr score 2.",
    "10 Patient Court Cases; 100 Mile Road; 25 Percent Way; 1 Step Drive.",
    "In New York, NY, 1,200 patients were enrolled; 30 in Boston, MA.",
    "Name: Aspirin. Generic name: Atorvastatin Calcium. Brand name: Lipitor.",
    "Postal survey in ZIP 12345 areas; ICD-10 E11.65; CPT 99213; LOINC 4548-4.",
    "批准文号国药准字Z20063322；产品标准号WS3-B-2012；商品名：拜新同。",
    "一五〇〇例病例中，二〇一八年至二〇二二年入组三百零五例。",
    "标本编码 20231107-0031 未注明；房间12号床旁超声；3号楼电梯。",
)
"""Texts in which nothing is an identifier, whatever it looks like."""

_SLOT = re.compile(r"\{(\w+)\}")


def held_out(rows: int, seed: int) -> list[Planted]:
    """Return rows in a random order: two thirds from the templates, a third with nothing but look-alikes."""
    rng = random.Random(seed)
    templates = (*TEMPLATES_ZH, *TEMPLATES_EN)
    return [_filled(rng.choice(templates), rng) if rng.random() < 2 / 3 else _empty(rng) for _ in range(rows)]


def _empty(rng: random.Random) -> Planted:
    return Planted("\n".join(rng.sample(LOOKALIKES, 2)))


def _filled(template: str, rng: random.Random) -> Planted:
    """Return a template with each of its slots filled; those that hold no identifier are told as text."""
    pieces: list[tuple[str, str]] = []
    done = 0
    for slot in _SLOT.finditer(template):
        pieces.append(("", template[done : slot.start()]))
        done = slot.end()
        if slot[1] in FILLERS:
            pieces.append(("", FILLERS[slot[1]](rng)))
        else:
            kind, write = VALUES[slot[1]]
            written = write(rng)
            before, _, value = written.rpartition("\0")  # what stands in front of a NUL is a title
            pieces += [("", before), (kind, value)]
    return placed([*pieces, ("", template[done:])])
