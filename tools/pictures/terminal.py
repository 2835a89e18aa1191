"""Draws what a terminal shows, read from standard input, as SVG: terminal.py light|dark FILE"""

import sys

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

# So few that a telephone shows letters that can be read; longer lines are broken between words.
COLUMNS = 56

DARK = [(13, 17, 23), (230, 237, 243)]
LIGHT = [(255, 255, 255), (31, 35, 40)]
# Black, red, green, yellow, blue, magenta, cyan, white: of GitHub's pages, which the pictures stand in.
ON_DARK = ["484f58", "ff7b72", "3fb950", "d29922", "58a6ff", "bc8cff", "39c5cf", "b1bac4"]
ON_LIGHT = ["24292f", "cf222e", "116329", "7d4e00", "0969da", "8250df", "1b7c83", "57606a"]

# Without the font that the library's own frame fetches from elsewhere.
FRAME = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>pulumi up creates a login profile, and then rotates its password</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def rgb(code: str) -> tuple[int, int, int]:
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


name, file = sys.argv[1:]
page, codes = (DARK, ON_DARK) if name == "dark" else (LIGHT, ON_LIGHT)
colors = [rgb(code) for code in codes]
theme = TerminalTheme(page[0], page[1], colors, colors)

console = Console(record=True, width=COLUMNS, file=open("/dev/null", "w"), color_system="truecolor", force_terminal=True)
console.print(Text.from_ansi(sys.stdin.read()))
console.save_svg(file, title="", theme=theme, code_format=FRAME, unique_id=name)
