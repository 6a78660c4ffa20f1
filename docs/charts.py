# SPDX-License-Identifier: LGPL-2.1-or-later
"""Charts as SVG, drawn so that they can be read on light and on dark ground."""

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 720, 360
LEFT, RIGHT, TOP, BOTTOM = 74, 24, 78, 54
STYLE = '''<style>
text { font: 13px sans-serif; fill: #444 }
.title { font-size: 15px; font-weight: bold }
.note { font-size: 11px; fill: #777 }
.grid { stroke: #8884; stroke-width: 1 }
.axis { stroke: #888; stroke-width: 1 }
@media (prefers-color-scheme: dark) { text { fill: #ccc } .note { fill: #999 } }
</style>'''
COLOURS = (('raw-mmsg', '#b0a070'), ('raw', '#888888'), ('gio-service', '#c05a3c'), ('gio', '#e08a2c'), ('libuv', '#8f6fd0'),
           ('gsock-by-number', '#58b0a0'), ('gsock-async', '#58b0a0'), ('gsock', '#2f80d8'), ('socket', '#888888'))


def colour(name):
    return next((value for prefix, value in COLOURS if name.startswith(prefix)), '#2f80d8')


def number_text(value):
    for limit, unit in ((1e6, 'M'), (1e3, 'k')):
        if abs(value) >= limit:
            return f'{value / limit:g}{unit}'
    return f'{value:g}'


def text(x, y, words, anchor='start', kind=None):
    css = f' class="{kind}"' if kind else ''
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{css}>{escape(words)}</text>'


def line(x1, y1, x2, y2, kind):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def document(height, title, note, parts):
    title = title[0].upper() + title[1:]
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'role="img">\n<title>{escape(title)}</title>\n{STYLE}')
    body = [text(LEFT, 22, title, kind='title'), text(LEFT, 40, note, kind='note')] + parts
    return head + '\n' + '\n'.join(body) + '\n</svg>\n'


def legend(names, y):
    parts, x = [], LEFT
    for name in names:
        parts += [f'<rect x="{x}" y="{y - 9}" width="12" height="10" rx="2" fill="{colour(name)}"/>', text(x + 17, y, name)]
        x += 17 + 8 * len(name) + 22
    return parts


def nice_ticks(most):
    """About five round numbers from 0 to a little more than the most."""
    step = 10 ** math.floor(math.log10(most / 4))
    step = next(factor * step for factor in (1, 2, 2.5, 5, 10) if factor * step * 5 >= most)
    return [step * i for i in range(math.ceil(most / step - 1e-9) + 1)]


def log_ticks(least, most):
    return [10 ** i for i in range(math.floor(math.log10(least)), math.ceil(math.log10(most) - 1e-9) + 1)]


class Axis:
    def __init__(self, ticks, logarithmic, start, end):
        self.ticks, self.logarithmic, self.start, self.end = ticks, logarithmic, start, end

    def at(self, value):
        first, last = self.scaled(self.ticks[0]), self.scaled(self.ticks[-1])
        return self.start + (self.scaled(value) - first) / ((last - first) or 1) * (self.end - self.start)

    def scaled(self, value):
        return math.log10(max(value, 1e-9)) if self.logarithmic else value


def line_chart(title, note, x_label, y_label, series, log_x, log_y):
    """@series is {name: [(x, y), ...]}."""
    xs = sorted({x for points in series.values() for x, _ in points})
    ys = [y for points in series.values() for _, y in points]
    x_axis = Axis(xs, log_x, LEFT, WIDTH - RIGHT)
    y_axis = Axis(log_ticks(min(ys), max(ys)) if log_y else nice_ticks(max(ys)), log_y, HEIGHT - BOTTOM, TOP)
    parts = legend(series, 62)
    for tick in y_axis.ticks:
        parts += [line(LEFT, y_axis.at(tick), WIDTH - RIGHT, y_axis.at(tick), 'grid'),
                  text(LEFT - 8, y_axis.at(tick) + 4, number_text(tick), 'end')]
    for tick in xs:
        parts += [line(x_axis.at(tick), HEIGHT - BOTTOM, x_axis.at(tick), HEIGHT - BOTTOM + 5, 'axis'),
                  text(x_axis.at(tick), HEIGHT - BOTTOM + 20, number_text(tick), 'middle')]
    parts += [line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, 'axis'),
              text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x_label, 'middle'),
              f'<text transform="translate(16 {(TOP + HEIGHT - BOTTOM) / 2:.0f}) rotate(-90)" text-anchor="middle">{escape(y_label)}</text>']
    for name, points in series.items():
        where = ' '.join(f'{x_axis.at(x):.1f},{y_axis.at(y):.1f}' for x, y in points)
        parts.append(f'<polyline points="{where}" fill="none" stroke="{colour(name)}" stroke-width="2"/>')
        parts += [f'<circle cx="{x_axis.at(x):.1f}" cy="{y_axis.at(y):.1f}" r="3" fill="{colour(name)}"/>' for x, y in points]
    return document(HEIGHT, title, note, parts)


def bar_chart(title, note, x_label, groups, most, mark=None):
    """@groups is [(words, [(name, value), ...]), ...]; bars longer than @most are cut, and say how long they are."""
    left, thick, gap, top = 236, 11, 12, 78
    heights = [len(bars) * thick + gap for _, bars in groups]
    bottom = top + sum(heights)
    axis = Axis([tick for tick in nice_ticks(most) if tick <= most], False, left, WIDTH - 70)
    # Bars that are named need no legend.
    parts = legend(list(dict.fromkeys(name for _, bars in groups for name, _ in bars)), 62) if mark is not None else []
    for tick in axis.ticks:
        parts += [line(axis.at(tick), top, axis.at(tick), bottom, 'grid'), text(axis.at(tick), bottom + 16, number_text(tick), 'middle')]
    if mark is not None:
        parts.append(line(axis.at(mark), top, axis.at(mark), bottom, 'axis'))
    y = top
    for (words, bars), height in zip(groups, heights):
        parts.append(text(left - 10, y + (height - gap) / 2 + 5, words, 'end'))
        for row, (name, value) in enumerate(bars):
            end = axis.at(min(value, axis.ticks[-1]))
            parts.append(f'<rect x="{left}" y="{y + row * thick:.1f}" width="{end - left:.1f}" height="{thick - 2}" fill="{colour(name)}"/>')
            parts.append(text(end + 4, y + row * thick + 9, f'{value:.2f}' if value < 10 else f'{value:.0f}', kind='note'))
        y += height
    parts.append(text((left + WIDTH - 70) / 2, bottom + 36, x_label, 'middle'))
    return document(bottom + 48, title, note, parts)
