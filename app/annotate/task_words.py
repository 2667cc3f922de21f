"""Every sentence that a judging task shows, in the reader's language, for the script that draws it.

Names in the dict are those that the script (`js`) asks for; {fields} in a sentence are filled in there.
"""

from typing import Any

from app.translations import _


def words() -> dict[str, Any]:
    """The sentences by name."""
    return {
        **_of_the_question(),
        **_of_the_verdict(),
        **_of_the_status(),
        "keys": _keys(),
        "help": _help(),
        "ends": _ends(),
        "reasons": _reasons(),
        "flags": _flags(),
        "strips": _strips(),
    }


def _of_the_question() -> dict[str, Any]:
    return {
        "prompt": _("Prompt"),
        "answer": _("Answer {letter}"),
        "roles": {"user": _("user"), "assistant": _("assistant"), "system": _("system")},
        "thinking": _("Thinking"),
        "empty_answer": _("This answer is empty."),
        "show_all": _("Show all"),
        "earlier_turns": _("Earlier turns: {count}"),
        "edited": _("edited"),
        "edit_answer": _("Edit answer {letter}"),
        "edit_label": _("The answer as it should be"),
        "comment_label": _("Your comment"),
        "criterion": _("{name}: which is better? ({number} of {count})"),
        "overall": _("Overall"),
        "overall_hint": _("the verdict that counts; the next pair follows"),
        "quality": _("Quality of answer {letter}"),
        "qualities": {"good": _("good"), "ok": _("ok"), "bad": _("bad")},
        "revealed": _("What everybody said"),
        "revealed_hint": _("Keep your verdict, or give a new one and say why in a comment."),
        "you": _("you"),
        "now": _("Question {number}"),
    }


def _of_the_verdict() -> dict[str, Any]:
    return {
        "better": _("{letter} is better"),
        "much_better": _("{letter} is much better"),
        "much": _("much better"),
        "tie": _("tie"),
        "both_bad": _("both bad"),
        "all_bad": _("all bad"),
        "verdicts": {
            "tie": _("tie"),
            "both_bad": _("both bad"),
            "skip": _("skipped"),
            "withdrawn": _("taken back"),
        },
        "ranked": _("ranked"),
        "rank": "#{rank}",
        "unranked": _("not ranked"),
        "rank_title": _("Press the numbers of the answers, from best to worst"),
        "rank_done": _("done"),
        "rank_tied": _("tied with the last"),
        "rank_back": _("take the last back"),
        "keep": _("keep my verdict"),
        "save": _("Save"),
        "no_reason": _("no reason"),
    }


def _of_the_status() -> dict[str, Any]:
    return {
        "progress": _("Judged so far"),
        "of": _("{done} of {total}"),
        "minutes_left": _("about {minutes} min left"),
        "seconds_left": _("under a minute left"),
        "each": _("{seconds} s each"),
        "saving": {
            "saved": _("all saved"),
            "pending": _("saving {count}"),
            "offline": _("no connection: {count} kept in this browser"),
            "signed_out": _("signed out: {count} kept in this browser"),
            "refused": _("not saved: {count} kept in this browser"),
        },
        "signed_out": _("You are signed out. Kept in this browser, and sent after you sign in: {count}."),
        "sign_in": _("Sign in"),
        "refused": _("Verdicts that were not taken: {count}."),
        "refused_title": _("Verdicts that were not taken"),
        "refused_hint": _("They count for nothing as they are. Judge again, or copy what you wrote."),
        "show": _("Show"),
        "copy": _("Copy"),
        "judge_again": _("Judge again"),
        "dismiss": _("Drop"),
        "new_guidelines": _("The guidelines are new to you (version {version})."),
        "read": _("Read"),
        "again_standing": _("Your verdict from another tab stands: a new one takes its place."),
        "again_refused": _("This verdict was not taken: give it again."),
        "changing": _("You look at an earlier verdict: a new one takes its place."),
        "back_to_queue": _("Back to the queue"),
        "all_rounds": _("all rounds"),
        "kept_in_page_only": _("This browser keeps nothing for us: leave this page open until all verdicts are saved."),
        "nothing_to_undo": _("There is nothing to take back."),
        "undone": _("The last verdict is taken back."),
        "no_history": _("You have judged nothing here yet."),
        "history_hint": _("Press one to change your verdict."),
        "help_title": _("Guidelines and keys"),
        "history_title": _("Your last verdicts"),
        "close": _("Close"),
        "guidelines": _("Guidelines"),
        "guideline_version": _("Guidelines, version {version}"),
        "no_guidelines": _("This round has no guidelines: judge by which answer you would rather get."),
        "keys_title": _("Keys"),
    }


def _keys() -> dict[str, str]:
    return {
        "skip": _("skip"),
        "undo": _("undo"),
        "flag": _("flag"),
        "edit": _("edit"),
        "comment": _("comment"),
        "markdown": _("raw text"),
        "history": _("my verdicts"),
        "help": _("guidelines"),
        "more": _("more"),
        "escape": _("back"),
    }


def _help() -> dict[str, Any]:
    return {
        "pairs": [
            ["1 ←", _("answer A is better")],
            ["2 →", _("answer B is better")],
            ["⇧", _("with one of these: much better")],
            ["0", _("tie: equally good")],
            ["B", _("both bad: neither should be given")],
        ],
        "ranking": [
            ["1 2 3", _("the answers from best to worst, in this order; once more takes one out")],
            ["=", _("the next one is tied with the last")],
            ["⌫", _("take the last one back")],
            ["↵", _("done; answers without a rank are left open")],
            ["B", _("all bad: none should be given")],
        ],
        "criteria": ["Q W R T Y P", _("go to a criterion; 1, 0 and 2 answer it, Esc goes to the verdict")],
        "quality": ["G K X", _("good, ok or bad: for answer A, then for answer B")],
        "both": [
            ["S", _("skip, with a reason if you like")],
            ["F", _("flag for a second look")],
            ["U", _("undo: back to the last one")],
            ["E", _("edit an answer: what it should have been")],
            ["N", _("comment")],
            ["M", _("formatted or raw text")],
            ["H", _("your last verdicts")],
            ["Esc", _("close, go back")],
        ],
    }


def _ends() -> dict[str, Any]:
    return {
        "done": {
            "title": _("That was the last one. Thank you!"),
            "advice": _("Judged by you: {count}. Your usual pace: {seconds} s each."),
            "advice_skipped": _("Judged by you: {count}, skipped: {skipped}. Your usual pace: {seconds} s each."),
        },
        "waiting": {
            "title": _("Nothing for you right now"),
            "advice": _("The rest lies before others. This page looks again by itself; you can also come back later."),
        },
        "closed": {
            "title": _("This round is closed"),
            "advice": _("Thank you for your verdicts. You can close this page."),
        },
        "empty": {
            "title": _("This round asks you nothing"),
            "advice": _("Its questions have been given to others. Ask who sent you the link."),
        },
        "signed_out": {
            "title": _("You are signed out"),
            "advice": _("Your verdicts are kept in this browser and are sent after you sign in."),
        },
        "unreachable": {
            "title": _("The dashboard does not answer"),
            "advice": _("This page tries again by itself. Your verdicts are kept in this browser."),
        },
        "refused": _("These questions cannot be shown"),
    }


def _reasons() -> dict[str, str]:
    return {
        "unclear": _("prompt is unclear"),
        "expertise": _("I cannot tell"),
        "language": _("not my language"),
        "broken": _("text is broken"),
        "sensitive": _("I would rather not"),
    }


def _flags() -> dict[str, str]:
    return {
        "harmful": _("harmful"),
        "private": _("private data"),
        "broken": _("text is broken"),
        "duplicate": _("seen before"),
        "other": _("something else"),
    }


def _strips() -> dict[str, str]:
    return {
        "skip": _("Why do you skip it?"),
        "flag": _("What is wrong with it?"),
        "choose": _("Edit which answer?"),
        "edit": _("Write the answer as it should be"),
        "comment": _("Say what others should know"),
    }
