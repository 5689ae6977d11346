import { themeChanged } from "./theme";

/**
 * Draws each <figure data-time-chart> from the table inside it. Colours are read from the page, so that the drawing follows the theme;
 * a live region that brings a new table brings a new figure, which is drawn at once.
 */
interface Plot {
  setSize(size: { width: number; height: number }): void;
  destroy(): void;
}

interface PlotState {
  cursor: { idx: number | null; left: number; top: number };
  over: HTMLElement;
}

type PlotConstructor = new (options: object, data: (number | null)[][], target: HTMLElement) => Plot;

const plots = new Map<HTMLElement, Plot>();
const height = 240;

export function watchCharts(): void {
  drawAll();
  document.addEventListener("htmx:afterSettle", drawAll);
  document.addEventListener(themeChanged, () => {
    for (const plot of plots.values()) plot.destroy();
    plots.clear();
    drawAll();
  });
}

function drawAll(): void {
  for (const [figure, plot] of plots) {
    if (figure.isConnected) continue;
    plot.destroy();
    plots.delete(figure);
  }
  for (const figure of document.querySelectorAll<HTMLElement>("[data-time-chart]")) if (!plots.has(figure)) draw(figure);
}

function draw(figure: HTMLElement): void {
  const Plot = (window as unknown as { uPlot?: PlotConstructor }).uPlot;
  const target = figure.querySelector<HTMLElement>(".plot");
  if (!Plot || !target) return;
  const names = [...figure.querySelectorAll<HTMLElement>("[data-line]")].map((head) => head.dataset.line!);
  const data = readTable(figure, names.length);
  const ink = getComputedStyle(target).color;
  const grid = getComputedStyle(target).borderTopColor;
  const colours = [...figure.querySelectorAll(".swatch")].map((swatch) => getComputedStyle(swatch).color);
  const lang = language();
  const axis = { stroke: ink, font: `12px ${getComputedStyle(target).fontFamily}`, grid: { stroke: grid, width: 1 }, ticks: { show: false } };

  const plot = new Plot(
    {
      width: target.clientWidth,
      height,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: { x: { range: () => span(data[0]) }, y: { range: (_: unknown, _low: number, high: number) => [0, niceTop(high)] } },
      axes: [{ ...axis, space: 64, values: (_: unknown, marks: number[]) => timeMarks(marks, lang) }, { ...axis, size: 56, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6], values: (_: unknown, marks: number[]) => marks.map((mark) => mark.toLocaleString(lang)) }],
      series: [
        {},
        ...names.map((label, i) => ({ label, stroke: colours[i], width: 2, dash: i % 2 ? [6, 4] : undefined, points: { show: data[0].length < 3 } })),
      ],
      hooks: { setCursor: [tip(figure, target, names, data)] },
    },
    data,
    target,
  );
  plots.set(figure, plot);
  new ResizeObserver(() => target.isConnected && plot.setSize({ width: target.clientWidth, height })).observe(target);
}

/** English as the server writes it: the day before the month, the 24-hour clock. */
function language(): string {
  const lang = document.documentElement.lang;
  return lang === "en" ? "en-GB" : lang;
}

function readTable(figure: HTMLElement, lines: number): number[][] {
  const data: number[][] = Array.from({ length: lines + 1 }, () => []);
  for (const row of figure.querySelectorAll("tbody tr")) {
    data[0].push(Number(row.querySelector<HTMLElement>("[data-at]")!.dataset.at));
    row.querySelectorAll<HTMLElement>("[data-value]").forEach((cell, i) => data[i + 1].push(Number(cell.dataset.value)));
  }
  return data;
}

/** The figures under the pointer, in words. */
function tip(figure: HTMLElement, target: HTMLElement, names: string[], data: number[][]): (plot: PlotState) => void {
  const box = document.createElement("div");
  box.className = "u-tip";
  box.hidden = true;
  const rows = [...figure.querySelectorAll("tbody tr")];
  return (plot) => {
    const { idx, left } = plot.cursor;
    if (!box.isConnected) target.append(box);
    box.hidden = idx === null || left < 0;
    if (idx === null || box.hidden) return;
    const time = document.createElement("b");
    time.textContent = rows[idx].querySelector("th")!.textContent;
    box.replaceChildren(
      time,
      ...names.map((name, i) => {
        const line = document.createElement("span");
        const swatch = document.createElement("i");
        swatch.className = `swatch series-${i + 1}`;
        line.append(swatch, `${data[i + 1][idx].toLocaleString(language())} ${name.toLowerCase()}`);
        return line;
      }),
    );
    const x = left + plot.over.offsetLeft;
    box.style.left = `${x + 12 + box.offsetWidth > target.clientWidth ? x - 12 - box.offsetWidth : x + 12}px`;
    box.style.top = "12px";
  };
}

/** Hours by the 24-hour clock, the day below the first mark of each day; whole days when the marks are that far apart. */
function timeMarks(marks: number[], lang: string): string[] {
  const whole = marks.length > 1 && marks[1] - marks[0] >= 86_400;
  let before = "";
  return marks.map((mark) => {
    const at = new Date(mark * 1000);
    const day = at.toLocaleDateString(lang, { day: "numeric", month: "short" });
    const hour = whole ? "" : at.toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const text = whole ? day : day === before ? hour : `${hour}\n${day}`;
    before = day;
    return text;
  });
}

/** From the first moment to the last; one moment alone stands in the middle of its hour. */
function span(moments: number[]): [number, number] {
  const [first, last] = [moments[0], moments[moments.length - 1]];
  return first === last ? [first - 1800, last + 1800] : [first, last];
}

function niceTop(high: number | null): number {
  if (!high || high < 4) return 4;
  const step = 10 ** Math.floor(Math.log10(high));
  return Math.ceil((high * 1.05) / (step / 2)) * (step / 2);
}
