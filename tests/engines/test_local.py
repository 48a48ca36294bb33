"""The local engine: many at once, exact ends, cancelled work gone, a dead thread heard by everybody."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import torch

from studio.core.errors import ContextLengthError, InputError, StudioError, UnavailableError
from studio.core.records import Answer, Delta, Message, Sampling
from studio.engines.backends.local import LocalEngine
from tests.engines.helpers import ask, ask_many, in_manager, score, soon, stream


def whole(engine: LocalEngine, question: str, sampling: Sampling) -> tuple[str, Delta]:
    deltas = list(stream(engine, ask(question), sampling))
    assert all(delta.finish_reason is None and delta.usage is None for delta in deltas[:-1])
    return "".join(delta.text for delta in deltas), deltas[-1]


def test_an_answer_is_what_plain_generation_gives(engine: LocalEngine, tiny_model: Path) -> None:
    ids = torch.tensor([engine.encode(ask("What reverses heparin?"))])
    with torch.inference_mode():
        tokens = engine._model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=24)
    wanted = engine._tokenizer.decode(tokens[0, ids.shape[1] :], skip_special_tokens=True)
    text, last = whole(engine, "What reverses heparin?", Sampling(24))
    assert text == wanted
    assert last.usage is not None
    assert (last.usage.prompt_tokens, last.usage.completion_tokens) == (ids.shape[1], 24)
    assert last.finish_reason == "length"


def test_deltas_come_before_the_end_and_hold_no_half_characters(engine: LocalEngine) -> None:
    deltas = list(stream(engine, ask("肝素"), Sampling(100, temperature=2.0, seed=3)))
    assert len(deltas) > 20
    text, _ = whole(engine, "肝素", Sampling(100, temperature=2.0, seed=3))
    assert "".join(delta.text for delta in deltas) == text


def test_many_prompts_are_all_answered_once(engine: LocalEngine) -> None:
    sampling = Sampling(40, temperature=1.0, top_p=0.9, seed=11)
    found: dict[int, Answer] = {}
    prompts = [ask(f"question {number % 4}") for number in range(24)]
    ask_many(engine, prompts, sampling, found.__setitem__, concurrency=12)
    assert sorted(found) == list(range(24))
    assert all(answer.usage.completion_tokens == 40 or answer.finish_reason == "stop" for answer in found.values())
    assert engine.active == 0


def test_the_same_seed_draws_the_same_and_another_seed_another(engine: LocalEngine) -> None:
    drawn = [whole(engine, "draw", Sampling(30, temperature=1.5, seed=seed))[0] for seed in (5, 5, 6)]
    assert drawn[0] == drawn[1] != drawn[2]
    greedy = {whole(engine, "repeat", Sampling(30, seed=seed))[0] for seed in (1, 1, 2, None)}
    assert len(greedy) == 1
    unseeded = {whole(engine, "draw", Sampling(30, temperature=1.5))[0] for _ in range(3)}
    assert len(unseeded) == 3


def test_greedy_and_drawing_requests_share_a_batch(engine: LocalEngine) -> None:
    alone, _ = whole(engine, "mixed", Sampling(30))
    found: list[str] = []
    drawing = [stream(engine, ask("other"), Sampling(60, temperature=2.0)) for _ in range(3)]
    for under_way in drawing:
        next(under_way)
    found.append(whole(engine, "mixed", Sampling(30))[0])
    for under_way in drawing:
        under_way.close()
    assert found[0][:8] == alone[:8]  # later tokens of a random model may tie


def test_a_stop_text_ends_the_answer_exactly_and_the_work_with_it(engine: LocalEngine) -> None:
    full, _ = whole(engine, "stop here", Sampling(60, temperature=1.5, seed=8))
    for begin, length in ((20, 1), (17, 5), (3, 9)):
        stop = full[begin : begin + length]
        text, last = whole(engine, "stop here", Sampling(60, temperature=1.5, seed=8, stop=("\0", stop)))
        assert text == full[: full.index(stop)]
        assert last.finish_reason == "stop"
        assert last.usage is not None
        assert last.usage.completion_tokens < 60
    assert soon(lambda: in_manager(engine) == 0)


def test_an_end_token_ends_the_answer(engine: LocalEngine) -> None:
    ends = {whole(engine, "end", Sampling(400, temperature=3.0, seed=seed))[1].finish_reason for seed in range(6)}
    assert "stop" in ends


def test_a_prompt_over_the_context_raises_before_anything_runs(engine: LocalEngine) -> None:
    long = ask("heparin " * 600)
    with pytest.raises(ContextLengthError, match="512") as caught:
        next(stream(engine, long, Sampling(5)))
    assert "512" in caught.value.message.zh
    assert engine.active == 0
    found: dict[int, Answer] = {}
    ask_many(engine, [long, ask("short")], Sampling(3), found.__setitem__)
    assert found[0] == Answer(text="", finish_reason="error")
    assert found[1].usage.completion_tokens == 3
    found.clear()
    ask_many(engine, [*[long] * 5, ask("short")], Sampling(3), found.__setitem__, concurrency=2)
    assert sorted(found) == list(range(6))


def test_an_answer_ends_where_the_context_does(engine: LocalEngine) -> None:
    question = "heparin " * 100
    room = engine.context - len(engine.encode(ask(question)))
    for seed in range(9):
        _, last = whole(engine, question, Sampling(10_000, temperature=0.5, seed=seed))
        if last.finish_reason == "length":
            break
    assert last.usage is not None
    assert last.usage.completion_tokens == room


def test_closing_streams_frees_everything_and_new_requests_are_served(engine: LocalEngine) -> None:
    for _ in range(3):
        streams = [stream(engine, ask(f"long answer {number}"), Sampling(400, temperature=1.0)) for number in range(20)]
        for under_way in streams:
            next(under_way)
        assert engine.active > 0
        for under_way in streams:
            under_way.close()
        assert engine.active == 0
        assert soon(lambda: in_manager(engine) == 0)
    _, last = whole(engine, "after", Sampling(5))
    assert last.usage is not None
    assert last.usage.completion_tokens == 5


def test_a_request_cancelled_before_it_began_leaves_nothing(engine: LocalEngine) -> None:
    heard: list[Delta | StudioError] = []
    for _ in range(50):
        engine.enter(engine.encode(ask("never")), Sampling(300), heard.append, whole=False).cancel()
    assert [delta.finish_reason for delta in heard if isinstance(delta, Delta)] == ["cancelled"] * 50
    assert soon(lambda: in_manager(engine) == 0)


def test_asking_many_can_be_stopped(engine: LocalEngine) -> None:
    found: dict[int, Answer] = {}
    prompts = [ask(f"{number}") for number in range(50)]
    ask_many(engine, prompts, Sampling(100), found.__setitem__, concurrency=4, should_stop=lambda: len(found) >= 4)
    assert 4 <= len(found) < 50
    assert soon(lambda: in_manager(engine) == 0)


def test_likelihoods_are_those_of_the_whole_conversation(engine: LocalEngine) -> None:
    messages = ask("What reverses heparin?")
    tails = ["Protamine sulfate", "K", "", "Naloxone reverses opioids. 肝素", "Vitamin K reverses warfarin."]
    found = score(engine, messages, tails)
    prompt = engine.encode(messages)
    for tail, (value, count) in zip(tails, found, strict=True):
        ids = engine._tokenizer(tail, add_special_tokens=False)["input_ids"]
        assert count == len(ids)
        with torch.inference_mode():
            logits = engine._model(torch.tensor([prompt + ids])).logits[0].float().log_softmax(-1)
        wanted = sum(float(logits[len(prompt) - 1 + place, token]) for place, token in enumerate(ids))
        assert value == pytest.approx(wanted, abs=0.02 * max(1, count))
    assert found[2] == (0.0, 0)
    with pytest.raises(ContextLengthError):
        score(engine, messages, ["heparin " * 600])


def test_a_template_that_refuses_is_the_askers_mistake(engine: LocalEngine) -> None:
    template = engine._tokenizer.chat_template
    try:
        engine._tokenizer.chat_template = "{{ raise_exception('roles must alternate') }}"
        with pytest.raises(InputError, match="roles must alternate"):
            next(stream(engine, ask("x"), Sampling(1)))
    finally:
        engine._tokenizer.chat_template = template


def test_a_dead_generation_thread_is_an_error_for_everyone_who_waits(tiny_model: Path) -> None:
    engine = LocalEngine(tiny_model)
    errors: list[StudioError] = []

    def wait() -> None:
        try:
            for _ in stream(engine, ask("long"), Sampling(1500)):
                pass
        except StudioError as error:
            errors.append(error)

    waiting = [threading.Thread(target=wait) for _ in range(5)]
    for thread in waiting:
        thread.start()
    assert soon(lambda: engine.active == 5)
    lm_head = engine._model.lm_head
    lm_head.weight = torch.nn.Parameter(torch.zeros(3, 7, dtype=torch.bfloat16), requires_grad=False)
    for thread in waiting:
        thread.join(timeout=10)
        assert not thread.is_alive()
    assert [type(error) for error in errors] == [UnavailableError] * 5
    assert soon(lambda: engine.failure is not None)
    with pytest.raises(UnavailableError):
        list(stream(engine, ask("again"), Sampling(3)))
    with pytest.raises(UnavailableError):
        ask_many(engine, [ask("again")], Sampling(3), lambda index, answer: None)
    engine.close()


def test_a_listener_that_fails_is_heard_of_by_the_others(talkative_model: Path) -> None:
    def fail(delta: Delta | StudioError) -> None:
        raise ZeroDivisionError

    with LocalEngine(talkative_model) as engine:
        under_way = stream(engine, ask("long"), Sampling(900))
        next(under_way)
        engine.enter(engine.encode(ask("x")), Sampling(1), fail, whole=False)
        with pytest.raises(UnavailableError):
            list(under_way)
        assert soon(lambda: engine.failure is not None)


def test_closing_ends_what_is_under_way(tiny_model: Path) -> None:
    engine = LocalEngine(tiny_model)
    heard: list[Delta | StudioError] = []
    engine.enter(engine.encode(ask("long")), Sampling(1500), heard.append, whole=False)
    engine.close()
    engine.close()
    assert isinstance(heard[-1], Delta)
    assert heard[-1].finish_reason == "cancelled"
    with pytest.raises(UnavailableError):
        engine.enter(engine.encode(ask("late")), Sampling(3), heard.append, whole=False)


@pytest.mark.real
def test_a_real_model_answers_several_at_once_and_repeats_itself(smollm2: Path) -> None:
    with LocalEngine(smollm2) as engine:
        question = [Message(role="user", content="What is the capital of France? Answer in one sentence.")]
        found: dict[int, Answer] = {}
        ask_many(engine, [question] * 4, Sampling(24), found.__setitem__)
        assert all("Paris" in answer.text for answer in found.values())
        assert found[0].finish_reason == "stop"
        first = whole(engine, question[0].content, Sampling(24))
        assert first == whole(engine, question[0].content, Sampling(24))
        (good, _), (bad, _) = score(
            engine, question, ["The capital of France is Paris.", "The capital of France is Rome."]
        )
        assert good > bad
