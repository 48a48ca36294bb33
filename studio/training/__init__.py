"""Fine-tuning through TRL and PEFT: rows to tokens, methods as plug-ins, checkpoints that survive a kill."""
