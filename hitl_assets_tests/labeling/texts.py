"""Texts that people paste into spreadsheets, and that break files which are written carelessly."""

HOSTILE = (
    'say "hi"', '"', '""', ",", "a,b", "\\", "'", " padded ", "tab\there",
    "two\nlines", "old\rMac", "DOS\r\nlines", "\r", "\n", "blank\n\nline", "ends\n",
    "line\u2028separator", "paragraph\u2029separator", "next\x85line", "form\x0cfeed", "group\x1dmark",
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "null", "[]", "{}", "01", "1e5",
    "груша 🍐", "\ufeffmark", "e\u0301", "\u200f",
)  # fmt: skip
