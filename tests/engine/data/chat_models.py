"""Small tokenizers with the chat templates of known kinds, made on the spot."""

from collections.abc import Sequence
from typing import Any

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LLAMA2 = (
    "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}"
    "{{ '[INST] ' + m['content'] | trim + ' [/INST]' }}"
    "{% elif m['role'] == 'system' %}{{ '<<SYS>>\n' + m['content'] + '\n<</SYS>>\n\n' }}"
    "{% else %}{{ ' ' + m['content'] | trim + ' ' + eos_token }}{% endif %}{% endfor %}"
)
LLAMA3 = (
    "{% if not date_string is defined %}{% set date_string = strftime_now('%d %b %Y %H:%M:%S') %}{% endif %}"
    "{{ bos_token }}<|head|>system<|/head|>\n\nToday: {{ date_string }}<|im_end|>"
    "{% for m in messages %}<|head|>{{ m['role'] }}<|/head|>\n\n{{ m['content'] | trim }}<|im_end|>{% endfor %}"
    "{% if add_generation_prompt %}<|head|>assistant<|/head|>\n\n{% endif %}"
)
THINKING = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n"
    "{% if m['role'] == 'assistant' %}{% set text = m['content'].split('</think>')[-1].lstrip('\n') %}"
    "{% if loop.last %}<think>\n{{ m['content'].split('</think>')[0].split('<think>')[-1].strip('\n') "
    "if '</think>' in m['content'] else '' }}\n</think>\n\n{% endif %}{{ text }}"
    "{% else %}{{ m['content'] }}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
)
CALLING = (
    "{% if tools %}<|im_start|>tools\n{% for t in tools %}{{ t | tojson }}\n{% endfor %}<|im_end|>\n{% endif %}"
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}"
    "{% for c in m['tool_calls'] or [] %}<call>{{ c['function'] | tojson }}</call>{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TOOL = {"type": "function", "function": {"name": "rain", "parameters": {"day": {"type": "string"}}}}
TEXTS = [
    "the rain on Monday, thank you",
    "多谢 , 好的 . 天气",
    "Rain? <b>no</b> [INST] 12.5 % \t end",
    "  two  spaces\n\nlines",
]
SPECIAL = ("<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>", "<|head|>", "<|/head|>")


def calling(*names: str, content: str = "", **arguments: Any) -> dict[str, Any]:
    """An assistant's message that calls these functions, all with the same arguments."""
    calls = [{"type": "function", "function": {"name": name, "arguments": arguments}} for name in names]
    return {"role": "assistant", "content": content, "tool_calls": calls}


def byte_level(template: str | None, *, eos: str = "<|im_end|>", added: Sequence[str] = ()) -> Any:
    """A tokenizer as GPT-2's, SmolLM2's and Qwen's are."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    return _finished(tokenizer, trainer, template, eos, added)


def sentencepiece(template: str | None, *, eos: str = "</s>", added: Sequence[str] = ()) -> Any:
    """A tokenizer as Llama-2's and Mistral's are."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    bytes_ = [f"<0x{value:02X}>" for value in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=700, special_tokens=[*SPECIAL, *bytes_], show_progress=False)
    return _finished(tokenizer, trainer, template, eos, added)


def unigram(template: str | None, *, eos: str = "</s>", added: Sequence[str] = ()) -> Any:
    """A tokenizer that finds its special tokens in plain text too: they are pieces of its vocabulary."""
    tokenizer = Tokenizer(
        models.Unigram([(text, 0.0) for text in SPECIAL] + [(chr(n), -5.0) for n in range(32, 127)], 0)
    )
    tokenizer.decoder = decoders.Fuse()
    return _finished(tokenizer, None, template, eos, added)


def _finished(tokenizer: Any, trainer: Any, template: str | None, eos: str, added: Sequence[str]) -> Any:
    if trainer is not None:
        tokenizer.train_from_iterator(TEXTS * 9, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=eos, bos_token="<s>", unk_token="<unk>")
    fast.add_special_tokens({"additional_special_tokens": list(SPECIAL)})
    fast.add_tokens(list(added))
    fast.chat_template = template
    return fast


KINDS = {
    "chatml": lambda: byte_level(CHATML),
    "llama2": lambda: sentencepiece(LLAMA2),
    "llama3": lambda: byte_level(LLAMA3),
    "thinking": lambda: byte_level(THINKING, added=["<think>", "</think>"]),
    "bare": lambda: byte_level(None, eos="</s>"),
}
