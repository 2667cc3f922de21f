"""The task of one person with one round: a component that fetches questions and sends votes by itself.

No vote makes the page run again: the script talks to our own routes. Left out: those (`app.routes.annotation`), what
the script says (`task_words`), and the script (`js`).
"""

import hashlib
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from app import clients
from app.annotate import task_words
from app.bridge import javascript
from app.markup import texts
from app.people import Person
from app.sign_in import addresses
from app.translations import _, current_language
from storage.database import Database
from storage.judging import rounds
from storage.judging.judgement_records import Round

ALL_ROUNDS = Markup('<a href="annotate" target="_self">{}</a>')
_task = st.components.v2.component(
    "alignlab_judging",
    html='<div class="al-annotate"></div>',
    js=javascript.component_script("annotate/js/annotate.js"),
    isolate_styles=False,
)


def show(db: Database, person: Person, round_: Round) -> None:
    """The questions that lie before the person, one after the other."""
    guideline = rounds.guideline(db, round_.dataset)
    version = [_("guidelines {version}").format(version=guideline.version)] if guideline else []
    others = ALL_ROUNDS.format(_("all rounds"))
    st.html(texts.heading(_("Annotate"), Markup(" · ").join([title(round_), *version, others])))
    language = {"language": current_language()}
    named = _named(round_)
    whose = {"account": person.judging_account}
    page = f"/annotate?{query(round_)}"
    _task(
        key=f"judging_{scope(person, round_)}",
        data={
            "scope": scope(person, round_),
            **named,
            **whose,
            "queue_url": f"alignlab/annotate/queue?{urlencode({**named, **whose, **language})}",
            "leave_url": "alignlab/annotate/leave",
            "judgements_url": f"alignlab/annotate/judgements?{urlencode(language)}",
            "sign_in_url": f"{addresses.SIGN_IN}?{urlencode({'next': page})}",
            "words": task_words.words(),
        },
    )


def query(round_: Round) -> str:
    """What the address of the task says, the link that annotators are sent."""
    return urlencode(_named(round_))


def _named(round_: Round) -> dict[str, str | int]:
    return {"dataset": round_.dataset, "round": round_.number}


def title(round_: Round) -> str:
    """The round as its annotators know it."""
    number = _("round {number}").format(number=round_.number)
    return " · ".join(filter(None, [round_.dataset, number, round_.name]))


def scope(person: Person, round_: Round) -> str:
    """Under which name the browser keeps votes: no other workspace, person or round ever sends them."""
    whose = [str(clients.workspace().root), person.judging_account, round_.dataset_id, round_.number, round_.created_at]
    return "alignlab.annotate." + hashlib.sha256("\n".join(map(str, whose)).encode()).hexdigest()[:16]
