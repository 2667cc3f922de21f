"""Every literal colour and size of the product: neutrals, roles, hues of method families, the palette of runs.

A colour is a pair of light and dark steps. Left out: how they are laid out (`style.css`) and handed on (`__init__`).
"""

from dataclasses import dataclass

from engine.spec.marks import Family, Shape


@dataclass(frozen=True)
class Shade:
    """One colour in both themes, as #rrggbb."""

    light: str
    dark: str


@dataclass(frozen=True)
class Mark:
    """How an algorithm looks everywhere: a hue, a shape beside it (colour is never alone), and whether it is dashed."""

    hue: str
    shape: Shape
    dashed: bool = False

    @property
    def dash(self) -> str:
        """Its lines, by Plotly's names."""
        return "dash" if self.dashed else "solid"

    @property
    def symbol(self) -> str:
        """The shape, by Plotly's names: a bar is a square there."""
        return "square" if self.shape == "bar" else self.shape

    @property
    def css_classes(self) -> str:
        """The hue, and the dashed edge where it has one."""
        return f"al-hue-{self.hue}" + (" al-dashed" if self.dashed else "")


SHADES = {
    "text": Shade("#1C2330", "#DCE2EC"),
    "soft": Shade("#5A6475", "#9DA8BA"),
    "faint": Shade("#8791A3", "#6F7A8D"),
    "ground": Shade("#FFFFFF", "#0F1319"),
    "second": Shade("#F5F6F9", "#191F29"),
    "sidebar": Shade("#F7F8FB", "#0B0E13"),
    "line": Shade("#E1E5EC", "#29313D"),
    "grid": Shade("#EEF0F4", "#1E2530"),
    "accent": Shade("#4A4FD9", "#8F94FF"),
    "on-accent": Shade("#FFFFFF", "#11131F"),
    "good": Shade("#137A4F", "#4CC38A"),
    "warning": Shade("#96570A", "#F0B355"),
    "bad": Shade("#BE2A3A", "#FF8089"),
    "info": Shade("#2A64C8", "#7FAEFA"),
    "baseline": Shade("#667081", "#8E99AB"),
    # Method hues are inks: at least 4.5 to 1 on both grounds and on their own chips, because they also colour words.
    "blue": Shade("#2463CF", "#79A8FA"),
    "orange": Shade("#AE5409", "#F4A25C"),
    "green": Shade("#12774F", "#52C796"),
    "purple": Shade("#8440BC", "#C596F2"),
    "brown": Shade("#75654E", "#BBA98F"),
    "chosen": Shade("#EDF7F2", "#11251E"),
    "rejected": Shade("#FBF1F1", "#2A1A1E"),
}

HUES: dict[Family, str] = {
    "dpo": "blue",
    "ppo": "orange",
    "grpo": "green",
    "gspo": "purple",
    "sft": "brown",
    "reward": "brown",
}

# Twelve colours that people with any of the common colour deficiencies tell apart, in this order, and six dashes. Those
# that are no hue of a method are used for further runs of a method (`app.charts.line_styles`).
RUN_COLOURS = (
    Shade("#2463CF", "#79A8FA"),
    Shade("#C2560C", "#F4A25C"),
    Shade("#12774F", "#52C796"),
    Shade("#A1217E", "#F08BD0"),
    Shade("#7A6A10", "#D9C64A"),
    Shade("#0E7490", "#5CC9E6"),
    Shade("#B4232F", "#FF8A80"),
    Shade("#5B3FB8", "#AE9BFF"),
    Shade("#4D7C0F", "#A9D75A"),
    Shade("#7C4A2D", "#D3A589"),
    Shade("#4B5563", "#B4BECC"),
    Shade("#9D174D", "#FFA3C4"),
)
RUN_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")

SIZES = {
    "small": "0.857rem",  # 12 px at the base of 14
    "body": "1rem",
    "large": "1.143rem",
    "title": "1.43rem",
    "radius": "5px",
    "gap": "12px",
    "panel": "210px",
}
FONT = "'Source Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
CODE_FONT = "'Source Code', 'Noto Sans Mono CJK SC', monospace"
