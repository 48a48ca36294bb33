"""Supervised fine-tuning: a model learns the answers of a dataset's conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.core.reporter import Stopped
from studio.core.text import Text
from studio.runs.job import Job, Outcome
from studio.training import checkpoints
from studio.training.environment import settle
from studio.training.methods import METHODS

if TYPE_CHECKING:
    from studio.training.options import Options


def train(options: Options, job: Job) -> Outcome:
    """Fine-tune `job`'s model on its dataset; the loss falls on the assistant's turns only.

    Goes on from the newest whole checkpoint where the run has one. Writes `model/`: an adapter or a whole model.

    Returns:
        `train_loss` (mean over the steps) and, where there are validation rows, `eval_loss`, both in nats a token;
        `steps`; and of this process alone, without what was done before a resume: `seconds` in optimizer steps,
        `tokens_per_s` (padding not counted), `samples_per_s`, `peak_memory_mb`.

    Raises:
        InputError: the model cannot be loaded, or the dataset has nothing to learn from.
        StudioError: the loss is no number any more, or memory ran out.
        UnavailableError: the disk is full.
        Stopped: somebody asked; a checkpoint is saved.
    """
    settle()
    from transformers import set_seed

    from studio.models.load import load_tokenizer
    from studio.models.servable import servable
    from studio.training import output, rows, trainer
    from studio.training.failures import explained
    from studio.training.watch import Watch

    job.stage("preparing", Text("Preparing rows and model", "准备数据和模型"))
    with trainer.quiet(), explained(job):
        folder = servable(job.workspace, job.locate("model"))
        tokenizer = load_tokenizer(folder)
        learn, validate = rows.load(job.locate("dataset"), tokenizer, options.max_length, job)
        set_seed(options.seed)  # adapters begin at random
        model = METHODS.load(options.method)(folder, options)
        total = trainer.total_steps(options, len(learn.rows))
        watch = Watch(job, total, options.batch_size * options.accumulate)
        place = checkpoints.folder(job.path)
        tutor = trainer.build(options, model, tokenizer, learn.rows, validate.rows, place, [watch])
        watch.save, watch.validate = tutor.checkpoint, tutor.evaluate

        checkpoints.sweep(job.path)
        whole = checkpoints.newest(job.path)
        job.stage(
            "training",
            Text(
                f"Training on {len(learn.rows)} rows, {total} steps",
                f"用 {len(learn.rows)} 行数据训练，共 {total} 步",
            ),
        )
        if whole is not None:
            watch.saved = checkpoints.step_of(whole)
            print(f"going on from step {watch.saved}", flush=True)
        tutor.train(resume_from_checkpoint=str(whole) if whole else None)
        if watch.stopped:
            raise Stopped
        if validate.rows and not options.evaluate_every:
            job.stage("validating", Text(f"Validating on {len(validate.rows)} rows", f"用 {len(validate.rows)} 行验证"))
            tutor.evaluate()

        if job.leaving():  # the last checkpoint has it all: writing the model can wait
            raise Stopped
        job.stage("saving", Text("Saving the model", "保存模型"))
        output.write(tutor.model, folder, job.references["model"], job.path / "model", job.workspace)
    return Outcome({"model": "model"}, watch.metrics())
