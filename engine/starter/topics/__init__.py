"""The topics the starter can talk about, one file each, in both languages."""

from engine.starter.topics import (
    apologies,
    appointments,
    cooking,
    directions,
    exercise,
    gardening,
    gifts,
    greetings,
    music,
    pets,
    poems,
    study,
    trains,
    weather,
)

TOPICS = {
    module.TOPIC.key: module.TOPIC
    for module in (
        weather,
        directions,
        cooking,
        poems,
        apologies,
        appointments,
        pets,
        music,
        study,
        exercise,
        trains,
        greetings,
        gifts,
        gardening,
    )
}

# Learned by the model, but in no pair: what a run says about them it has not been taught by preferences.
HELD_OUT_TOPICS = frozenset({"gifts", "gardening"})

# Of the nine question patterns of every topic and language, the last three occur in no pair either: one for each
# aspect.
HELD_OUT_PATTERNS = 3
