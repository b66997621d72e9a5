"use strict";
// What the page does beyond being read: choose, filter, switch the theme, draw the pictures.
// Times are nanoseconds of cluster time. A picture maps them to 0..1 by its scale and shows a window of that.

const byId = (id) => document.getElementById(id);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const tip = byId("tip");

// ---- theme -------------------------------------------------------------------------------------------------------
const kept = { get: () => { try { return localStorage.getItem("podproof-theme"); } catch { return null; } },
               set: (value) => { try { localStorage.setItem("podproof-theme", value); } catch { /* file:// may refuse */ } } };
const isDark = () => (document.documentElement.dataset.theme
  ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
if (kept.get()) document.documentElement.dataset.theme = kept.get();
byId("theme").addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  kept.set(document.documentElement.dataset.theme);
});

// ---- choosing and filtering -----------------------------------------------------------------------------------------
const rows = all("tr.row");
const links = new Map(rows.flatMap((row) => all("td a", row).map((link) => [link.hash, { row, link }])));
let current;
const only = new Set();
const shown = () => rows.filter((row) => !row.hidden);

function filter() {
  const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of rows) {
    const results = row.dataset.results.split(" ");
    row.hidden = !words.every((word) => row.dataset.text.includes(word)) || (only.size > 0 && !results.some((each) => only.has(each)));
  }
  for (const body of all("nav tbody")) body.hidden = all("tr.row", body).every((row) => row.hidden);
  document.querySelector(".none").hidden = shown().length > 0;
}
byId("find").addEventListener("input", filter);
for (const chip of all(".chip")) chip.addEventListener("click", () => {
  const pressed = chip.getAttribute("aria-pressed") !== "true";
  chip.setAttribute("aria-pressed", String(pressed));
  if (pressed) only.add(chip.dataset.only); else only.delete(chip.dataset.only);
  filter();
});

// Not `:target`, which a browser sets only after the script has run.
const target = () => (/^#s\d+$/.test(location.hash) ? byId(location.hash.slice(1)) : null);

function choose() {
  const chosen = target();
  current?.row.classList.remove("chosen"); current?.link.removeAttribute("aria-current");
  current = chosen ? links.get(`#${chosen.id}`) : undefined;
  document.body.classList.toggle("open", Boolean(chosen));
  current?.row.classList.add("chosen"); current?.link.setAttribute("aria-current", "true");
  current?.row.scrollIntoView({ block: "nearest" });
  hideTip();
  if (chosen) { draw(chosen); if (innerWidth <= 800) scrollTo(0, 0); }
}
addEventListener("hashchange", choose);

function move(by) {
  const open = shown(), here = open.indexOf(links.get(location.hash)?.row);
  const next = open[Math.max(0, Math.min(open.length - 1, here + by))];
  if (next) location.hash = next.querySelector("td a").hash;
}
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches("input");
  if (event.key === "Escape") { if (typing) { event.target.value = ""; filter(); event.target.blur(); } hideTip(); }
  if (typing) return;
  if (event.key === "/") { event.preventDefault(); byId("find").focus(); }
  if (event.key === "j") move(1);
  if (event.key === "k") move(-1);
});

// ---- words ----------------------------------------------------------------------------------------------------------
const SECOND = 1e9;
function clock(nanos) {
  const s = nanos / SECOND, sign = "+";
  if (s < 60) return `${sign}${s.toFixed(s < 10 && s % 1 ? 2 : s % 1 ? 1 : 0)}s`;
  const whole = Math.round(s), h = Math.floor(whole / 3600), m = Math.floor(whole / 60) % 60, rest = whole % 60;
  return `${sign}${h ? `${h}h` : ""}${m ? `${m}m` : ""}${rest ? `${rest}s` : ""}`;
}
const exact = (nanos) => `+${(nanos / SECOND).toFixed(2)}s`;

function showTip(x, y, items) {
  tip.replaceChildren(...items.map(([head, when, detail]) => {
    const p = document.createElement("p"), b = document.createElement("b"), i = document.createElement("i");
    b.textContent = head; i.textContent = when; p.append(b, i);
    if (detail) p.append(document.createElement("br"), detail);
    return p;
  }));
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(x + 14, innerWidth - box.width - 8))}px`;
  tip.style.top = `${y + 18 + box.height > innerHeight ? Math.max(8, y - box.height - 12) : y + 18}px`;
}
function hideTip() { tip.hidden = true; }

// ---- pictures ---------------------------------------------------------------------------------------------------------
const SVG = "http://www.w3.org/2000/svg";
function el(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}
const FILL = { ready: "--ready", running: "--running", waiting: "--waiting", failed: "--broken", done: "--done", leaving: "--leaving",
  there: "--there", passed: "--ready", inconclusive: "--leaving" };
const MARK = { event: "--running", warning: "--undefined", probe: "--inconclusive", restart: "--failed" };
const GRAVE = ["event", "warning", "probe", "restart"];
const LEGEND = [["ready", "ready"], ["running", "running"], ["waiting", "waiting"], ["failed", "failed"], ["done", "ended well"], ["leaving", "terminating"]];
const MARKS = [["event", "event"], ["warning", "warning"], ["probe", "probe failed"], ["restart", "restart"]];
const KIND = { pod: "pod", init: "init", sidecar: "sidecar", container: "", ephemeral: "ephemeral" };
const AXIS = 24, LANE = 36, BAR = 18;

function shape(kind, x, y, more = {}) {
  const attributes = { fill: `var(${MARK[kind]})`, class: "mark", ...more };
  if (kind === "warning") return el("path", { d: `M${x} ${y - 6}l6 10.5h-12z`, ...attributes });
  if (kind === "probe") return el("path", { d: `M${x} ${y - 6}l6 6-6 6-6-6z`, ...attributes });
  if (kind === "restart") { const both = el("g", { class: "restart" });
    both.append(el("circle", { cx: x, cy: y, r: 7, ...attributes }), el("path", { d: `M${x + 3.2} ${y - 1.6}a3.6 3.6 0 1 0 .4 2.6M${x + 3.8} ${y - 4.2}v2.9h-2.9`, class: "turn" }));
    return both; }
  return el("circle", { cx: x, cy: y, r: 4.5, ...attributes });
}

// Where each moment stands, 0..1: in true scale by time, else by a root of it, which makes long waits short.
function scaleOf(moments, until, isTrue) {
  const points = [...new Set([0, ...moments, until])].sort((a, b) => a - b);
  const weight = points.map((t, n) => (n ? (isTrue ? t - points[n - 1] : (t - points[n - 1] + 1e7) ** 0.28) : 0));
  const total = weight.reduce((a, b) => a + b, 0) || 1;
  let sum = 0;
  const places = weight.map((each) => (sum += each) / total);
  const segment = (list, value) => { let low = 0, high = list.length - 1;
    while (high - low > 1) { const mid = (low + high) >> 1; if (list[mid] <= value) low = mid; else high = mid; } return low; };
  const between = (from, to, value) => { if (from.length < 2) return to[0]; const n = segment(from, value), width = from[n + 1] - from[n];
    return width ? to[n] + ((to[n + 1] - to[n]) * (value - from[n])) / width : to[n]; };
  return { points, place: (t) => between(points, places, t), time: (u) => between(places, points, u) };
}

class Timeline {
  constructor(section, article) {
    const data = JSON.parse(section.querySelector(".drawing").textContent);
    this.canvas = section.querySelector(".canvas"); this.article = article; this.section = section;
    const reached = data.steps.map((step, n) => ({ ...step, n })).filter((step) => step.state !== "skipped");
    this.until = Math.max(data.picture.until, ...reached.map((step) => step.until), 1);
    this.gaps = data.picture.gaps;
    this.lanes = [{ name: "steps", kind: "steps", marks: [], spans: reached.map((s) => [s.since, s.until, s.state, `${s.n + 1}`, "", s.n, s.label]) }, ...data.picture.lanes];
    this.moments = this.lanes.flatMap((lane) => [...lane.spans.flatMap((s) => [s[0], s[1]]), ...lane.marks.map((m) => m[0])]);
    const distinct = [...new Set(this.moments)].sort((a, b) => a - b);
    const near = distinct.filter((t, n) => n && t - distinct[n - 1] < this.until / 150).length;
    this.window = [0, 1]; this.picked = null;
    this.setScale(near < 3);
    this.svg = el("svg", { tabindex: "0", role: "group", "aria-label": "Timeline: arrows walk through it, plus and minus zoom, 0 shows all" });
    this.canvas.replaceChildren(this.svg, this.legend());
    this.listen();
    new ResizeObserver(() => { if (this.canvas.clientWidth !== this.seen) this.render(); }).observe(this.canvas);
    this.render();
  }

  setScale(isTrue) {
    this.isTrue = isTrue;
    this.scale = scaleOf(this.moments, this.until, isTrue);
    this.section.querySelector('[data-do="scale"]').setAttribute("aria-pressed", String(!isTrue));
  }

  legend() {
    const used = new Set(this.lanes.slice(1).flatMap((lane) => lane.spans.map((s) => s[2])));
    const marks = new Set(this.lanes.flatMap((lane) => lane.marks.map((m) => m[1])));
    const box = document.createElement("div"); box.className = "legend"; box.setAttribute("aria-hidden", "true");
    const add = (drawn, word) => { const span = document.createElement("span"), svg = el("svg", { viewBox: "0 0 16 12" });
      svg.append(drawn); span.append(svg, word); box.append(span); };
    for (const [state, word] of LEGEND) if (used.has(state)) add(el("rect", { width: 16, height: 12, rx: 3, fill: `var(${FILL[state]})` }), word);
    for (const [kind, word] of MARKS) if (marks.has(kind)) add(shape(kind, 8, 6), word);
    if (this.gaps.length) add(el("rect", { width: 16, height: 12, fill: "#8885" }), "not watched");
    return box;
  }

  x(t) { const [a, b] = this.window; return this.left + ((this.scale.place(t) - a) / (b - a)) * (this.width - this.left - 10); }
  timeAt(x) { const [a, b] = this.window; return this.scale.time(Math.max(0, Math.min(1, a + ((x - this.left) / (this.width - this.left - 10)) * (b - a)))); }

  render() {
    this.seen = this.canvas.clientWidth; this.width = Math.max(260, this.seen);
    const narrow = this.width < 560;
    this.left = narrow ? 8 : 150; this.gap = narrow ? 20 : 0; this.narrow = narrow;
    const height = AXIS + this.lanes.reduce((sum, lane) => sum + this.heightOf(lane), 0) + 4;
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${height}`); this.svg.setAttribute("height", height);
    this.items = [];
    const clip = `clip${this.article.id}`, defs = el("defs"), path = el("clipPath", { id: clip });
    path.append(el("rect", { x: this.left - 1, y: 0, width: this.width - this.left - 5, height }));
    const hatch = el("pattern", { id: `hatch${clip}`, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    hatch.append(el("rect", { width: 2, height: 6, fill: "#0002" })); defs.append(path, hatch);
    this.inside = el("g", { "clip-path": `url(#${clip})` });
    const names = el("g");
    this.svg.replaceChildren(defs, names, this.inside);
    this.axis(height);
    let y = AXIS;
    for (const lane of this.lanes) { this.lane(lane, y, names); y += this.heightOf(lane); }
    for (const [since, until] of this.gaps) this.inside.append(el("rect", { x: this.x(since), y: AXIS, width: Math.max(2, this.x(until) - this.x(since)), height: height - AXIS, fill: "#8883" }));
    this.cursor = el("g", { visibility: "hidden", "pointer-events": "none" });
    this.cursor.append(el("line", { class: "now", y1: AXIS - 4, y2: height }), el("text", { class: "at", y: AXIS - 10, "text-anchor": "middle" }));
    this.svg.append(this.cursor);
  }

  heightOf(lane) { return (lane.kind === "steps" ? 30 : lane.marks.length ? LANE : 28) + this.gap; }

  axis(height) {
    const room = this.width - this.left - 10, wanted = Math.max(2, Math.floor(room / 90));
    let last = -1e9;
    for (const t of this.ticks(wanted)) {
      const x = this.x(t);
      if (x < this.left - 1 || x > this.width - 8 || x - last < 54) continue;
      last = x;
      const anchor = x < this.left + 20 ? "start" : x > this.width - 34 ? "end" : "middle";
      this.inside.append(el("line", { class: "grid", x1: x, x2: x, y1: AXIS - 6, y2: height }), el("text", { class: "faint", x, y: 12, "text-anchor": anchor }, clock(t)));
    }
  }

  ticks(wanted) {
    const [a, b] = [this.timeAt(this.left), this.timeAt(this.width - 10)];
    if (!this.isTrue) return Array.from({ length: wanted + 1 }, (_, n) => this.round(this.scale.time(this.window[0] + ((this.window[1] - this.window[0]) * n) / wanted)));
    const steps = [1e6, 2e6, 5e6, 1e7, 2e7, 5e7, 1e8, 2e8, 5e8, 1e9, 2e9, 5e9, 1e10, 1.5e10, 3e10, 6e10, 1.2e11, 3e11, 6e11, 9e11, 1.8e12, 3.6e12, 1.08e13, 2.16e13, 8.64e13];
    const step = steps.find((each) => (b - a) / each <= wanted) ?? 8.64e14, found = [];
    for (let t = Math.ceil(a / step) * step; t <= b; t += step) found.push(t);
    return found;
  }

  round(t) { const unit = t < 1e9 ? 1e7 : t < 1e10 ? 1e8 : 1e9; return Math.round(t / unit) * unit; }

  lane(lane, y, names) {
    const isPod = lane.kind === "pod", top = y + this.gap, bar = top + (lane.kind === "steps" ? 6 : lane.marks.length ? 14 : 6);
    const label = lane.kind === "steps" ? "" : (KIND[lane.kind] ?? lane.kind), indent = isPod || !(lane.kind in KIND) || this.narrow ? 0 : 12;
    const name = el("text", { x: this.narrow ? this.left : indent, y: this.narrow ? y + 14 : bar + 13, class: isPod ? "head" : "" });
    const room = Math.floor(((this.narrow ? this.width : this.left) - 12 - indent - label.length * 6) / 6.6);
    name.append(lane.name.length > room ? `${lane.name.slice(0, room - 1)}…` : lane.name);
    if (label && !isPod) { const kind = el("tspan", { class: "faint", dx: 6 }, label); name.append(kind); }
    name.append(el("title", {}, `${lane.kind} ${lane.name}`));
    names.append(name);
    this.inside.append(el("rect", { class: "ground", x: this.left, y: bar, width: this.width - this.left - 10, height: BAR, rx: 4 }));
    for (const span of [...lane.spans].sort((p, q) => (p[0] === p[1]) - (q[0] === q[1]))) this.span(lane, span, bar);
    this.marks(lane, top + 6);
  }

  span(lane, [since, until, state, label, detail, step, words], y) {
    const x1 = this.x(since), x2 = this.x(until), width = Math.max(x2 - x1, lane.kind === "steps" ? 4 : 1.5);
    if (x2 < this.left - 20 || x1 > this.width) return;
    const box = { x: x1, y, width, height: BAR, rx: Math.min(4, width / 2) };
    const rect = el("rect", { ...box, class: `span${since === until ? " moment" : ""}`, fill: `var(${FILL[state] ?? "--there"})` });
    this.inside.append(rect);
    if (state === "waiting" || state === "leaving") this.inside.append(el("rect", { ...box, fill: `url(#hatchclip${this.article.id})`, "pointer-events": "none" }));
    const from = Math.max(x1, this.left) + 6, room = Math.min(x2, this.width - 10) - from - 4;
    const text = label.length * 6.9 <= room ? label : room > 40 ? `${label.slice(0, Math.floor(room / 6.9) - 1)}…` : "";
    if (text) this.inside.append(el("text", { class: "word", x: from, y: y + 13 }, text));
    const when = since === until ? exact(since) : `${exact(since)} → ${exact(until)}`;
    const head = lane.kind === "steps" ? words : `${lane.name}: ${label}`;
    this.item(rect, lane, since, [[head, when, lane.kind === "steps" ? state : detail]], step);
  }

  marks(lane, y) {
    const groups = [];
    for (const mark of lane.marks) {
      const x = this.x(mark[0]), last = groups.at(-1);
      if (last && x - last.x < 14) last.marks.push(mark); else groups.push({ x, marks: [mark] });
    }
    for (const { x, marks } of groups) {
      if (x < this.left - 6 || x > this.width + 6) continue;
      const worst = marks.reduce((a, b) => (GRAVE.indexOf(b[1]) > GRAVE.indexOf(a[1]) ? b : a))[1];
      const drawn = marks.length > 1 ? el("circle", { cx: x, cy: y, r: 7, class: "mark", fill: `var(${MARK[worst]})` }) : shape(worst, x, y);
      this.inside.append(drawn);
      if (marks.length > 1) this.inside.append(el("text", { class: "count", x, y: y + 3.2 }, marks.length > 9 ? "9+" : `${marks.length}`));
      const told = marks.slice(0, 6).map((m) => [m[2], exact(m[0]), m[3]]);
      if (marks.length > 6) told.push([`and ${marks.length - 6} more`, "zoom in to tell them apart", ""]);
      this.item(drawn, lane, marks[0][0], told);
    }
  }

  item(node, lane, at, told, step) {
    const item = { node, lane, at, told, step };
    this.items.push(item);
    node.dataset.item = this.items.length - 1;
    if (this.picked && this.picked.lane === lane && this.picked.at === at && this.picked.told[0][0] === told[0][0]) { this.picked = item; node.classList.add("picked"); }
  }

  light(step, on) { this.article.querySelector(`[data-step="${step}"]`)?.classList.toggle("lit", on); }

  zoom(by, at = 0.5) {
    const [a, b] = this.window, size = Math.min(1, Math.max(1e-7, (b - a) * by)), centre = a + (b - a) * at;
    this.show(centre - size * at, size);
  }
  show(from, size) { const start = Math.max(0, Math.min(1 - size, from)); this.window = [start, start + size]; this.render(); }
  pan(by) { const [a, b] = this.window; this.show(a + (b - a) * by, b - a); }

  pick(item) {
    if (this.picked) { this.picked.node.classList.remove("picked"); if (this.picked.step !== undefined) this.light(this.picked.step, false); }
    this.picked = item;
    const [a, b] = this.window, u = this.scale.place(item.at);
    if (u < a || u > b) this.show(u - (b - a) / 2, b - a);
    this.picked.node.classList.add("picked");
    if (item.step !== undefined) this.light(item.step, true);
    const box = this.picked.node.getBoundingClientRect();
    showTip(box.left, box.bottom - 14, item.told);
  }

  walk(by) {
    const lane = this.picked?.lane ?? this.lanes[0];
    const here = this.all().filter((item) => item.lane === lane);
    const now = this.picked ? here.findIndex((item) => item.at === this.picked.at && item.told[0][0] === this.picked.told[0][0]) : -1;
    const next = here[Math.max(0, Math.min(here.length - 1, now + by))];
    if (next) this.pick(next);
  }
  climb(by) {
    const busy = this.lanes.filter((lane) => lane.spans.length || lane.marks.length), now = busy.indexOf(this.picked?.lane ?? busy[0]);
    const lane = busy[Math.max(0, Math.min(busy.length - 1, now + (this.picked ? by : 0)))], at = this.picked?.at ?? 0;
    const near = this.all().filter((item) => item.lane === lane).sort((p, q) => Math.abs(p.at - at) - Math.abs(q.at - at))[0];
    if (near) this.pick(near);
  }
  all() { return [...this.items].sort((p, q) => p.at - q.at); }

  listen() {
    const { svg } = this;
    const itemOf = (event) => this.items[event.target.closest("[data-item]")?.dataset.item];
    let lit, drag;
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect(), x = event.clientX - box.left, item = itemOf(event);
      if (drag && Math.abs(event.clientX - drag.x) > 3) {
        const [a, b] = drag.window;
        this.show(a - ((event.clientX - drag.x) / (this.width - this.left - 10)) * (b - a), b - a);
        hideTip(); return;
      }
      if (lit !== undefined && lit !== item?.step) { this.light(lit, false); lit = undefined; }
      if (item) { showTip(event.clientX, event.clientY, item.told); if (item.step !== undefined) { lit = item.step; this.light(lit, true); } } else hideTip();
      const inside = x >= this.left && x <= this.width - 10;
      this.cursor.setAttribute("visibility", inside ? "visible" : "hidden");
      if (!inside) return;
      this.cursor.firstChild.setAttribute("x1", x); this.cursor.firstChild.setAttribute("x2", x);
      this.cursor.lastChild.setAttribute("x", Math.max(this.left + 24, Math.min(this.width - 30, x))); this.cursor.lastChild.textContent = exact(this.timeAt(x));
    });
    svg.addEventListener("pointerleave", () => { hideTip(); this.cursor.setAttribute("visibility", "hidden"); if (lit !== undefined) this.light(lit, false); lit = undefined; });
    svg.addEventListener("pointerdown", (event) => { if (event.button === 0) { drag = { x: event.clientX, window: this.window }; } });
    addEventListener("pointerup", () => { drag = undefined; });
    svg.addEventListener("dblclick", (event) => this.zoom(0.4, this.part(event)));
    svg.addEventListener("wheel", (event) => { if (event.ctrlKey || event.metaKey) { event.preventDefault(); this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.part(event)); } }, { passive: false });
    svg.addEventListener("keydown", (event) => {
      const keys = { "+": () => this.zoom(0.5), "=": () => this.zoom(0.5), "-": () => this.zoom(2), 0: () => this.show(0, 1),
        ArrowRight: () => (event.shiftKey ? this.pan(0.2) : this.walk(1)), ArrowLeft: () => (event.shiftKey ? this.pan(-0.2) : this.walk(-1)),
        ArrowDown: () => this.climb(1), ArrowUp: () => this.climb(-1) };
      if (keys[event.key] && !event.ctrlKey && !event.metaKey) { event.preventDefault(); keys[event.key](); }
    });
    svg.addEventListener("blur", hideTip);
    this.section.querySelector(".buttons").addEventListener("click", (event) => {
      const act = { in: () => this.zoom(0.5), out: () => this.zoom(2), all: () => this.show(0, 1),
        scale: () => { this.setScale(!this.isTrue); this.show(0, 1); } }[event.target.dataset.do];
      if (act) act();
    });
    for (const line of all("[data-step]", this.article)) {
      const mine = () => this.items.find((item) => item.step === Number(line.dataset.step));
      line.addEventListener("pointerenter", () => mine()?.node.classList.add("picked"));
      line.addEventListener("pointerleave", () => mine()?.node.classList.remove("picked"));
    }
  }
  part(event) { const box = this.svg.getBoundingClientRect(); return Math.max(0, Math.min(1, (event.clientX - box.left - this.left) / (this.width - this.left - 10))); }
}

const drawn = new Map();
function draw(article) {
  const section = article.querySelector(".timeline");
  if (section && !drawn.has(article.id)) drawn.set(article.id, new Timeline(section, article));
}

if (!target() && innerWidth > 800) {
  const first = rows.find((row) => !/^(passed|skipped)( (passed|skipped))*$/.test(row.dataset.results)) ?? rows[0];
  if (first) location.replace(first.querySelector("td a").hash);
}
choose();
