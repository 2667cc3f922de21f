"""The names under which fields of datasets are known. A new synonym is a word here.

Left out: what is made of the fields (`prompt_fields`, `preferences`, `verdicts`, `scored_lists`, `completions`).
"""

# the prompt: the first of these that a row has
PROMPTS = (
    "prompt",
    "conversations",
    "conversation",
    "messages",
    "instruction",
    "question",
    "query",
    "problem",
    "input",
    "context",
    "history",
)
VAGUE_PROMPTS = ("input", "context", "history")  # those of them that mean other things too
DIALOGUES = ("messages", "conversations", "conversation")  # those of them that may hold the answer too
INSTRUCTION_INPUTS = ("input", "context")  # what an instruction is about, after it
SYSTEMS = ("system", "system_prompt", "system_message")
INFO_TEXTS = ("post", "article")
OPENAI_OPTIONS = ("tools", "parallel_tool_calls")

# a better and a worse response
CHOSEN = (
    "chosen",
    "preferred_output",
    "chosen_response",
    "chosen_messages",
    "chosen_answer",
    "chosen_text",
    "response_chosen",
    "preferred_response",
    "better_response",
    "pos_resp",
)
REJECTED = (
    "rejected",
    "non_preferred_output",
    "rejected_response",
    "rejected_messages",
    "rejected_answer",
    "rejected_text",
    "rejected_output",
    "rejected_completion",
    "response_rejected",
    "dispreferred_response",
    "worse_response",
    "neg_resp",
)
PAIR_SCORES = (
    ("score_chosen", "score_rejected"),
    ("chosen_score", "rejected_score"),
    ("chosen_rating", "rejected_rating"),
    ("chosen-rating", "rejected-rating"),
    ("chosen_reward", "rejected_reward"),
)

# one response
COMPLETIONS = ("completion", "response", "output", "answer")
LABELS = ("label", "kto_tag")
SCORE = "score"

# two responses and a word on which is better
_STEMS = (
    "response",
    "answer",
    "output",
    "completion",
    "assistant",
    "reply",
    "conversation",
    "human_ref",
    "candidate",
    "generation",
    "summary",
    "messages",
    "text",
)
SIDE_NAMES = (("0", "1"), ("1", "2"), ("a", "b"), ("A", "B"))
SIDES = tuple(
    (f"{stem}{separator}{first}", f"{stem}{separator}{second}", (first, second))
    for first, second in SIDE_NAMES
    for stem in _STEMS
    for separator in ("_", "")
)
INDIVIDUAL = "individual_preference"  # beside the verdict, what each annotator said
SUMMARIES = "summaries"
SUMMARISED = "info"  # what they are of
VERDICTS = (
    "better_response_id",
    "overall_preference",
    "preference",
    "winner",
    "choice",
    "labels",
    "chosen",
    "preferred",
    "better",
)
WON = ("winner_model_a", "winner_model_b", "winner_tie")

# many responses, each with a score
LISTS = ("completions", "responses", "answers", "outputs", "candidates", "generations")
LIST_SCORES = ("scores", "rewards", "ratings")
LISTED_TEXTS = ("response", "text", "content", "output", "answer", "completion")
LISTED_SCORES = ("overall_score", "score", "rating", "reward", "pm_score")
LISTED_RANKS = ("rank",)  # the lowest is the best

RESERVED = frozenset(
    (
        *(name for name in PROMPTS if name not in ("input", "context")),
        *SYSTEMS,
        *CHOSEN,
        *REJECTED,
        *COMPLETIONS,
        *LABELS,
        *VERDICTS,
        *WON,
        *LISTS,
        *(name for pair in PAIR_SCORES for name in pair),
        *(name for first, second, _ in SIDES for name in (first, second)),
        "text",
        SUMMARIES,
    )
)
"""Names that a reader would take for the row's own: an export writes no extra field under one of them."""
